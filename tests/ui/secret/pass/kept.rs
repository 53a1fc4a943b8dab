use secure_runtime::Secret;

#[derive(Debug, Clone, serde::Deserialize)]
struct Account {
    password: Secret<String>,
}

fn main() {
    let account: Account = serde_json::from_str(r#"{"password": "correct horse"}"#).unwrap();
    assert_eq!(
        format!("{account:?}"),
        "Account { password: Secret([redacted]) }"
    );
    assert_eq!(account.password.expose(), "correct horse");
}
