//! What is said on the terminal.

use std::io::{self, Write as _};

/// Prints a line. Where nobody reads it, that is no reason to stop.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// What a newcomer pastes next. `keys` is where the secret is.
pub(crate) fn greeting(here: &str, keys: &str) -> String {
    format!(
        r#"accounts: listening on {here}
Development: the secret is in {keys}, mail goes to ./data/outbox, and the links in it to this
log too. Open {here} in a browser, or paste into another terminal, in this folder:

1. make an admin

   printf 'a long phrase that only you know' |
     cargo run -q -p accounts -- create-admin --email admin@example.com --password-stdin

2. sign up: the mail brings a token, and the token makes the account

   curl -sS {here}/auth/register -H 'Content-Type: application/json' \
     -d '{{"email":"ada@example.com","username":"Ada"}}'; sleep 1
   TOKEN=$(grep -hoE '^[A-Za-z0-9_-]{{43}}' "$(ls -t data/outbox/*.eml | head -n 1)")
   curl -sS -i {here}/auth/verify-email -H 'Content-Type: application/json' \
     -d '{{"token":"'"$TOKEN"'","password":"correct horse battery staple"}}'

3. sign in, and call a protected route

   TOKENS=$(curl -sS {here}/auth/login -H 'Content-Type: application/json' \
     -d '{{"email":"ada@example.com","password":"correct horse battery staple"}}')
   token() {{ echo "$TOKENS" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }}
   curl -sS -i {here}/me -H "Authorization: Bearer $(token access_token)"

4. make an API key for a program, and write an article with it

   KEY=$(curl -sS {here}/me/api-keys -H "Authorization: Bearer $(token access_token)" \
     -H 'Content-Type: application/json' -d '{{"name":"ci","scopes":["articles:write"]}}' |
     sed 's/.*"key":"\([^"]*\)".*/\1/')
   curl -sS -i {here}/articles -H "X-API-Key: $KEY" \
     -H 'Content-Type: application/json' -d '{{"title":"Notes","body_html":"By a program."}}'

5. get the next tokens for the refresh token, and sign out

   TOKENS=$(curl -sS {here}/auth/token -d grant_type=refresh_token -d "refresh_token=$(token refresh_token)")
   curl -sS -i -X POST {here}/auth/logout -H "Authorization: Bearer $(token access_token)"
"#
    )
}
