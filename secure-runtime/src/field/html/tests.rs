use super::*;

fn clean(html: &str) -> String {
    let clean = SafeHtml::<Article>::clean(html).expect("not too much");
    clean.as_str().to_owned()
}

#[test]
fn ordinary_formatting_is_kept() {
    let html = "<h2>On <em>locks</em></h2><p>A <strong>key</strong>, a<br>lock &amp; a \
                <a href=\"https://example.com/?a=1&amp;b=2\">door</a>.</p>\
                <ol start=\"3\"><li>one</li><li><code>let x = 1 &lt; 2;</code></li></ol>\
                <blockquote><p lang=\"de\">Zitat</p></blockquote><pre>a\n  b</pre><hr>\
                <table><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>";
    let expected = html.replace(
        "b=2\"",
        "b=2\" rel=\"noopener noreferrer nofollow\"",
    );
    assert_eq!(clean(html), expected);
    assert_eq!(clean(&expected), expected);
}
