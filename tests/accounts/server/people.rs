use std::{
    fs,
    net::Ipv4Addr,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::SqlitePool;

use super::{Answer, PASSWORD, Server, create_admin};

/// What a sign-in gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        let text = |name: &str| body[name].as_str().expect("a token").to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}

impl Server {
    /// Signs somebody up, by mail, and in. The result is an access token.
    pub(crate) async fn sign_up(&self, email: &str) -> String {
        self.register(email).await;
        let token = self.mailed_tokens(email, 1).await.remove(0);
        let answer = self.verify(&token, PASSWORD).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        self.sign_in(email).await
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        let body = json!({ "email": email, "username": "Somebody" });
        let answer = self.post("/auth/register").json(&body).send().await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer
    }

    pub(crate) async fn verify(&self, token: &str, password: &str) -> Answer {
        let body = json!({ "token": token, "password": password });
        self.post("/auth/verify-email").json(&body).send().await
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.post("/auth/login").json(&body).send().await
    }

    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let answer = self.login(email, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Makes an admin at the command line, and signs it in.
    pub(crate) async fn admin(&self, email: &str) -> String {
        let output = create_admin(&self.folder, email, PASSWORD);
        assert!(output.status.success(), "{output:?}");
        self.sign_in(email).await
    }

    /// The id of the account that a token belongs to.
    pub(crate) async fn id_of(&self, token: &str) -> String {
        let answer = self.get("/me").token(token).send().await;
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Gives an account another role or state.
    pub(crate) async fn set(&self, admin: &str, id: &str, change: Value) -> Answer {
        let path = format!("/admin/users/{id}");
        self.patch(&path).token(admin).json(&change).send().await
    }

    /// Writes an article; the result is its id.
    pub(crate) async fn write(&self, author: &str, title: &str, draft: bool) -> String {
        let body = json!({ "title": title, "body_html": "Text.", "draft": draft });
        let answer = self
            .post("/articles")
            .token(author)
            .json(&body)
            .send()
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// The database, beside the server.
    pub(crate) async fn database(&self) -> SqlitePool {
        let file = self.folder.join("data/accounts.db");
        let url = format!("sqlite:{}", file.display());
        SqlitePool::connect(&url).await.expect("the database")
    }

    /// The tokens in the mails to `email`, once there are `count`.
    pub(crate) async fn mailed_tokens(&self, email: &str, count: usize) -> Vec<String> {
        let mails = self.mails(email, count).await;
        mails.iter().filter_map(|mail| token_in(mail)).collect()
    }

    /// The mails to `email` that somebody asked for, once there are `count`.
    pub(crate) async fn mails(&self, email: &str, count: usize) -> Vec<String> {
        self.mails_with(email, "If it was not you", count).await
    }

    /// A mail to `email` that holds a text, once there is one.
    pub(crate) async fn mail_about(&self, email: &str, text: &str) -> String {
        self.mails_with(email, text, 1).await.remove(0)
    }

    /// The tokens in the mails to `email` that there are, for a new password.
    pub(crate) async fn reset_tokens(&self, email: &str) -> Vec<String> {
        actix_rt::time::sleep(Duration::from_millis(20)).await;
        let mails = self.mails_now(email);
        let resets = mails.iter().filter(|mail| mail.contains("/reset?token="));
        resets.filter_map(|mail| token_in(mail)).collect()
    }

    async fn mails_with(&self, email: &str, text: &str, count: usize) -> Vec<String> {
        for _ in 0..200 {
            let mut mails = self.mails_now(email);
            mails.retain(|mail| mail.contains(text));
            if mails.len() >= count {
                return mails;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail to {email}");
    }

    /// The mails to `email` that there are.
    pub(crate) fn mails_now(&self, email: &str) -> Vec<String> {
        fs::read_dir(self.folder.join("data/outbox"))
            .expect("the outbox")
            .map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("a mail"))
            .map(|mail| unfold(&mail))
            .filter(|mail| mail.contains(&format!("To: {email}\r\n")))
            .collect()
    }

    /// Signs somebody up, by mail, and in.
    pub(crate) async fn join(&self, email: &str) -> Tokens {
        self.sign_up(email).await;
        self.tokens(email).await
    }

    /// Signs in, from an address of its own: limits count by address.
    pub(crate) async fn tokens(&self, email: &str) -> Tokens {
        Tokens::of(&self.try_tokens(email).await)
    }

    pub(crate) async fn try_tokens(&self, email: &str) -> Answer {
        let body = json!({ "email": email, "password": PASSWORD });
        let login = self.call_by(&somewhere(), Method::POST, "/auth/login");
        login.json(&body).send().await
    }

    /// Exchanges a refresh token, from an address of its own.
    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.try_refresh(token).await.expect("an answer")
    }

    pub(crate) async fn try_refresh(&self, token: &str) -> Result<Answer, reqwest::Error> {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        let call = self.call_by(&somewhere(), Method::POST, "/auth/token");
        call.form(&form).try_send().await
    }

    /// What `GET /me` says to this token.
    pub(crate) async fn status_of(&self, token: &str) -> u16 {
        self.get("/me").token(token).send().await.status.as_u16()
    }
}

/// A client at a loopback address that no other one has.
fn somewhere() -> Client {
    static NUMBER: AtomicU16 = AtomicU16::new(0);
    let [high, low] = NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let address = Ipv4Addr::new(127, 1, high, low);
    let client = Client::builder().local_address(std::net::IpAddr::from(address));
    client.build().expect("a client")
}

/// Quoted-printable, as far as an ASCII text needs it.
fn unfold(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

fn token_in(mail: &str) -> Option<String> {
    mail.lines()
        .find(|line| line.len() == 43 && !line.contains(' '))
        .map(str::to_owned)
}
