//! Known answers for Argon2: RFC 9106, and argon2-cffi 25 (the reference implementation in C).

use argon2::{Algorithm, Argon2, ParamsBuilder, Version};

use super::*;

/// RFC 9106 §5.3.
#[test]
fn argon2id_of_the_rfc() {
    let mut params = ParamsBuilder::new();
    let data = argon2::AssociatedData::new(&[4; 12]).expect("12 bytes");
    params.m_cost(32).t_cost(3).p_cost(4).data(data);
    let params = params.build().expect("parameters");
    let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params);
    let mut tag = [0; 32];
    argon2
        .expect("a secret")
        .hash_password_into(&[1; 32], &[2; 16], &mut tag)
        .expect("a tag");
    assert_eq!(
        tag,
        [
            0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b,
            0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9,
            0x6b, 0x01, 0xe6, 0x59
        ]
    );
}

#[actix_web::test]
async fn hashes_of_the_reference_implementation_verify() {
    let passwords = Passwords::new(REFERENCE);
    let table = [
        (
            "valid",
            "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$k81ovk8fkH1PorA/36zCkEKia28tQyMQYijfaS5RQy4",
        ),
        // Another version, algorithm, memory, number of lanes or length of the salt.
        (
            "rehash",
            "$argon2id$v=16$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$Nf4pkfaH1BZjHSN/V4/7uvfURR0M5+Lvi/gE0mJJv3k",
        ),
        (
            "rehash",
            "$argon2id$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$Nf4pkfaH1BZjHSN/V4/7uvfURR0M5+Lvi/gE0mJJv3k",
        ),
        (
            "rehash",
            "$argon2i$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$/Y1CGmBiPtzNVPgvuhGhIFGONcer65AauB7mkPNxTUc",
        ),
        (
            "rehash",
            "$argon2i$v=16$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$hPXSRpEQxxoJwhgOQxAM/YmEbokgnPKGRh3TD/ifNBA",
        ),
        (
            "rehash",
            "$argon2d$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$t7BkEFD6xpwlreHz6tE8ozOqrP24SzMUZErt6VJF1Ek",
        ),
        (
            "rehash",
            "$argon2d$v=16$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$EmFh0HAkWvsrwNR+XAFYxqerUY8SqCO1xZtLJsqExT8",
        ),
        (
            "rehash",
            "$argon2id$v=19$m=4096,t=3,p=1$c2l4dGVlbiBieXRlIHNsdA$my0+GzRtOs+owFfTdpuIZNHd6trl+wPjad3pwqqpX0M",
        ),
        (
            "rehash",
            "$argon2id$v=19$m=64,t=1,p=1$c2l4dGVlbiBieXRlIHNsdA$Z+98165R4iHvsG27Rlx3gyzFZgg8++N/obLS6oueJwQ",
        ),
        (
            "rehash",
            "$argon2id$v=19$m=19456,t=2,p=4$c2l4dGVlbiBieXRlIHNsdA$8mJX41e75McJPdNTNY8xjlnvlri6yALgPkx68UVCx2A",
        ),
        (
            "rehash",
            "$argon2id$v=19$m=19456,t=2,p=1$OCBieXRlcy4$fe6eTAYPn73KfVqIELsu3g",
        ),
    ];
    for (expected, hash) in table {
        assert_eq!(told(&passwords, PASSWORD, hash).await, expected, "{hash}");
        assert_eq!(told(&passwords, "another", hash).await, "invalid", "{hash}");
    }
}

/// The umlauts as one code point each, or as two: both are typed, and either may have been hashed.
#[actix_web::test]
async fn a_password_is_the_same_however_its_characters_are_composed() {
    const COMPOSED: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$JBf43k0qX/2Ah2AOp51mirOI6s+SJ7d/wFkoqjgRw6w";
    const DECOMPOSED: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIHNsdA$1UHOEdpNOqr8LPRdd6rpFrtwihuj/fuveA13xLwEnfM";
    let passwords = Passwords::new(REFERENCE);
    let composed = "Zürich liegt am schönen See";
    let decomposed = "Zu\u{308}rich liegt am scho\u{308}nen See";
    assert_eq!(told(&passwords, composed, COMPOSED).await, "valid");
    assert_eq!(told(&passwords, decomposed, COMPOSED).await, "valid");
    assert_eq!(told(&passwords, decomposed, DECOMPOSED).await, "rehash");
    assert_eq!(told(&passwords, composed, DECOMPOSED).await, "invalid");
}
