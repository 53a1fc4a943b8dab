//~ unknown scope `notes:wirte`
use secure_runtime::prelude::*;

#[derive(Scope)]
enum Scope {
    NotesRead,
    NotesWrite,
}

#[validated]
struct Note {
    #[writable(scopes = ["notes:read", "notes:wirte"])]
    rank: Option<u32>,
}

fn main() {}
