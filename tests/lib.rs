//! Nothing of its own: the suites stand in `ui` and `api`.
