//! Decisions without a request, and proofs for code that is no handler (C5).

use secure_runtime::{
    authorize::{Allows, Authorized, Decision},
    principal::CurrentUser,
    test::{authorized, current_user, current_user_with, principal},
    token::Grant,
};
use serde_json::json;

use crate::support::{Article, Edit, Library, Member, Read, Role, Scope};

fn member(name: &str) -> CurrentUser<Member> {
    let member = Library::new().member(name).expect("a member");
    current_user_with(&Grant::new(name), member)
}

fn article(id: u32) -> Article {
    Library::new().article(id).expect("an article")
}

#[test]
fn each_decision_is_a_function_of_what_it_is_given() {
    let (ada, eve, moderator) = (member("ada"), member("eve"), member("mod"));
    let read = |id, caller| Allows::<Read>::decide(&article(id), caller);
    let edit = |id, caller| Allows::<Edit>::decide(&article(id), caller);
    for (id, caller, to_read, to_edit) in [
        (1, None, Decision::Allow, Decision::Forbid),
        (1, Some(&ada), Decision::Allow, Decision::Allow),
        (1, Some(&eve), Decision::Allow, Decision::Forbid),
        (1, Some(&moderator), Decision::Allow, Decision::Allow),
        (2, None, Decision::Hide, Decision::Hide),
        (2, Some(&ada), Decision::Allow, Decision::Allow),
        (2, Some(&eve), Decision::Hide, Decision::Hide),
        (2, Some(&moderator), Decision::Hide, Decision::Hide),
    ] {
        assert_eq!(read(id, caller), to_read, "{id} {caller:?}");
        assert_eq!(edit(id, caller), to_edit, "{id} {caller:?}");
        assert_eq!(edit(id, caller).is_allowed(), to_edit == Decision::Allow);
    }
}

#[test]
fn a_check_gives_the_proof_that_a_handler_would_get_or_its_answer() {
    let (ada, eve) = (member("ada"), member("eve"));
    let proof = Authorized::<_, Edit>::check(article(2), Some(&ada)).expect("a proof");
    assert_eq!(proof.id, 2);
    assert_eq!(proof.caller().map(|it| it.subject()), Some("ada"));
    let shown = format!("{proof:?}");
    assert!(shown.contains("action: \"Edit\""), "{shown}");
    assert_eq!(proof.into_inner(), article(2));
    let open = Authorized::<_, Read>::check(article(1), None).expect("a proof");
    assert!(open.caller().is_none());

    let refused = |id, caller| {
        let refused = Authorized::<_, Edit>::check(article(id), caller);
        refused.expect_err("a refusal").status().as_u16()
    };
    assert_eq!(refused(1, Some(&eve)), 403);
    assert_eq!(refused(1, None), 401);
    assert_eq!(refused(2, Some(&eve)), 404);
    assert_eq!(refused(2, None), 404);
}

#[test]
fn a_proof_goes_where_its_resource_goes() {
    /// An action that goes nowhere.
    struct Bound(#[allow(dead_code)] *const u8);
    fn assert_sent<T: Send + Sync + 'static>(value: T) -> T {
        value
    }
    let proof = assert_sent(authorized::<_, Bound>(article(1), None));
    assert_eq!(proof.id, 1);
}

#[test]
fn a_caller_is_made_for_a_test() {
    let grant = Grant::new("ada")
        .with_roles(["editor"])
        .with_scopes(["notes:read"])
        .with_client_id("app");
    let caller = principal(&grant);
    assert_eq!((caller.subject(), caller.client_id()), ("ada", "app"));
    assert!(caller.has_role(&Role::User) && !caller.has_role(&Role::Admin));
    assert!(caller.has_scope(&Scope::NotesRead) && !caller.has_scope(&Scope::NotesWrite));
    assert!(!caller.is_restricted());
    assert!(principal(&grant.clone().narrowed_to(&[])).is_restricted());
    assert_eq!(current_user(&grant).subject(), "ada");
    let with_account = current_user_with(&grant, json!({"plan": "free"}));
    assert_eq!(with_account.subject(), "ada");
}
