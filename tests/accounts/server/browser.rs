use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU16, Ordering},
};

use reqwest::{Client, Method, header::SET_COOKIE, redirect::Policy};

use super::{Answer, Call, PASSWORD, Server};
use crate::html::Html;

/// What a browser does without JavaScript: it keeps cookies, says where its requests come from, and sends
/// forms that it has been shown. It comes from an address of its own.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    client: Client,
    pub(crate) cookies: RefCell<BTreeMap<String, String>>,
}

impl Server {
    pub(crate) fn browser(&self) -> Browser<'_> {
        static NUMBER: AtomicU16 = AtomicU16::new(0);
        let [high, low] = NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let client = Client::builder()
            .redirect(Policy::none())
            .user_agent("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .local_address(IpAddr::from(Ipv4Addr::new(127, 2, high, low)));
        Browser {
            server: self,
            client: client.build().expect("a client"),
            cookies: RefCell::default(),
        }
    }

    /// A browser in which somebody has signed up and in.
    pub(crate) async fn browser_of(&self, email: &str) -> Browser<'_> {
        self.sign_up(email).await;
        self.signed_in_browser(email).await
    }

    /// A browser in which somebody signs in who has an account.
    pub(crate) async fn signed_in_browser(&self, email: &str) -> Browser<'_> {
        let browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        browser
    }
}

impl Browser<'_> {
    /// Goes somewhere.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// A page that is there.
    pub(crate) async fn page(&self, path: &str) -> Html {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        Html::of(&answer)
    }

    /// Opens a page, fills in its form with that action and sends it. A field that is not named stays as it
    /// is.
    pub(crate) async fn submit(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page(path).await;
        self.send_form(&page, action, fields).await
    }

    /// Sends a form of a page that is shown.
    pub(crate) async fn send_form(
        &self,
        page: &Html,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let forms = page.forms();
        let form = forms.into_iter().find(|form| form.action == action);
        let form = form.unwrap_or_else(|| panic!("a form to {action} in {page:?}"));
        let mut pairs = form.fields;
        for (name, value) in fields {
            pairs.retain(|(known, _)| known != name);
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body = urlencoded(&pairs);
        let call = self.request(Method::POST, action);
        let call = call.header("Origin", &self.server.base);
        self.send(call.form(&body)).await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let fields = [("email", email), ("password", password)];
        self.submit("/login", "/login", &fields).await
    }

    /// Goes where an answer leads, which is a page that is there.
    pub(crate) async fn follow(&self, answer: &Answer) -> Html {
        assert_eq!(answer.status, 303, "{answer:?}");
        self.page(answer.header("location")).await
    }

    /// A request with everything that a browser says by itself.
    pub(crate) fn request(&self, method: Method, path: &str) -> Call {
        let cookies = self.cookies.borrow();
        let cookies: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let call = self.server.call_by(&self.client, method, path);
        let call = call.header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        match cookies.is_empty() {
            true => call,
            false => call.header("Cookie", &cookies.join("; ")),
        }
    }

    /// Sends it, and keeps the cookies of the answer.
    pub(crate) async fn send(&self, call: Call) -> Answer {
        let answer = call.send().await;
        let mut cookies = self.cookies.borrow_mut();
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("ASCII");
            let (name, rest) = cookie.split_once('=').expect("a name");
            let value = rest.split(';').next().unwrap_or_default();
            match rest.contains("Max-Age=0") {
                true => cookies.remove(name),
                false => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }
}

fn urlencoded(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
