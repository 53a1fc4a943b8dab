//! The form token (G3): for browsers that do not say where a request comes from.
