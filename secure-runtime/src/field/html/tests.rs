use proptest::prelude::*;

use super::*;

/// With images, and otherwise as an article.
enum WithImages {}

impl HtmlPolicy for WithImages {
    const ELEMENTS: &'static [Element] = &[Element::Img, Element::A, Element::P, Element::Ol];
}

fn clean(html: &str) -> String {
    clean_as::<Article>(html)
}

fn clean_as<P: HtmlPolicy>(html: &str) -> String {
    let clean = SafeHtml::<P>::clean(html).expect("not too much");
    clean.as_str().to_owned()
}

fn plain(html: &str) -> String {
    let plain: PlainText = html.parse().expect("not too much");
    plain.as_str().to_owned()
}

#[test]
fn ordinary_formatting_is_kept() {
    let html = "<h2>On <em>locks</em></h2><p>A <strong>key</strong>, a<br>lock &amp; a \
                <a href=\"https://example.com/?a=1&amp;b=2\">door</a>.</p>\
                <ol start=\"3\"><li>one</li><li><code>let x = 1 &lt; 2;</code></li></ol>\
                <blockquote><p lang=\"de\">Zitat</p></blockquote><pre>a\n  b</pre><hr>\
                <table><thead><tr><th scope=\"col\">a</th></tr></thead>\
                <tbody><tr><td>1</td></tr></tbody></table>";
    let expected = html.replace("b=2\"", "b=2\" rel=\"noopener noreferrer nofollow\"");
    assert_eq!(clean(html), expected);
    assert_eq!(clean(&expected), expected);
}

#[test]
fn what_runs_or_reaches_out_is_dropped() {
    for (html, expected) in [
        ("a<script>x()</script>b", "ab"),
        ("<p onclick=x()>a</p>", "<p>a</p>"),
        (
            "<p style=color:red class=x id=x name=x data-x=x slot=x>a</p>",
            "<p>a</p>",
        ),
        ("<style>p{}</style>a", "a"),
        ("<img src=https://example.com/a.png>a", "a"),
        ("<svg><p>a</p></svg>b", "<p>a</p>b"),
        ("<math><mi>a</mi></math>b", "b"),
        ("<template><p>a</p></template>b", "b"),
        ("<noscript><p>a</p></noscript>b", "b"),
        ("<iframe src=https://evil.test></iframe>a", "a"),
        (
            "<form action=https://evil.test><input name=a><button>b</button></form>",
            "b",
        ),
        (
            "<base href=https://evil.test><meta http-equiv=refresh content=0>a",
            "a",
        ),
        ("<!-- a -->b<!--[if IE]>c<![endif]-->", "b"),
        ("<video><source onerror=x()>a</video>b", "b"),
        ("<x-y is=p>a</x-y>", "a"),
        ("<marquee onstart=x()>a</marquee>", "a"),
        ("<details open ontoggle=x()>a</details>", "a"),
        ("1 < 2 && 3 > 2", "1 &lt; 2 &amp;&amp; 3 &gt; 2"),
        (
            "&lt;script&gt;x()&lt;/script&gt;",
            "&lt;script&gt;x()&lt;/script&gt;",
        ),
        ("&amp;lt;b&amp;gt;", "&amp;lt;b&amp;gt;"),
        (
            "<ol start=9999999 reversed=x><li>a</li></ol>",
            "<ol><li>a</li></ol>",
        ),
        ("<p lang='\" onclick=x()'>a</p>", "<p>a</p>"),
        ("<pre>\na</pre>", "<pre>a</pre>"),
        ("<pre lang=de>\n\na</pre>", "<pre lang=\"de\">\n\na</pre>"),
        ("", ""),
    ] {
        assert_eq!(clean(html), expected, "{html}");
    }
}

#[test]
fn addresses_are_absolute_and_of_three_schemes() {
    for kept in [
        "https://example.com/",
        "http://example.com/?a#b",
        "mailto:ada@example.com",
    ] {
        let html = format!("<a href=\"{kept}\" rel=\"noopener noreferrer nofollow\">a</a>");
        assert_eq!(
            clean(&format!(
                "<a href='{kept}' rel=opener target=_blank ping=x>a</a>"
            )),
            html
        );
    }
    let long = format!("https://example.com/{}", "a".repeat(2048));
    for dropped in [
        "javascript:x()",
        "JaVaScRiPt:x()",
        "java&Tab;script:x()",
        "java&#10;script:x()",
        "&#1;javascript:x()",
        " javascript:x()",
        "javascript&colon;x()",
        "&#x6A&#x61&#x76&#x61script:x()",
        "vbscript:x()",
        "data:text/html,<script>x()</script>",
        "blob:https://example.com/1",
        "file:///etc/passwd",
        "filesystem:https://example.com/x",
        "view-source:https://example.com",
        "tel:1",
        "//evil.test/",
        "\\\\evil.test",
        "/sign-out",
        "?a",
        "#a",
        "page",
        "",
        &long,
    ] {
        let clean = clean(&format!("<a href=\"{dropped}\">a</a>"));
        assert_eq!(
            clean, "<a rel=\"noopener noreferrer nofollow\">a</a>",
            "{dropped}"
        );
    }
}

#[test]
fn images_are_by_https_where_they_are_allowed() {
    let kept = "<img src=\"https://example.com/a.png\" alt=\"A &quot;b&quot;\" width=\"10\">";
    let clean = clean_as::<WithImages>(kept);
    let image = SafeHtml::<WithImages>::clean(&clean).expect("an image");
    assert_eq!(image.as_str(), clean);
    for part in [
        "src=\"https://example.com/a.png\"",
        "alt=\"A &quot;b&quot;\"",
        "width=\"10\"",
        "loading=\"lazy\"",
        "referrerpolicy=\"no-referrer\"",
    ] {
        assert!(clean.contains(part), "{part} in {clean}");
    }
    for dropped in [
        "src=http://example.com/a.png",
        "src=//example.com/a.png",
        "src=/sign-out",
        "src=data:image/png,x",
        "src=mailto:ada@example.com",
        "src=javascript:x()",
        "srcset='https://evil.test/a.png 1x'",
        "src=x onerror=x()",
        "lowsrc=https://evil.test dynsrc=https://evil.test",
        "width=99999",
        "height=100%",
        "usemap=#a ismap",
        "referrerpolicy=unsafe-url",
    ] {
        let clean = clean_as::<WithImages>(&format!("<img {dropped}>"));
        for attribute in ["src", "on", "width", "height", "map", "unsafe"] {
            assert!(
                !clean.contains(&format!(" {attribute}")),
                "{dropped}: {clean}"
            );
        }
    }
}

#[test]
fn a_policy_allows_what_it_says() {
    assert_eq!(
        clean_as::<Comment>("<h1>a</h1><p>b <b>c</b></p>"),
        "a<p>b <b>c</b></p>"
    );
    let article: SafeHtml = SafeHtml::clean("<h1>a</h1>").expect("a heading");
    assert_eq!(article, "<h1>a</h1>");
    for element in Article::ELEMENTS.iter().chain(Comment::ELEMENTS) {
        assert_ne!(element.name(), "img");
    }
    let all: std::collections::HashSet<_> = Article::ELEMENTS.iter().collect();
    assert_eq!(all.len(), Article::ELEMENTS.len());
}

#[test]
fn too_much_is_refused() {
    let longest = "a".repeat(64 * 1024);
    assert_eq!(clean(&longest), longest);
    let deepest = format!("{}a{}", "<div>".repeat(64), "</div>".repeat(64));
    assert_eq!(clean(&deepest), deepest);
    let links = "<p><a href=\"https://example.com/\">a</a></p>".repeat(500);
    assert_eq!(clean(&links).matches("</a>").count(), 500);
    let differing: String = (0..200).map(|at| format!("<b title={at}>")).collect();
    for (what, html) in [
        ("long", format!("{longest}a")),
        (
            "long when it is written",
            "<".repeat(2999) + &"&".repeat(30_000),
        ),
        ("tags", "<br>".repeat(3001)),
        ("signs", "<".repeat(3001)),
        ("deep", "<div>".repeat(65)),
        (
            "formatting",
            format!("<p>{differing}{}", "<p>x".repeat(1000)),
        ),
        (
            "repeated",
            format!("<p>{}{}", "<b><i><u>".repeat(3), "<p>x".repeat(1000)),
        ),
    ] {
        let refusal = SafeHtml::<Article>::clean(&html).expect_err(what);
        assert_eq!(refusal.code(), "html", "{what}");
    }
}

/// What the estimate of the cost relies on: of formatting with the same attributes three are opened again, of links
/// one, whatever their attributes are.
#[test]
fn what_the_parser_opens_again_is_what_is_counted() {
    let cleaner = policy::cleaner::<Article>();
    let bold = cleaner
        .clean(&format!("<p>{}<p>x", "<b>".repeat(100)))
        .to_string();
    assert_eq!(bold.matches("<b>").count(), 103);
    let links: String = (0..100).map(|at| format!("<a lang=a{at}>")).collect();
    let links = cleaner.clean(&format!("<p>{links}<p>x")).to_string();
    assert_eq!(links.matches("<a ").count(), 101);
    let differing: String = (0..100).map(|at| format!("<b lang=a{at}>")).collect();
    let differing = cleaner.clean(&format!("<p>{differing}<p>x")).to_string();
    assert_eq!(differing.matches("<b ").count(), 200);
}

/// However a tag is written, what has attributes is counted.
#[test]
fn formatting_is_counted_however_it_is_written() {
    for tag in [
        "<b a>",
        "<B\na>",
        "<b/a>",
        "<FONT\tcolor=red>",
        "<nobr a",
        "<b\u{c}a>",
        "<b\ra>",
    ] {
        let many = tag.repeat(500);
        assert!(cost::is_bounded(&tag.repeat(100)), "{tag}");
        assert!(
            !cost::is_bounded(&format!("{many}{}", "<p>".repeat(500))),
            "{tag}"
        );
    }
    for tag in ["<b>", "</b >", "<br a>", "<p a>", "<a href=x>"] {
        assert!(cost::is_bounded(&tag.repeat(1000)), "{tag}");
    }
}

#[test]
fn what_was_stored_is_cleaned_again() {
    use crate::field::text::Parse as _;

    let stored = "<p>a<script>x()</script></p>".to_owned();
    assert_eq!(
        SafeHtml::<Article>::restore(stored).expect("clean"),
        "<p>a</p>"
    );
}

/// A template does not know whether it prints into an attribute.
#[test]
fn what_is_printed_has_no_quote_that_ends_an_attribute() {
    for (html, printed) in [
        (
            "\" onfocus=\"x()\" autofocus '`",
            "&#34; onfocus=&#34;x()&#34; autofocus &#39;&#96;",
        ),
        (
            "<p>a</p><a href=\"https://x/onclick=x()/'\">b</a>",
            "<p>a</p><a href=https://x/onclick&#61;x()/&#39; \
             rel=noopener&#32;noreferrer&#32;nofollow>b</a>",
        ),
        (
            "<abbr title='a &quot; > b'>c</abbr>",
            "<abbr title=a&#32;&quot;&#32;&gt;&#32;b>c</abbr>",
        ),
        (
            "<abbr title='' lang=de>c</abbr>",
            "<abbr title lang=de>c</abbr>",
        ),
        (
            "<ol reversed start=2><li>a=\"b\"</li></ol>",
            "<ol reversed start=2><li>a=&#34;b&#34;</li></ol>",
        ),
    ] {
        let html: SafeHtml = SafeHtml::clean(html).expect("not too much");
        assert_eq!(html.to_string(), printed);
        let again: SafeHtml = SafeHtml::clean(printed).expect("not too much");
        assert_eq!(again, html);
    }
}

#[test]
fn plain_text_is_what_a_browser_would_show() {
    for (html, expected) in [
        ("Fish &amp; <b>chips</b>", "Fish & chips"),
        ("a < b && c > d", "a < b && c > d"),
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("a\r\nb\tc", "a\nb c"),
        ("  a  ", "a"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&amp;amp;", "&amp;"),
        ("&#60;script&#62;", "<script>"),
        ("a<script>b</script><style>c</style><!-- d -->e", "ae"),
        ("<scr<script>x</script>ipt>y", "xipt>y"),
        ("<img src=x alt=a onerror=x()>b", "b"),
        ("<a href=javascript:x()>c</a>", "c"),
        ("a\0b\u{7}c\u{1b}[0m", "abc[0m"),
        ("a\u{202e}b\u{200b}c\u{feff}d\u{ad}e", "abcde"),
        ("a&#x202e;b&ZeroWidthSpace;c&shy;d", "abcd"),
        (" \u{fe0f}\u{200d}\u{fe0f}\u{200d}a", "a"),
        ("Zoe\u{308}", "Zoë"),
        (
            "می\u{200c}خواهم 👩\u{200d}💻",
            "می\u{200c}خواهم 👩\u{200d}💻",
        ),
        ("a&nbsp;b", "a\u{a0}b"),
        ("a\u{2028}b&#133;c", "a\nb…c"),
        ("", ""),
    ] {
        assert_eq!(plain(html), expected, "{html:?}");
    }
    assert!("<".repeat(3001).parse::<PlainText>().is_err());
    assert!("a".repeat(64 * 1024 + 1).parse::<PlainText>().is_err());
}

#[test]
fn stored_plain_text_is_not_decoded_again() {
    use crate::field::text::Parse as _;

    for good in ["<b>", "&amp;", "a\nb", ""] {
        let restored = PlainText::restore(good.to_owned()).expect(good);
        assert_eq!(restored, good);
    }
    for bad in ["a\0b", "a\u{202e}b", "a\r\nb", "a\tb", "Zoe\u{308}"] {
        assert!(PlainText::restore(bad.to_owned()).is_err(), "{bad:?}");
    }
}

#[test]
fn formatted_text_has_a_plain_one() {
    let html: SafeHtml =
        SafeHtml::clean("<h1>On &lt;locks&gt;</h1><p>and keys</p>").expect("clean");
    assert_eq!(html.to_plain_text(), "On <locks>\n\nand keys");
}

proptest! {
    /// Cleaned twice is cleaned once: what is read from a database is what was stored.
    #[test]
    fn what_is_clean_stays_as_it_is(pieces in prop::collection::vec(piece(), 0..24)) {
        let html = pieces.concat();
        if let Ok(once) = SafeHtml::<Article>::clean(&html) {
            let twice = SafeHtml::<Article>::clean(once.as_str());
            prop_assert_eq!(twice.as_ref().map(SafeHtml::as_str), Ok(once.as_str()));
            let printed = once.to_string();
            prop_assert!(!printed.contains(['"', '\'', '`']), "{}", printed);
            let read = policy::cleaner::<Article>().clean(&printed).to_string();
            let known = policy::cleaner::<Article>().clean(once.as_str()).to_string();
            prop_assert_eq!(read, known);
            let lower = once.as_str().to_lowercase();
            for word in ["<script", "<svg", "<math", "<style", "<iframe", "<template", "<img"] {
                prop_assert!(!lower.contains(word), "{}", once.as_str());
            }
        }
    }

    #[test]
    fn plain_text_can_be_stored(pieces in prop::collection::vec(piece(), 0..24)) {
        use crate::field::text::Parse as _;

        let plain: PlainText = pieces.concat().parse().expect("not too much");
        let restored = PlainText::restore(plain.as_str().to_owned());
        prop_assert_eq!(restored, Ok(plain));
    }
}

/// What a text may be put together from in order to confuse a parser.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "<(/)?(p|b|i|a|div|table|tr|td|li|ul|pre|svg|math|mi|mtext|style|script|template|noscript|title|textarea|select|option|form|img|iframe|xmp|plaintext|desc|foreignObject|annotation-xml|mglyph|h1|blockquote|code|font|frameset|body|html)( (href|src|onclick|style|title|lang|encoding|id)=(\"[^\"]{0,6}\"|'[^']{0,6}'|[a-z:/]{0,6}))?(/)?>",
        "<!--|-->|<!|<\\?|\\]\\]>|<!\\[CDATA\\[|&(lt|amp|gt|quot|nbsp|#x3c|#0|#x202e)?;?",
        "[a-z \n\t\0<>\"'=/-]{0,6}",
        "[\u{200c}\u{200d}\u{fe0f}\u{202e}\u{ad}\u{308}क्👩]{0,4}",
    ]
}
