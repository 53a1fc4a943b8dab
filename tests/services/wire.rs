use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// A wire between a client and a server that can be cut so that nobody is told: what was connected stays
/// connected and carries nothing any more, what connects afterwards is carried.
#[derive(Debug)]
pub(crate) struct Wire {
    address: SocketAddr,
    /// How often it was cut.
    cuts: Arc<AtomicUsize>,
    /// By how many milliseconds it delays each piece, either way.
    delay: Arc<AtomicU64>,
}

impl Wire {
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let cuts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&cuts);
        let delay = Arc::new(AtomicU64::new(0));
        let delayed = Arc::clone(&delay);
        // The threads end with the process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
                    continue;
                };
                let made = counted.load(Ordering::SeqCst);
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else {
                        continue;
                    };
                    let cuts = Arc::clone(&counted);
                    let delay = Arc::clone(&delayed);
                    let delay = move || Duration::from_millis(delay.load(Ordering::SeqCst));
                    thread::spawn(move || {
                        carry(from, to, delay, || cuts.load(Ordering::SeqCst) != made);
                    });
                }
            }
        });
        Self {
            address,
            cuts,
            delay,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Silences every connection there is.
    pub(crate) fn cut(&self) {
        self.cuts.fetch_add(1, Ordering::SeqCst);
    }

    /// Carries everything later by so much from now on, either way.
    pub(crate) fn delay(&self, by: Duration) {
        self.delay.store(by.as_millis() as u64, Ordering::SeqCst);
    }
}

fn carry(
    mut from: TcpStream,
    mut to: TcpStream,
    delay: impl Fn() -> Duration,
    is_cut: impl Fn() -> bool,
) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        thread::sleep(delay());
        if !is_cut() && to.write_all(&bytes[..read]).is_err() {
            return;
        }
    }
    if !is_cut() {
        let _ = to.shutdown(std::net::Shutdown::Both);
    }
}
