use aws_lc_rs::{
    hkdf::{HKDF_SHA256, KeyType, Salt},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secure_runtime::{Routes, test::TestApp, token::Hs256Key};
use serde_json::{Value, json};

/// Where the test kit's clock starts.
pub(crate) const START: u64 = 1_893_456_000;

const SECRET: [u8; 32] = *b"\x8f\x01\xc3\x7a\x55\xe0\x9b\x12\xd6\x44\xaf\x38\x6c\xf1\x20\x9d\
\x73\xbe\x0a\x5f\xc8\x91\x2e\x64\xdb\x17\xa2\x4d\x80\xf9\x36\xeb";

/// The claims of a good token for `ada`, as the app itself writes them.
pub(crate) fn claims() -> Value {
    json!({
        "iss": "https://auth.test",
        "aud": "https://api.test",
        "sub": "ada",
        "client_id": "https://auth.test",
        "exp": START + 600,
        "iat": START,
        "nbf": START,
        "jti": "6b1d0b4e5d7c4f0a",
        "auth_time": START,
        "roles": ["user"],
        "scope": "notes:read",
    })
}

/// Signs anything under the app's own key: a refusal is then due to what was changed, and not to
/// the signature.
pub(crate) struct Forge {
    key: hmac::Key,
    kid: String,
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self::for_purpose("access token")
    }

    pub(crate) fn for_purpose(purpose: &str) -> Self {
        Self::with_key(&derive::<32>(&SECRET, purpose))
    }

    /// A key that is derived from another secret in the way of ours, under the id of the app's.
    pub(crate) fn from_secret(secret: &[u8]) -> Self {
        Self::with_key(&derive::<32>(secret, "access token"))
    }

    /// The secret itself as key, and not one derived from it.
    pub(crate) fn underived() -> Self {
        Self::with_key(&SECRET)
    }

    /// Another key under the id of the app's.
    pub(crate) fn with_key(key: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            kid: encode(derive::<16>(&SECRET, "key id HS256")),
        }
    }

    /// The app whose key this is.
    pub(crate) async fn app(listing: impl Fn(&mut Routes) + Send + Sync + 'static) -> TestApp {
        TestApp::with(
            |settings| settings.signing_key(Self::key()),
            listing,
            |_| {},
        )
        .await
    }

    /// The app's key itself.
    pub(crate) fn key() -> Hs256Key {
        Hs256Key::from_bytes(&SECRET).expect("a key")
    }

    /// A token with these claims and the header of our own.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.with_header(&self.header().to_string(), &claims.to_string())
    }

    /// The header of our own.
    pub(crate) fn header(&self) -> Value {
        json!({"alg": "HS256", "typ": "at+jwt", "kid": self.kid})
    }

    /// The header of our own, but for one member.
    pub(crate) fn header_with(&self, name: &str, value: Value) -> String {
        let mut header = self.header();
        header[name] = value;
        header.to_string()
    }

    /// The header of our own without one of its members.
    pub(crate) fn header_without(&self, name: &str) -> String {
        let mut header = self.header();
        let removed = header.as_object_mut().expect("an object").remove(name);
        removed.expect("a member of ours");
        header.to_string()
    }

    /// The header of our own, with more text before its members.
    pub(crate) fn header_after(&self, members: &str) -> String {
        self.header()
            .to_string()
            .replacen('{', &format!("{{{members},"), 1)
    }

    /// The id of the app's key.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// A token of these texts.
    pub(crate) fn with_header(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", encode(header), encode(payload));
        let signature = self.signature(&message);
        format!("{message}.{signature}")
    }

    /// The signature of a header and payload that are encoded already.
    pub(crate) fn signature(&self, message: &str) -> String {
        encode(hmac::sign(&self.key, message.as_bytes()))
    }
}

/// The derivation of `secure-runtime/src/crypto/derive.rs`: HKDF-SHA-256, the purpose as context.
fn derive<const N: usize>(secret: &[u8], purpose: &str) -> [u8; N] {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut key = [0_u8; N];
    let context = [b"secure-runtime ".as_slice(), purpose.as_bytes()];
    let extracted = Salt::new(HKDF_SHA256, b"secure-runtime v1").extract(secret);
    let expanded = extracted.expand(&context, Length(N)).expect("a length");
    expanded.fill(&mut key).expect("a length");
    key
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
