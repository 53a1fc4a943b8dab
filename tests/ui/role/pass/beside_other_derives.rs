use secure_runtime::{policy::RoleWord, prelude::*};

#[derive(
    Role,
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[role(implies = ["content_editor", "user"])]
    SuperAdmin = 7,
    #[role(implies = "user")]
    ContentEditor = 5,
    #[default]
    User = 1,
    #[role(name = "read-only")]
    #[serde(rename = "read-only")]
    Guest,
}

fn main() {
    assert_eq!(
        Role::VOCABULARY.words(),
        ["super_admin", "content_editor", "user", "read-only"]
    );
    assert_eq!(Role::VOCABULARY.held_by("super_admin"), 0b0111);
    assert_eq!(Role::VOCABULARY.held_by("content_editor"), 0b0110);
    assert_eq!(Role::from_word("read-only"), Some(Role::Guest));
    assert_eq!(Role::default().word(), "user");
    for role in [
        Role::SuperAdmin,
        Role::ContentEditor,
        Role::User,
        Role::Guest,
    ] {
        assert_eq!(serde_json::to_value(role).unwrap(), role.word());
    }
}
