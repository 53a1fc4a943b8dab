use secure_grammar::changes_state;

/// A method and a path that one handler answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    method: &'static str,
    path: &'static str,
}

impl Endpoint {
    #[doc(hidden)]
    pub const fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path }
    }

    /// The method, in upper case (`POST`).
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The path pattern as written in the route attribute (`/notes/{id}`), without any prefix
    /// under which the handler is mounted.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Whether the method changes state: anything but the safe methods GET, HEAD, OPTIONS, TRACE
    /// (RFC 9110 §9.2.1) and QUERY.
    pub const fn changes_state(&self) -> bool {
        changes_state(self.method)
    }
}
