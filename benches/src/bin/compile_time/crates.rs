//! The two programs: the same 300 handlers, plain and annotated.

use std::{fs, io, path::Path};

/// What the handlers of one module are about; each module has as many as a template.
const NOUNS: [&str; 30] = [
    "account", "album", "answer", "badge", "banner", "basket", "budget", "card", "chapter",
    "client", "comment", "course", "device", "draft", "event", "folder", "group", "invoice",
    "label", "lesson", "message", "offer", "order", "parcel", "photo", "product", "project",
    "report", "task", "ticket",
];

const PLAIN: &str = include_str!("templates/plain.rs");
const ANNOTATED: &str = include_str!("templates/annotated.rs");

/// One of the two.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    template: &'static str,
    main: &'static str,
    /// Modules that only this one has, with their names.
    beside: (&'static str, &'static str),
    dependencies: &'static str,
}

pub(crate) const PROGRAMS: [Program; 2] = [
    Program {
        name: "plain",
        template: PLAIN,
        main: include_str!("templates/plain_main.rs"),
        beside: ("caller", include_str!("templates/caller.rs")),
        dependencies: r#"validator = { version = "0.21", features = ["derive"] }"#,
    },
    Program {
        name: "annotated",
        template: ANNOTATED,
        main: include_str!("templates/annotated_main.rs"),
        beside: ("words", include_str!("templates/words.rs")),
        dependencies: concat!(
            r#"secure-runtime = { path = ""#,
            env!("CARGO_MANIFEST_DIR"),
            r#"/../secure-runtime" }"#
        ),
    },
];

impl Program {
    /// How many handlers it has.
    pub(crate) fn handlers(&self) -> usize {
        NOUNS.len() * self.template.matches("\nasync fn ").count()
    }

    fn write(&self, root: &Path) -> io::Result<()> {
        let root = root.join(self.name);
        write(&root.join("Cargo.toml"), &self.manifest())?;
        write(&root.join("src/main.rs"), self.main)?;
        write(
            &root.join("src/store.rs"),
            include_str!("templates/store.rs"),
        )?;
        let (name, text) = self.beside;
        write(&root.join(format!("src/{name}.rs")), text)?;
        write(&root.join("src/handlers/mod.rs"), &self.modules())?;
        for noun in NOUNS {
            write(&root.join(self.module(noun)), &self.handlers_of(noun))?;
        }
        Ok(())
    }

    /// Another body for one handler, as after an edit.
    pub(crate) fn edit(&self, root: &Path, round: u32) -> io::Result<()> {
        let noun = NOUNS[0];
        let edited = self
            .handlers_of(noun)
            .replace("\"published\"", &format!("\"published in round {round}\""));
        write(&root.join(self.name).join(self.module(noun)), &edited)
    }

    fn manifest(&self) -> String {
        let (name, dependencies) = (self.name, self.dependencies);
        format!(
            r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"
publish = false

[dependencies]
actix-web = {{ version = "4.18.1", default-features = false, features = ["macros"] }}
serde = {{ version = "1.0.229", features = ["derive"] }}
{dependencies}
"#
        )
    }

    /// The module of all modules.
    fn modules(&self) -> String {
        let modules: String = NOUNS.map(|noun| format!("mod {noun};\n")).concat();
        let (head, argument) = match self.template.split_once("pub fn mount(") {
            Some((_, rest)) => ("pub fn mount(", rest.split(')').next().unwrap_or_default()),
            None => ("fn nothing(", ""),
        };
        let name = argument.split(':').next().unwrap_or_default();
        let calls: String = NOUNS
            .map(|noun| format!("    {noun}::mount({name});\n"))
            .concat();
        let import = match argument.contains("Routes") {
            true => "use secure_runtime::Routes;\n\n",
            false => "",
        };
        format!("{modules}\n{import}{head}{argument}) {{\n{calls}}}\n")
    }

    fn module(&self, noun: &str) -> String {
        format!("src/handlers/{noun}.rs")
    }

    fn handlers_of(&self, noun: &str) -> String {
        let mut letters = noun.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let title: String = first.into_iter().chain(letters).collect();
        let text = self.template.replace("note", noun);
        text.replace("Note", &title)
    }
}

/// Writes both, as a workspace with the versions of ours.
pub(crate) fn write_all(root: &Path) -> io::Result<()> {
    let members: Vec<_> = PROGRAMS
        .iter()
        .map(|program| format!("{:?}", program.name))
        .collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[profile.release]\nstrip = true\n",
        members.join(", ")
    );
    write(&root.join("Cargo.toml"), &manifest)?;
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    if !root.join("Cargo.lock").exists() {
        fs::copy(lock, root.join("Cargo.lock"))?;
    }
    PROGRAMS.iter().try_for_each(|program| program.write(root))
}

/// Writes a file that is not so already: cargo goes by the time of the last change.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
