use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use super::{
    folder::Folder,
    process::{Process, free_port, wait_until_up},
    program,
};

/// What starts browsers for tests and speaks for them: WebDriver.
#[derive(Debug)]
pub(crate) struct Chromedriver {
    port: u16,
    browser: PathBuf,
    _process: Process,
    folder: Folder,
    profiles: AtomicU32,
}

impl Chromedriver {
    /// One for all tests of this process. `None` where there is no Chromium, or nothing that drives it.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Chromedriver>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        let browser = program::find("chromium", "chromium")?;
        let driver = program::find("chromedriver", "chromium-driver")?;
        let folder = Folder::new("chromedriver");
        let port = free_port();
        let command = [driver.display().to_string(), format!("--port={port}")];
        let process = Process::start(&command, folder.path(), None);
        wait_until_up(folder.path(), || is_ready(port).unwrap_or(false));
        Some(Self {
            port,
            browser,
            _process: process,
            folder,
            profiles: AtomicU32::new(0),
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A folder for another browser. It goes with all others when the last browser has ended.
    pub(crate) fn profile(&self) -> PathBuf {
        let number = self.profiles.fetch_add(1, Ordering::Relaxed);
        self.folder.path().join(number.to_string())
    }

    /// The browser's program.
    pub(crate) fn browser(&self) -> &Path {
        &self.browser
    }
}

fn is_ready(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
    // It keeps the connection, so there is no end to wait for.
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    while !String::from_utf8_lossy(&answer).contains("\"ready\":true") {
        match stream.read(&mut part)? {
            0 => return Ok(false),
            read => answer.extend_from_slice(&part[..read]),
        }
    }
    Ok(true)
}
