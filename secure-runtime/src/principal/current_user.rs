use std::{fmt, ops::Deref, rc::Rc};

use super::Principal;

/// The caller of a protected route, as an argument of its handler.
///
/// It derefs to [`Principal`]. On a public route take `Option<CurrentUser>`: `None` where no
/// credential was sent; a credential that does not verify is a 401 there too.
#[derive(Clone)]
pub struct CurrentUser(Rc<Principal>);

impl CurrentUser {
    pub(crate) fn new(principal: Rc<Principal>) -> Self {
        Self(principal)
    }
}

impl Deref for CurrentUser {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl fmt::Debug for CurrentUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
