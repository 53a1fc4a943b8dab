use secure_runtime::prelude::*;

#[derive(Role)]
pub(crate) enum Role {
    #[role(implies = "editor")]
    Admin,
    #[role(implies = "user")]
    Editor,
    User,
    Auditor,
}

#[derive(Scope)]
pub(crate) enum Scope {
    NotesRead,
    NotesWrite,
}
