use std::{net::SocketAddr, ops::Deref, time::Duration};

use serde_json::{Value, json};
use thirtyfour::{
    By, ChromeCapabilities, ChromiumLikeCapabilities as _, LoggingPrefsLogLevel, WebDriver,
};

use crate::{Certificate, services::Chromedriver};

/// How long a page has for what a test waits for. Generous: a machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Chromium with a profile of its own, which knows the names that the test gives it and no others.
#[derive(Debug)]
pub(crate) struct Browser {
    driver: WebDriver,
}

impl Browser {
    /// Whether there is a Chromium on this machine, and what drives it.
    pub(crate) fn is_there() -> bool {
        Chromedriver::shared().is_some()
    }

    /// With these sites under their names. `None` where there is no Chromium.
    pub(crate) async fn open(sites: &[(&str, SocketAddr)]) -> Option<Self> {
        let chromedriver = Chromedriver::shared()?;
        let rules: Vec<_> = sites
            .iter()
            .map(|(name, address)| format!("MAP {name} {address}"))
            .chain(["MAP * ~NOTFOUND".to_owned()])
            .collect();
        let mut wanted = ChromeCapabilities::new();
        let mut arguments = [
            "--headless=new",
            // Tests may run as root, and in containers with little shared memory.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-extensions",
            "--no-first-run",
            "--window-size=1280,800",
            // Reports go out at once, and not within a minute.
            "--short-reporting-delay",
            // It ends with what drives it, however that ends.
            "--remote-debugging-pipe",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!(
            "--user-data-dir={}",
            chromedriver.profile().display()
        ));
        arguments.push(format!("--host-resolver-rules={}", rules.join(", ")));
        arguments.push(format!(
            "--ignore-certificate-errors-spki-list={}",
            Certificate::shared().fingerprint()
        ));
        for argument in &arguments {
            wanted.add_arg(argument).expect("an argument");
        }
        let program = chromedriver.browser().to_str().expect("UTF-8");
        wanted.set_binary(program).expect("a path");
        wanted
            .set_browser_log_level(LoggingPrefsLogLevel::All)
            .expect("a level");
        let driver = WebDriver::new(chromedriver.url(), wanted).await;
        let driver = driver.expect("a browser");
        let set = driver.set_script_timeout(PATIENCE).await;
        set.expect("a browser that answers");
        Some(Self { driver })
    }

    /// Goes to a page, and waits until it is loaded.
    pub(crate) async fn visit(&self, url: &str) {
        let visit = self.driver.goto(url).await;
        visit.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// What an expression is in the page, once it is there: promises are waited for.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async () => ({expression}))().then(done, error => done('threw ' + error.name));"
        );
        let value = self.driver.execute_async(script, Vec::new()).await;
        let value = value.unwrap_or_else(|error| panic!("{expression}: {error}"));
        value.json().clone()
    }

    /// Waits until an expression is true in the page, whichever page that is by then.
    pub(crate) async fn wait_until(&self, expression: &str) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            let script = format!("return Boolean({expression})");
            // Between two pages there is none.
            if let Ok(value) = self.driver.execute(script, Vec::new()).await
                && value.json() == &json!(true)
            {
                return;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        let page = self.driver.source().await.unwrap_or_default();
        panic!("`{expression}` does not become true in {page}");
    }

    /// Writes into the fields of a form, in the place of what stands there.
    pub(crate) async fn fill(&self, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            let field = self.driver.find(By::Name(*name)).await;
            let field = field.unwrap_or_else(|error| panic!("the field {name}: {error}"));
            field.clear().await.expect("a field to write into");
            field.send_keys(*text).await.expect("a field to write into");
        }
    }

    /// Presses what a selector finds.
    pub(crate) async fn press(&self, selector: &str) {
        let button = self.driver.find(By::Css(selector)).await;
        let button = button.unwrap_or_else(|error| panic!("{selector}: {error}"));
        button
            .click()
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// The cookies that it keeps for an address, as it shows them to nobody but its user.
    pub(crate) async fn cookies(&self, url: &str) -> Vec<Value> {
        let cookies = self
            .devtools("Network.getCookies", json!({"urls": [url]}))
            .await;
        cookies["cookies"].as_array().expect("cookies").clone()
    }

    /// Asks what only the developer's tools can.
    pub(crate) async fn devtools(&self, method: &str, parameters: Value) -> Value {
        let answer = self.driver.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// What a script of the page gets when it fetches: the status and the body, or that it gets nothing.
    pub(crate) async fn fetch(&self, url: &str, options: &Value) -> Value {
        self.value(&format!(
            "await fetch({url}, {options}).then(
                async answer => [answer.status, await answer.text()],
                error => error.name,
            )",
            url = json!(url),
        ))
        .await
    }

    /// What stands in the console since it was last asked for: errors and warnings.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.expect("the console");
        let complaints = entries
            .into_iter()
            .filter(|entry| ["SEVERE", "WARNING"].contains(&entry.level.as_str()));
        complaints.map(|entry| entry.message).collect()
    }

    /// Waits until it complains in these words.
    pub(crate) async fn complaint(&self, words: &str) {
        let mut all = Vec::new();
        for _ in 0..PATIENCE.as_millis() / 50 {
            all.extend(self.complaints().await);
            if all.iter().any(|complaint| complaint.contains(words)) {
                return;
            }
            actix_rt::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no complaint with `{words}`: {all:#?}");
    }

    /// Ends it.
    pub(crate) async fn close(self) {
        let quit = self.driver.clone().quit().await;
        quit.expect("the end of the browser");
    }
}

impl Drop for Browser {
    /// Where a test fails, the browser ends with what drives it, at the end of all tests.
    fn drop(&mut self) {
        let _ = self.driver.clone().leak();
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.driver
    }
}
