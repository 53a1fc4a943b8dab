mod sealed;
mod signed;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Every text that differs in one bit: of the version, of the key's name or of the body.
fn with_one_bit_changed(text: &str) -> Vec<String> {
    let (head, body) = text.rsplit_once('.').expect("a body");
    let body = URL_SAFE_NO_PAD.decode(body).expect("base64url");
    let mut changed = Vec::new();
    for bit in 0..8 * head.len() {
        let mut head = head.as_bytes().to_vec();
        head[bit / 8] ^= 1 << (bit % 8);
        if let Ok(head) = String::from_utf8(head) {
            changed.push(format!("{head}.{}", URL_SAFE_NO_PAD.encode(&body)));
        }
    }
    for bit in 0..8 * body.len() {
        let mut body = body.clone();
        body[bit / 8] ^= 1 << (bit % 8);
        changed.push(format!("{head}.{}", URL_SAFE_NO_PAD.encode(body)));
    }
    assert!(changed.len() > 8 * body.len());
    changed
}

/// Every text that is cut off, or goes on.
fn with_another_length(text: &str) -> Vec<String> {
    let mut other: Vec<_> = (0..text.len()).map(|end| text[..end].to_owned()).collect();
    for more in ["A", "AAAA", "=", ".", " ", "\n", ".AAAA"] {
        other.push(format!("{text}{more}"));
        other.push(format!("{more}{text}"));
    }
    other
}
