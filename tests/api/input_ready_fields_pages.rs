//! `SafeHtml` in a template: it is printed as it is, and everything else is escaped (H4).

use askama::Template;
use secure_runtime::field::{Comment, PlainText, SafeHtml, Username};

#[derive(Template)]
#[template(
    source = "<h1>{{ title }}</h1><i>{{ by }}</i>{{ body }}{% for comment in comments %}{{ comment }}{% endfor %}{{ text }}",
    ext = "html"
)]
struct Page<'a> {
    title: &'a str,
    by: Username,
    body: SafeHtml,
    comments: Vec<SafeHtml<Comment>>,
    text: PlainText,
}

#[test]
fn safe_html_alone_is_printed_as_it_is() {
    let attack = "<b onclick=x()>hi</b><script>x()</script>";
    let page = Page {
        title: attack,
        by: "ada".parse().expect("a name"),
        body: SafeHtml::clean(attack).expect("clean"),
        comments: vec![SafeHtml::clean("<h1>a</h1><em>b</em>").expect("clean")],
        text: "&lt;script&gt;x()&lt;/script&gt;".parse().expect("a text"),
    };
    assert_eq!(
        page.render().expect("a page"),
        "<h1>&#60;b onclick=x()&#62;hi&#60;/b&#62;&#60;script&#62;x()&#60;/script&#62;</h1>\
         <i>ada</i><b>hi</b>a<em>b</em>&#60;script&#62;x()&#60;/script&#62;"
    );
}

/// A template that prints it into an attribute shows markup, and no more: nothing in it ends the attribute.
#[test]
fn in_an_attribute_it_stays_in_the_attribute() {
    #[derive(Template)]
    #[template(source = "<p title=\"{{ body }}\" lang='{{ body }}'>", ext = "html")]
    struct Attribute {
        body: SafeHtml,
    }

    for attack in [
        "\" onclick=\"x()",
        "' onclick='x()",
        "<a href=\"https://x/onclick=x()/\">a</a>",
        "<abbr title='\" onclick=\"x()'>a</abbr>",
    ] {
        let body = SafeHtml::clean(attack).expect("clean");
        let page = Attribute { body }.render().expect("a page");
        let tokens: Vec<_> = html5gum::Tokenizer::new(&page).flatten().collect();
        let [html5gum::Token::StartTag(tag)] = &tokens[..] else {
            panic!("{page}: {tokens:?}");
        };
        assert_eq!(tag.attributes.len(), 2, "{page}");
    }
}

/// What belongs into an attribute is its text.
#[test]
fn an_attribute_takes_its_plain_text() {
    #[derive(Template)]
    #[template(source = "<p title=\"{{ body.to_plain_text() }}\">", ext = "html")]
    struct Attribute {
        body: SafeHtml,
    }

    let body = SafeHtml::clean("<b>a</b>\" onclick=\"x()").expect("clean");
    let page = Attribute { body }.render().expect("a page");
    assert_eq!(page, "<p title=\"a&#34; onclick=&#34;x()\">");
}
