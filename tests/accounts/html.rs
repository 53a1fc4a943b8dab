//! Pages as a browser reads them, and what every page has to keep to.

use std::collections::{BTreeMap, BTreeSet};

use html5gum::{Token, Tokenizer};

use crate::Answer;

/// Elements that have no end.
const VOID: [&str; 7] = ["br", "hr", "img", "input", "link", "meta", "source"];
/// What is filled in.
const CONTROLS: [&str; 3] = ["input", "select", "textarea"];

/// An element, in the order of the document.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: BTreeMap<String, String>,
    /// The text in it, with that of the elements in it.
    pub(crate) text: String,
    /// The elements around it, by their place in the document.
    around: Vec<usize>,
}

/// A page.
#[derive(Debug)]
pub(crate) struct Html {
    pub(crate) elements: Vec<Element>,
}

/// A form, with what is in its fields.
#[derive(Debug)]
pub(crate) struct PageForm {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn is(&self, name: &str) -> bool {
        self.name == name
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.attribute(name) == Some(value)
    }
}

impl Html {
    /// Reads a page that is well-formed: each element ends where it may, and the tokenizer of the HTML
    /// standard has nothing to complain about.
    pub(crate) fn read(text: &str) -> Self {
        let mut elements: Vec<Element> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for Ok(token) in Tokenizer::new(text) {
            match token {
                Token::StartTag(tag) => {
                    let name = utf8(&tag.name);
                    let attributes = tag.attributes.iter();
                    elements.push(Element {
                        attributes: attributes
                            .map(|(name, value)| (utf8(name), utf8(value)))
                            .collect(),
                        text: String::new(),
                        around: open.clone(),
                        name: name.clone(),
                    });
                    if !VOID.contains(&name.as_str()) {
                        open.push(elements.len() - 1);
                    }
                }
                Token::EndTag(tag) => {
                    let last = open.pop().map(|at| elements[at].name.clone());
                    assert_eq!(last, Some(utf8(&tag.name)), "in {text}");
                }
                Token::String(more) => {
                    for at in &open {
                        elements[*at].text += &utf8(&more);
                    }
                }
                Token::Error(error) => panic!("{error:?} in {text}"),
                Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        assert!(open.is_empty(), "{text}");
        Self { elements }
    }

    /// The page of an answer, which keeps to what all pages keep to.
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{answer:?}"
        );
        assert!(answer.text.starts_with("<!doctype html>"), "{answer:?}");
        let page = Self::read(&answer.text);
        page.assert_head();
        page.assert_policy(answer.header("content-security-policy"));
        page.assert_forms();
        page.assert_names();
        page.assert_headings();
        page
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |element| element.is(name))
    }

    /// The text of the only element of this name.
    pub(crate) fn text_of<'a>(&'a self, name: &'a str) -> &'a str {
        let found: Vec<_> = self.all(name).collect();
        assert_eq!(found.len(), 1, "{name} in {self:?}");
        &found[0].text
    }

    /// The forms that are posted, but that for signing out.
    pub(crate) fn forms(&self) -> Vec<PageForm> {
        let places = self.elements.iter().enumerate();
        let posted =
            places.filter(|(_, element)| element.is("form") && element.has("method", "post"));
        posted
            .map(|(at, form)| PageForm {
                action: form.attribute("action").expect("where it goes").to_owned(),
                fields: self.fields(at),
            })
            .collect()
    }

    /// Has its forms go elsewhere, as somebody does who does not keep to the page.
    pub(crate) fn retarget(&mut self, action: &str) {
        let forms = self
            .elements
            .iter_mut()
            .filter(|element| element.is("form"));
        for form in forms {
            form.attributes
                .insert("action".to_owned(), action.to_owned());
        }
    }

    /// What is wrong with a field, as it stands beside it.
    pub(crate) fn error_at(&self, field: &str) -> Option<&str> {
        let control = self.elements.iter().find(|element| {
            CONTROLS.contains(&element.name.as_str()) && element.has("name", field)
        })?;
        assert_eq!(
            control.attribute("aria-invalid"),
            Some("true"),
            "{control:?}"
        );
        let id = format!("{field}-error");
        let described = control.attribute("aria-describedby").unwrap_or_default();
        assert!(described.split(' ').any(|one| one == id), "{control:?}");
        self.by_id(&id).map(|error| error.text.trim())
    }

    /// The fields that something is wrong with: the summary leads to each of them.
    pub(crate) fn errors(&self) -> Vec<&str> {
        let wrong = self
            .elements
            .iter()
            .filter(|element| element.has("aria-invalid", "true"));
        let wrong: Vec<_> = wrong
            .filter_map(|element| element.attribute("name"))
            .collect();
        let summary = self
            .elements
            .iter()
            .position(|element| element.has("class", "summary"));
        let summary = summary.expect("a summary of the errors");
        let links = self.all("a").filter(|link| link.around.contains(&summary));
        let links: Vec<_> = links.filter_map(|link| link.attribute("href")).collect();
        let expected: Vec<_> = wrong.iter().map(|name| format!("#{name}")).collect();
        assert_eq!(links, expected);
        assert!(self.text_of("title").starts_with("Error: "), "{self:?}");
        wrong
    }

    fn by_id(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.has("id", id))
    }

    fn fields(&self, form: usize) -> Vec<(String, String)> {
        let inside = self
            .elements
            .iter()
            .filter(|element| element.around.contains(&form));
        let controls = inside.filter(|element| CONTROLS.contains(&element.name.as_str()));
        controls
            .filter_map(|control| {
                Some((control.attribute("name")?.to_owned(), self.value(control)?))
            })
            .collect()
    }

    /// What a browser would send of it; `None` for what is not ticked or not in use.
    fn value(&self, control: &Element) -> Option<String> {
        let value = || control.attribute("value").unwrap_or_default().to_owned();
        if control.attribute("disabled").is_some() {
            return None;
        }
        match control.name.as_str() {
            "textarea" => Some(
                control
                    .text
                    .strip_prefix('\n')
                    .unwrap_or(&control.text)
                    .to_owned(),
            ),
            "select" => {
                let at = self
                    .elements
                    .iter()
                    .position(|element| std::ptr::eq(element, control))?;
                let options = self.all("option");
                let options: Vec<_> = options.filter(|one| one.around.contains(&at)).collect();
                let chosen = options
                    .iter()
                    .find(|one| one.attribute("selected").is_some());
                let chosen = chosen.or(options.first())?;
                chosen.attribute("value").map(str::to_owned)
            }
            _ if control.has("type", "checkbox") => control.attribute("checked").map(|_| value()),
            _ => Some(value()),
        }
    }

    fn assert_head(&self) {
        assert!(self.elements[0].has("lang", "en"));
        assert!(self.text_of("title").ends_with(" – Accounts"));
        assert!(self.all("meta").any(|meta| meta.has("name", "viewport")));
        assert_eq!(self.all("main").count(), 1);
        let skips = self.all("a").next().and_then(|link| link.attribute("href"));
        assert_eq!(
            skips,
            Some("#content"),
            "the first link skips to the content"
        );
    }

    /// Nothing in the page needs more than the policy gives, and nothing comes from elsewhere.
    fn assert_policy(&self, policy: &str) {
        for element in &self.elements {
            for (name, value) in &element.attributes {
                assert!(name != "style" && !name.starts_with("on"), "{element:?}");
                let leads = ["href", "src", "action"].contains(&name.as_str());
                // What people link to in what they write.
                let is_theirs = element.name == "a"
                    && value.starts_with("https://")
                    && element.has("rel", "noopener noreferrer nofollow");
                assert!(
                    !leads || value.starts_with('#') || is_local(value) || is_theirs,
                    "{element:?}"
                );
            }
            let nonce = element.attribute("nonce").unwrap_or_default();
            match element.name.as_str() {
                "script" => {
                    assert!(element.text.is_empty() && nonce.len() >= 22, "{element:?}");
                    assert!(policy.contains(&format!("'nonce-{nonce}'")), "{policy}");
                }
                "style" | "iframe" | "object" | "base" => panic!("{element:?}"),
                _ => {}
            }
        }
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    fn assert_forms(&self) {
        for form in self.forms() {
            let token = form.fields.iter().find(|(name, _)| name == "csrf_token");
            assert!(token.is_some_and(|(_, token)| token.len() > 20), "{form:?}");
        }
        for button in self.all("button") {
            assert!(
                button.attribute("type").is_some() && !button.text.trim().is_empty(),
                "{button:?}"
            );
        }
        let controls = self
            .elements
            .iter()
            .filter(|element| CONTROLS.contains(&element.name.as_str()));
        for control in controls.filter(|control| !control.has("type", "hidden")) {
            let id = control.attribute("id").unwrap_or_default();
            let labelled = self
                .all("label")
                .any(|label| label.has("for", id) && !label.text.trim().is_empty());
            assert!(
                labelled || control.attribute("aria-label").is_some(),
                "{control:?}"
            );
            assert!(control.attribute("placeholder").is_none(), "{control:?}");
            let is_text = control.is("input")
                && !["checkbox", "file", "search"]
                    .iter()
                    .any(|kind| control.has("type", kind));
            assert!(
                !is_text || control.attribute("autocomplete").is_some(),
                "{control:?}"
            );
        }
    }

    /// Ids are there once, and whatever is referred to is there.
    fn assert_names(&self) {
        let mut ids = BTreeSet::new();
        for id in self
            .elements
            .iter()
            .filter_map(|element| element.attribute("id"))
        {
            assert!(!id.is_empty() && ids.insert(id), "`{id}` is there twice");
        }
        for element in &self.elements {
            for name in [
                "for",
                "aria-describedby",
                "aria-labelledby",
                "aria-controls",
            ] {
                for id in element
                    .attribute(name)
                    .unwrap_or_default()
                    .split_whitespace()
                {
                    assert!(ids.contains(id), "`{id}` of {element:?}");
                }
            }
            let within = element
                .attribute("href")
                .and_then(|href| href.strip_prefix('#'));
            assert!(within.is_none_or(|id| ids.contains(id)), "{element:?}");
        }
        for table in self.all("table") {
            assert!(!table.text.is_empty());
        }
        assert_eq!(self.all("table").count(), self.all("caption").count());
        assert!(self.all("th").all(|cell| cell.attribute("scope").is_some()));
    }

    fn assert_headings(&self) {
        let levels = self
            .elements
            .iter()
            .filter_map(|element| match element.name.as_str() {
                "h1" => Some(1),
                "h2" => Some(2),
                "h3" => Some(3),
                _ => None,
            });
        let levels: Vec<u8> = levels.collect();
        assert_eq!(
            levels.iter().filter(|level| **level == 1).count(),
            1,
            "{levels:?}"
        );
        assert_eq!(levels[0], 1, "{levels:?}");
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{levels:?}"
        );
    }
}

/// A path of this site.
fn is_local(link: &str) -> bool {
    link.starts_with('/') && !link.starts_with("//")
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}
