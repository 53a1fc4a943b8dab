//! What the crate says to the log, for tests to read.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

/// The log of this process. Tests run at the same time, so each looks for words of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// From the first call on.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Log> = OnceLock::new();
        SHARED.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            tracing_subscriber::fmt()
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            log
        })
    }

    /// The first line with these words, once there is one.
    pub(crate) async fn line(&self, words: &str) -> String {
        for _ in 0..600 {
            if let Some(line) = self.lines(words).into_iter().next() {
                return line;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no line with `{words}` in the log:\n{}", self.text());
    }

    /// Every line with these words.
    pub(crate) fn lines(&self, words: &str) -> Vec<String> {
        let text = self.text();
        let lines = text.lines().filter(|line| line.contains(words));
        lines.map(str::to_owned).collect()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
