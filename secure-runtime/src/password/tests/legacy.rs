//! Known answers: Python's bcrypt 5 (OpenBSD's code), hashlib (OpenSSL), passlib 1.7.

use super::{super::VerifyLimits, *};
use crate::dangerous;

const HASHES: [&str; 11] = [
    "$2b$04$Wj.edttC47nxujMxLJeLEuQ9zf9Z7Wgia5tcauTyNLqffaS7RdD7i",
    "$2a$04$NPjMa5G.cPC8QxxXxqfaEuSWF6CdJ6M10glLEDbRvvp7yjKiQMs/i",
    "$2y$04$oXzeVrMIehySLgmx273m4eXk53b7uf4ScSa/iyl8Rv1.9iTDx1fSe",
    "$scrypt$ln=10,r=8,p=1$c2l4dGVlbiBieXRlIHNsdA$1DuK7t0mGkvYvadig0p9VpOI+L6xz1bcO5P8nWLyjWA",
    "$scrypt$ln=8,r=4,p=2$c2l4dGVlbiBieXRlIHNsdA$TrWHm3dZVLNXGdENUtBXM2VkS6EN2i6OnUOmmtHxnR/X9s68Ek4x4/lZKtNuvl3fFRnHYKBVSGeaMu/1IITdzA",
    "$scrypt$ln=8,r=8,p=1$2vv//3+Pca41Rsh5jxGCEA$LHRgSVGsmnQbWuRi9+dgPMfjmh2CJaMt+uLbRguh5as",
    "$pbkdf2-sha256$i=1000$c2l4dGVlbiBieXRlIHNsdA$BaruwSbpHYJRQRMzlz9t09usJ2bfLKNK+A6dm04mJuk",
    "$pbkdf2-sha256$i=1000,l=24$c2l4dGVlbiBieXRlIHNsdA$BaruwSbpHYJRQRMzlz9t09usJ2bfLKNK",
    "$pbkdf2-sha512$i=1000$c2l4dGVlbiBieXRlIHNsdA$3QMwrxLg4/X2UcnWiHG3oGtaw1Sr4coKsAAOWMiR/640yePfdIno4J23vNuKz9ZkADlvSFRe8oUd+qOpwSH1Ww",
    "$pbkdf2-sha256$1000$h3AOIYTwXqs1ptQ6Z0xJ6Q$ZBQjrrbyPU8zf2Xl1RZ2Dq2MFl4I60IzYfyAFy2JdWQ",
    "$pbkdf2-sha512$1000$.Z9TSmlNSWlNCQEAYOz9Hw$wuuR7jl1i9XCoqcEUCDdfyHYJbGX3qlXY4q/khSyCgbxRgSXChjF.LhRxadATLFHL1PKrXwgyG6Q4xL3tK83hQ",
];

/// Of 72 times `a`, and of the first 72 of 80 times `b`.
const LONGEST: &str = "$2b$04$nLU6n9vV9ZIRenldmTJk9OJvApjU6eyZwbjSzM4jueMGMV67DzzUu";
const CUT_OFF: &str = "$2b$04$Ub1WdjXGtvpJE6xx4IHu.uxGhRi9rmeL4NfbhRGnrTDqjm.dLm7hy";

#[actix_web::test]
async fn old_hashes_verify_and_are_replaced() {
    let passwords = Passwords::new(PARAMS);
    for hash in HASHES {
        let verdict = verify(&passwords, PASSWORD, hash).await;
        let Ok(Verdict::ValidRehash(fresh)) = verdict else {
            panic!("{hash}: {verdict:?}");
        };
        assert!(fresh.expose().starts_with("$argon2id$v=19$m=7168,t=5,p=1$"));
        assert_eq!(told(&passwords, PASSWORD, fresh.expose()).await, "valid");
        for wrong in ["", "another", "Correct horse battery staple"] {
            assert_eq!(told(&passwords, wrong, hash).await, "invalid", "{hash}");
        }
    }
}

#[actix_web::test]
async fn bcrypt_hashes_utf8() {
    let hash = "$2b$04$IZZorprwwnehweNCdg2mK.RktBNWz8Y3rXylFFYS3jvCXqPvK3FbS";
    let passwords = Passwords::new(PARAMS);
    assert_eq!(
        told(&passwords, "pässwörd £ 例え テスト", hash).await,
        "rehash"
    );
}

#[actix_web::test]
async fn bcrypt_takes_72_bytes_and_refuses_more() {
    let passwords = Passwords::new(PARAMS);
    assert_eq!(told(&passwords, &"a".repeat(72), LONGEST).await, "rehash");
    assert_eq!(told(&passwords, &"a".repeat(71), LONGEST).await, "invalid");
    assert_eq!(told(&passwords, &"a".repeat(73), LONGEST).await, "invalid");
    assert_eq!(told(&passwords, &"b".repeat(80), CUT_OFF).await, "invalid");
}

#[actix_web::test]
async fn bcrypt_that_truncated_is_told_so() {
    let passwords = dangerous::bcrypt_truncating(Passwords::builder(PARAMS)).build();
    let whole = "b".repeat(80);
    let Ok(Verdict::ValidRehash(fresh)) = verify(&passwords, &whole, CUT_OFF).await else {
        panic!("the first 72 bytes are the ones");
    };
    // From then on every byte counts.
    assert_eq!(told(&passwords, &whole, fresh.expose()).await, "valid");
    assert_eq!(
        told(&passwords, &"b".repeat(72), fresh.expose()).await,
        "invalid"
    );
    assert_eq!(told(&passwords, &"b".repeat(71), CUT_OFF).await, "invalid");
}

/// bcrypt repeats what it is given, with a NUL between: these would be the password `a`.
#[actix_web::test]
async fn bcrypt_takes_no_nul() {
    let of_a = "$2b$04$fnayEtUStdcR6WldGl8dXusoM4WEiqe2ut0uhuP6ld8x7LmNRwTL2";
    let passwords = Passwords::new(PARAMS);
    assert_eq!(told(&passwords, "a", of_a).await, "rehash");
    for nul in ["a\0", "a\0a", "a\0a\0a"] {
        assert_eq!(told(&passwords, nul, of_a).await, "invalid", "{nul:?}");
    }
}

#[actix_web::test]
async fn what_is_no_hash_is_a_fault() {
    const SALT: &str = "c2l4dGVlbiBieXRlIHNsdA";
    const HASH: &str = "BaruwSbpHYJRQRMzlz9t09usJ2bfLKNK";
    let with = |start: &str| format!("{start}${SALT}${HASH}");
    let bcrypt = |cost: &str| HASHES[0].replace("$04$", cost);
    let passwords = Passwords::new(PARAMS);
    let table = [
        ("$2b$".to_owned(), "Malformed"),
        (HASHES[0][..59].to_owned(), "Malformed"),
        (format!("{}=", HASHES[0]), "Malformed"),
        (HASHES[0].replace('W', "ä"), "Malformed"),
        (HASHES[0].replace("$2b$", "$2x$"), "Unsupported"),
        (bcrypt("$03$"), "Malformed"),
        (bcrypt("$99$"), "Malformed"),
        (bcrypt("$15$"), "Excessive"),
        (bcrypt("$31$"), "Excessive"),
        (with("$scrypt$ln=10,r=8"), "Malformed"),
        (with("$scrypt$ln=0,r=8,p=1"), "Malformed"),
        (with("$scrypt$ln=10,r=0,p=1"), "Malformed"),
        (with("$scrypt$ln=10,r=8,p=1,x=1"), "Malformed"),
        (with("$scrypt$ln=19,r=8,p=1"), "Excessive"),
        (with("$scrypt$ln=63,r=8,p=1"), "Excessive"),
        (with("$scrypt$ln=300,r=8,p=1"), "Excessive"),
        (with("$scrypt$ln=10,r=4294967295,p=1"), "Excessive"),
        (with("$scrypt$ln=10,r=8,p=17"), "Excessive"),
        (with("$pbkdf2-sha256$l=24"), "Malformed"),
        (with("$pbkdf2-sha256$i=0"), "Malformed"),
        (with("$pbkdf2-sha256$0"), "Malformed"),
        (with("$pbkdf2-sha256$i=1000,l=32"), "Malformed"),
        (with("$pbkdf2-sha256$i=2000001"), "Excessive"),
        (with("$pbkdf2-sha512$4294967295"), "Excessive"),
        (with("$pbkdf2-sha1$i=1000"), "Unsupported"),
        ("$pbkdf2-sha256$i=1000$$".to_owned(), "Malformed"),
    ];
    for (stored, kind) in table {
        let told = told(&passwords, PASSWORD, &stored).await;
        assert!(told.starts_with(kind), "{stored}: {told}");
    }
}

#[actix_web::test]
async fn how_much_work_they_may_ask_for_is_configured() {
    let limits = VerifyLimits::new().bcrypt_cost(3).pbkdf2_rounds(999);
    let limits = limits.memory_kib(8).lanes(1);
    let passwords = Passwords::builder(PARAMS).verify_limits(limits).build();
    for hash in [HASHES[0], HASHES[4], HASHES[6], HASHES[9]] {
        let told = told(&passwords, PASSWORD, hash).await;
        assert!(told.starts_with("Excessive"), "{hash}: {told}");
    }
}
