//! Nothing of its own: the suites stand in `ui`, `hygiene` and `api`.
