//! What is found in the template of a page, and what is left alone.

use proptest::prelude::*;
use secure_grammar::check_template;

/// What is said about each line that is guilty.
fn found(template: &str) -> Vec<(usize, String)> {
    let mistakes = check_template(template);
    let said = mistakes.iter();
    said.map(|mistake| (mistake.line(), mistake.error().message().to_owned()))
        .collect()
}

#[test]
fn what_is_safe_is_left_alone() {
    for template in [
        "",
        "plain < text > and & more",
        "<!doctype html><title>{{ title }}</title>",
        "<!-- <script>x</script> <p onclick=x> -->",
        "{# <script>{{ x|safe }}</script> #}",
        "<script nonce=\"{{ nonce }}\">go()</script>",
        "<SCRIPT NONCE='{{nonce}}' src='/app.js'></SCRIPT>",
        "<style nonce = \"{{ nonce }}\">p{}</style>",
        "<script type=\"application/json\">{{ data }}</script>",
        "<p two=2 on=\"x\" data-onclick=\"x\">{{ text }}</p>",
        "<p title=\"a > b onclick=x\">onclick=\"x\" style=\"x\"</p>",
        "<input value=\"{{ form.get(\"title\") }}\" name=x>",
        "<textarea><b onclick=x></textarea>",
        "<a href=\"/javascript:\">x</a><a href=\"{{ url }}\">x</a>",
        "<form><input></form><form method=get></form>",
        "<form method=post><input type=hidden name=csrf_token value=\"{{ csrf }}\"></form>",
        "<form method=post>{{ csrf_token.field() }}</form>",
        "<form method=post>{{ ui::csrf(frame) }}</form>",
        "<form method=post>{% call ui::csrf(frame) %}{% endcall %}</form>",
        "<option value=\"{{ id }}\"{% if chosen %} selected{% endif %}>",
        "<select name=\"role\"{{ ui::described(field, \"Who loses it is signed out.\") }}>",
        "<iframe srcdoc=\"written\"></iframe><base target=\"_blank\">",
        "{% filter upper %}{{ x }}{% endfilter %}{% if a || safe %}{% endif %}{{ filter }}",
        "<p>{{ x|escape(\"html\") }}{{ x|e }}{{ x|safely }}</p>",
        "<p>{{ a || b }} {{ text|trim|upper }} {{ safe }}</p>",
        "<!--><p>--><p>",
        "<title><script>x</titlex></title>",
        "<script nonce=\"{{ nonce }}\"><!-- <script>a</script> onclick --></script>",
        "<xmp><script>x</script></xmp><iframe><b onclick=x></iframe>",
        "<noscript><p>{{ text }}</p></noscript>",
        "<a\u{a0}onclick=x>",
        "</p onclick=x>",
        "<svg><path d=\"M0 0\"/></svg><br/>",
    ] {
        assert_eq!(found(template), [], "{template}");
    }
}

#[test]
fn what_is_not_is_found_in_its_line() {
    for (template, line, words) in [
        ("<script>x</script>", 1, "without the nonce"),
        ("\n\n<script src=/x></script>", 3, "without the nonce"),
        ("<script type=module>x</script>", 1, "without the nonce"),
        ("<script", 1, "without the nonce"),
        // Where a browser ends a comment, and where it does not.
        ("<!--><script>x</script>-->", 1, "without the nonce"),
        ("<!---><script>x</script>-->", 1, "without the nonce"),
        ("<!-- a --!><script>x</script>-->", 1, "without the nonce"),
        ("<!a><script>x</script>", 1, "without the nonce"),
        // What it takes for a name, and for the end of what is no HTML.
        (
            "<textarea\u{a0}><script>x</script></textarea>",
            1,
            "without the nonce",
        ),
        (
            "<title></titlex><textarea></title><script>x</script></textarea>",
            1,
            "without the nonce",
        ),
        (
            "<xmp><a title=\"</xmp><script>x</script>\"></a>",
            1,
            "without the nonce",
        ),
        (
            "<noscript><a title=\"</noscript><script>x</script>\">",
            1,
            "without the nonce",
        ),
        (
            "</p a=\"><title>\"><script>x</script></title>",
            1,
            "without the nonce",
        ),
        (
            "<script nonce='{{ n }}'><!--<script></script><title></script><style></style>",
            1,
            "without the nonce",
        ),
        ("<style>p{}</style>", 1, "without the nonce"),
        ("<script nonce>x</script>", 1, "written down"),
        ("<script nonce=\"\">x</script>", 1, "written down"),
        (
            "<script nonce=\"a{{ nonce }}\">x</script>",
            1,
            "written down",
        ),
        (
            "<script nonce='{{ a }}{{ b }}'>x</script>",
            1,
            "written down",
        ),
        ("<p\nONCLICK = 'x'>", 2, "`onclick` is a script"),
        ("<p/onclick=x>", 1, "`onclick` is a script"),
        (
            "<p {% if x %}onload=x{% endif %}>",
            1,
            "`onload` is a script",
        ),
        ("<p\r\n style=\"{{ x }}\">", 2, "`style` is a style"),
        (
            "<a href=\"javascript:x\">",
            1,
            "an address that is a script",
        ),
        (
            "<a href=\"java\nscript :x\">",
            1,
            "an address that is a script",
        ),
        (
            "<form action='JAVASCRIPT:x'>",
            1,
            "an address that is a script",
        ),
        (
            "<script nonce=\"{{ n }}\">let x = {{ x }};</script>",
            1,
            "within a script",
        ),
        (
            "<style nonce=\"{{ n }}\">p { color: {{ x }} }</style>",
            1,
            "within a style",
        ),
        ("<p title={{ x }}>", 1, "without quotes"),
        ("<p title=a{{ x }}>", 1, "without quotes"),
        ("<p>{{ x | safe }}</p>", 1, "without escaping"),
        ("<p>{{ (x|safe) }}</p>", 1, "without escaping"),
        ("<p>{{ shown(x|safe) }}</p>", 1, "without escaping"),
        ("<p>{{ x|safe if x else y }}</p>", 1, "without escaping"),
        ("<p>{{ x|safe ~ y }}</p>", 1, "without escaping"),
        ("{% let y = x|safe %}<p>{{ y }}</p>", 1, "without escaping"),
        (
            "{% filter safe %}{{ x }}{% endfilter %}",
            1,
            "without escaping",
        ),
        ("<p>{{ x|escape( 'none' ) }}</p>", 1, "without escaping"),
        ("<p>{{ x|e(\"none\") }}</p>", 1, "without escaping"),
        ("<p {{ x }}>", 1, "any attribute"),
        ("<p {{ user.attributes() }}>", 1, "any attribute"),
        ("<p on{{ x }}=\"y\">", 1, "any attribute"),
        ("<iframe srcdoc=\"{{ x }}\"></iframe>", 1, "HTML twice"),
        ("<base href=\"/app/\">", 1, "`<base>`"),
        ("<p>{{ x|trim|safe }}</p>", 1, "without escaping"),
        ("<p>{{- x|safe -}}</p>", 1, "without escaping"),
        ("<p>{{ x|escape(\"none\") }}</p>", 1, "without escaping"),
        ("<p title=\"{{ x|safe }}\">", 1, "without escaping"),
        ("<textarea>{{ x|safe }}</textarea>", 1, "without escaping"),
        ("<p>{{{ x }}}</p>", 1, "without escaping"),
        ("<p>{{& x }}</p>", 1, "without escaping"),
        ("{% autoescape false %}", 1, "without escaping"),
        (
            "\n<form method=\"POST\"></form>",
            2,
            "no field `csrf_token`",
        ),
        ("<form method=post>", 1, "no field `csrf_token`"),
        (
            "<form method=post><form method=get><input name=csrf_token></form>",
            1,
            "no field",
        ),
        (
            "<form method=post></form><input name=csrf_token>",
            1,
            "no field",
        ),
        ("<form method=post>{# csrf_token #}</form>", 1, "no field"),
    ] {
        let found = found(template);
        let [(at, said)] = &found[..] else {
            panic!("{template}: {found:?}");
        };
        assert_eq!(*at, line, "{template}");
        assert!(said.contains(words), "{template}: {said}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        "/",
        "=",
        "\"",
        "'",
        " ",
        "\n",
        "\r\n",
        "{{",
        "}}",
        "{{{",
        "}}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "|",
        "safe",
        "script",
        "style",
        "form",
        "method",
        "post",
        "nonce",
        "onclick",
        "href",
        "javascript:",
        "csrf_token",
        "<!--",
        "-->",
        "</",
        "textarea",
        "é",
        "時",
        "\0",
        "x",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_template_panics_and_every_line_is_one(text in prop_oneof![pieces(), any::<String>()]) {
        for mistake in check_template(&text) {
            prop_assert!(mistake.line() >= 1 && mistake.line() <= text.matches('\n').count() + 1);
            prop_assert!(!mistake.error().message().is_empty() && mistake.error().help().is_some());
            prop_assert!(!mistake.error().drawing().is_empty());
        }
    }
}
