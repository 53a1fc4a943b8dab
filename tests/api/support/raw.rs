use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Writes bytes to a server as they are, and reads up to the end of the answer's head or, where the
/// server closes, all of it. Nothing more is sent, whatever the head announced.
pub(crate) async fn raw(address: SocketAddr, request: impl Into<Vec<u8>>) -> String {
    let request = request.into();
    actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        // Only a server that waits for the body gets here.
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).expect("a time limit");
        stream.write_all(&request).expect("the request is taken");
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(count) => answer.extend_from_slice(&buffer[..count]),
            }
            if answer.windows(4).any(|window| window == b"\r\n\r\n") {
                break;
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
    .expect("the thread ends")
}
