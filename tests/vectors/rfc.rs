//! RFC 7515 appendix A, RFC 7638 §3.1, RFC 8037 appendix A. Those of RFC 7520 §4.1 and §4.4 are
//! among the vectors of Wycheproof.

use secure_runtime::token::keys::{
    EdDsaKey, EdDsaPublicKey, Es256Key, Hs256Key, JwsError, KeyError, Rs256Key, Rs256PublicKey,
    SigningKey, VerifyingKey,
};

/// `{"iss":"joe", "exp":1300819380, "http://example.com/is_root":true}`, as appendix A spaces it.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn compact(header: &str, signature: &str) -> String {
    format!("{header}.{PAYLOAD}.{signature}")
}

#[test]
fn rfc_7515_a_1_hs256() {
    let key = Hs256Key::from_jwk(
        r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
    )
    .expect("a key");
    let key = SigningKey::from(key);
    let header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
    let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let signed = key.sign(format!("{header}.{PAYLOAD}").as_bytes());
    assert_eq!(signed.expect("a signature"), signature);
    let payload = key
        .verifying_key()
        .verify_compact(&compact(header, signature))
        .expect("a payload");
    assert!(payload.starts_with(br#"{"iss":"joe""#));
}

const A_2_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

#[test]
fn rfc_7515_a_2_rs256() {
    let jwk = format!(r#"{{"kty":"RSA","n":"{A_2_N}","e":"AQAB"}}"#);
    let key = VerifyingKey::from(Rs256PublicKey::from_jwk(&jwk).expect("a key"));
    let token = compact(
        "eyJhbGciOiJSUzI1NiJ9",
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    key.verify_compact(&token).expect("a payload");
    // Its 2048 bits are enough to verify, and not to sign.
    let public = Rs256Key::from_jwk(&jwk).expect_err("a refusal");
    assert_eq!(public, KeyError::Public);
}

#[test]
fn rfc_7515_a_3_es256() {
    let key = Es256Key::from_jwk(
        r#"{"kty":"EC","crv":"P-256",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#,
    )
    .expect("a key");
    let key = SigningKey::from(key);
    let header = "eyJhbGciOiJFUzI1NiJ9";
    let token = compact(
        header,
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
    let verifying = key.verifying_key();
    verifying.verify_compact(&token).expect("a payload");
    // ECDSA takes a random number: ours is another signature, and just as good.
    let signed = key.sign(format!("{header}.{PAYLOAD}").as_bytes());
    let ours = compact(header, &signed.expect("a signature"));
    assert_ne!(ours, token);
    verifying.verify_compact(&ours).expect("a payload");
}

#[test]
fn rfc_7515_a_5_none_is_refused() {
    let token = compact("eyJhbGciOiJub25lIn0", "");
    let key = VerifyingKey::from(Hs256Key::random());
    assert_eq!(key.verify_compact(&token), Err(JwsError::Algorithm));
}

#[test]
fn rfc_7638_3_1_thumbprint() {
    let key = Rs256PublicKey::from_jwk(
        r#"{"kty":"RSA",
            "n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e":"AQAB","alg":"RS256"}"#,
    )
    .expect("a key");
    assert_eq!(key.kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn rfc_8037_a_ed25519() {
    let private = r#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let public = r#"{"kty":"OKP","crv":"Ed25519",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = EdDsaKey::from_jwk(private).expect("a key");
    // A.3
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    // A.4
    let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let signed = SigningKey::from(key).sign(message.as_bytes());
    assert_eq!(signed.expect("a signature"), signature);
    // A.5
    let key = VerifyingKey::from(EdDsaPublicKey::from_jwk(public).expect("a key"));
    let payload = key.verify_compact(&format!("{message}.{signature}"));
    assert_eq!(payload.expect("a payload"), b"Example of Ed25519 signing");
}
