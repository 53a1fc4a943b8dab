//! What somebody says about their own account.

pub(crate) mod address;
pub(crate) mod avatar;
pub(crate) mod keys;
pub(crate) mod password;
pub(crate) mod profile;
pub(crate) mod sessions;
