//~ Password: sqlx::Encode<'_, Sqlite>` is not satisfied
use secure_runtime::field::Password;

fn store(password: Password) {
    let query = sqlx::query::<sqlx::Sqlite>("UPDATE accounts SET password = $1");
    let _ = query.bind(password);
}

fn main() {}
