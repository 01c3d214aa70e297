use std::sync::LazyLock;

use aws_lc_rs::encoding::{
    AsBigEndian as _, AsDer as _, Curve25519SeedBin, EcPrivateKeyRfc5915Der, Pkcs8V2Der,
};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};
use time::Duration;

use super::pem::PrivateDer;
use super::rsa::exponent;
use super::*;
use crate::config::tests::{FRAMEABLE, file, loaded};
use crate::mint;
use crate::params::Params;

static PEM: LazyLock<Zeroizing<String>> = LazyLock::new(generate_pem);

fn read(text: &str, algorithm: Algorithm) -> Result<SigningKey, RejectedKey> {
    SigningKey::from_pem(text, Head::new(algorithm))
}

fn rs256(text: &str) -> SigningKey {
    read(text, Algorithm::RS256).unwrap()
}

fn rejection(text: &str) -> RejectedKey {
    read(text, Algorithm::RS256).unwrap_err()
}

fn secret(text: &str, algorithm: Algorithm, shortest: usize) -> Result<SigningKey, RejectedKey> {
    SigningKey::from_secret(Zeroizing::new(text.into()), Head::new(algorithm), shortest)
}

/// PEM under another label, to stand for another kind of key.
fn relabelled(label: &str) -> String {
    PEM.replace("PRIVATE KEY", label)
}

#[test]
fn s_403_pkcs_8_and_pkcs_1_are_taken_with_crlf_and_without_a_last_newline() {
    let print = rs256(&PEM).fingerprint();
    for text in [
        PEM.replace('\n', "\r\n"),
        PEM.trim_end().to_owned(),
        format!("a comment\n{}", &**PEM),
    ] {
        assert_eq!(rs256(&text).fingerprint(), print);
    }
    // PKCS#8 of RSA is 26 bytes around PKCS#1.
    let PrivateDer::Pkcs8(der) = pem::read(&PEM).ok().unwrap() else {
        panic!("it is PKCS#8")
    };
    let pkcs1 = pem::write("RSA PRIVATE KEY", &der[26..]);
    assert_eq!(rs256(&pkcs1).fingerprint(), print);
}

#[test]
fn s_404_other_things_are_refused_each_with_its_cure() {
    let twice = format!("{}{}", &**PEM, &**PEM);
    let ec = pem::write(
        "PRIVATE KEY",
        &[0x30, 9, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
    );
    let ed = pem::write("PRIVATE KEY", &[0x30, 5, 0x06, 0x03, 0x2b, 0x65, 0x70]);
    let weak = pem::write("RSA PRIVATE KEY", &[0x30, 3, 0x02, 0x01, 0x00]);
    for (text, wanted) in [
        ("", RejectedKey::NotPem),
        ("secret", RejectedKey::NotPem),
        ("-----BEGIN PRIVATE KEY-----", RejectedKey::NotPem),
        (&twice, RejectedKey::SeveralBlocks),
        (&relabelled("PUBLIC KEY"), RejectedKey::Public),
        (&relabelled("CERTIFICATE"), RejectedKey::Certificate),
        (&relabelled("ENCRYPTED PRIVATE KEY"), RejectedKey::Encrypted),
        (&relabelled("OPENSSH PRIVATE KEY"), RejectedKey::OpenSsh),
        (&relabelled("EC PRIVATE KEY"), RejectedKey::NotRsa),
        (&ec, RejectedKey::NotRsa),
        (&ed, RejectedKey::NotRsa),
        (&weak, RejectedKey::TooShort),
        (
            "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----",
            RejectedKey::Corrupt,
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nMAAB\n-----END PRIVATE KEY-----",
            RejectedKey::Corrupt,
        ),
    ] {
        assert_eq!(rejection(text), wanted);
        assert!(!wanted.cure().is_empty());
    }
}

/// Its operator needs the one conversion that works, and not a new key.
#[test]
fn s_403_a_key_for_pss_alone_says_how_to_convert_it() {
    const OID: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let PrivateDer::Pkcs8(der) = pem::read(&PEM).ok().unwrap() else {
        panic!("it is PKCS#8")
    };
    let mut pss = der.to_vec();
    let at = pss.windows(OID.len()).position(|window| window == OID).unwrap();
    pss[at + OID.len() - 1] = 0x0a;
    for text in [
        pem::write("PRIVATE KEY", &pss).to_string(),
        relabelled("RSA-PSS PRIVATE KEY"),
    ] {
        assert_eq!(rejection(&text), RejectedKey::PssOnly);
    }
    assert!(RejectedKey::PssOnly.cure().contains("openssl asn1parse"));
}

#[test]
fn s_401_the_exponent_is_read_from_the_public_key() {
    assert_eq!(
        exponent(&[0x30, 8, 2, 1, 5, 2, 3, 1, 0, 1]),
        Some(&[1u8, 0, 1][..])
    );
    assert_eq!(exponent(&[0x30, 6, 2, 1, 5, 2, 1, 3]), Some(&[3u8][..]));
    assert_eq!(exponent(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
}

#[test]
fn s_409_a_secret_never_signs_rs256_and_a_private_key_never_hs256() {
    let header = Header::new(Algorithm::RS256);
    let hmac = EncodingKey::from_secret(b"0123456789abcdef0123456789abcdef");
    assert!(jsonwebtoken::crypto::sign(b"x", &hmac, header.alg).is_err());
    for algorithm in [
        Algorithm::RS256,
        Algorithm::PS256,
        Algorithm::ES256,
        Algorithm::EdDSA,
    ] {
        let refused = secret(&"s".repeat(64), algorithm, 32).unwrap_err();
        assert_eq!(refused, RejectedKey::NeedsPrivateKey);
    }
    assert_eq!(
        read(&PEM, Algorithm::HS256).unwrap_err(),
        RejectedKey::NeedsSecret
    );
}

#[test]
fn s_417_a_key_cannot_be_printed() {
    assert_eq!(format!("{:?}", rs256(&PEM)), "SigningKey");
    let shared = secret("0123456789abcdef", Algorithm::HS256, 16).unwrap();
    assert_eq!(format!("{shared:?}"), "SigningKey");
    let refused = secret("hunter2", Algorithm::HS256, 16).unwrap_err();
    assert!(!format!("{refused} {refused:?} {}", refused.cure()).contains("hunter2"));
}

/// The claims of a launch.
fn claims() -> ClaimSet {
    let persona = "[[test]]\nas = { name = \"Ada\" }\napp = \"a\"\nexpect = { allowed = true }\n";
    let loaded = loaded(&file("", &format!("{FRAMEABLE}{persona}")));
    let identity = &loaded.tests[0].identity;
    let app = &loaded.config.apps[0];
    mint::prepare(app, identity, &Params::default(), OffsetDateTime::UNIX_EPOCH)
        .unwrap()
        .claims()
        .clone()
}

/// Signs, and verifies as a vendor would.
fn launch(key: &SigningKey, verifying: &DecodingKey) {
    use secrecy::ExposeSecret as _;
    let draft = key.draft(claims());
    let token = key.sign(&draft).unwrap();
    let compact = token.compact().expose_secret();
    assert_eq!(compact.len(), draft.token_length());
    let mut validation = Validation::new(key.algorithm());
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Map<String, Value>>(compact, verifying, &validation).unwrap();
    assert_eq!(&decoded.claims, draft.claims().as_map());
    assert_eq!(decoded.header, Header::new(key.algorithm()));
    assert_eq!(
        token.facts().expires_at.unwrap() - token.facts().issued_at,
        Duration::minutes(5)
    );
}

#[test]
fn every_algorithm_with_a_key_pair_is_verified_from_its_public_half() {
    type Read = fn(&[u8]) -> jsonwebtoken::errors::Result<DecodingKey>;
    let ed = generate(KeyKind::Ed25519);
    let (p256, p384) = (generate(KeyKind::P256), generate(KeyKind::P384));
    let cases: [(Algorithm, &str, Read, &str); 7] = [
        (Algorithm::RS256, &PEM, DecodingKey::from_rsa_pem, "RSA 2048"),
        (Algorithm::RS384, &PEM, DecodingKey::from_rsa_pem, "RSA 2048"),
        (Algorithm::RS512, &PEM, DecodingKey::from_rsa_pem, "RSA 2048"),
        (Algorithm::PS256, &PEM, DecodingKey::from_rsa_pem, "RSA 2048"),
        (Algorithm::ES256, &p256, DecodingKey::from_ec_pem, "P-256"),
        (Algorithm::ES384, &p384, DecodingKey::from_ec_pem, "P-384"),
        (Algorithm::EdDSA, &ed, DecodingKey::from_ed_pem, "Ed25519"),
    ];
    for (algorithm, pem, decoding, kind) in cases {
        let key = read(pem, algorithm).unwrap();
        let public = key.public().unwrap();
        launch(&key, &decoding(public.pem().as_bytes()).unwrap());
        let jwk = serde_json::from_value(public.jwk(algorithm, None)).unwrap();
        launch(&key, &DecodingKey::from_jwk(&jwk).unwrap());
        assert_eq!(key.describe(), kind);
        assert_eq!(key.algorithm(), algorithm);
    }
}

#[test]
fn every_algorithm_with_a_secret_is_verified_by_who_shares_it() {
    let text = "s".repeat(64);
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let key = secret(&text, algorithm, 64).unwrap();
        launch(&key, &DecodingKey::from_secret(text.as_bytes()));
        assert_eq!(key.describe(), "HMAC 64 bytes");
        assert!(key.public().is_none());
    }
}

#[test]
fn c_9_equal_secrets_have_equal_fingerprints_which_are_not_their_hashes() {
    let print = |text: &str| secret(text, Algorithm::HS256, 16).unwrap().fingerprint();
    let one = "0123456789abcdef";
    assert_eq!(print(one), print(one));
    assert_ne!(print(one), print("0123456789abcdeg"));
    assert_ne!(
        print(one),
        hex(digest::digest(&digest::SHA256, one.as_bytes()).as_ref())
    );
}

#[test]
fn s_406_a_short_secret_is_refused_with_both_numbers() {
    for (algorithm, shortest) in [
        (Algorithm::HS256, 32),
        (Algorithm::HS384, 48),
        (Algorithm::HS512, 64),
    ] {
        assert!(secret(&"x".repeat(shortest), algorithm, shortest).is_ok());
        let refused = secret(&"x".repeat(shortest - 1), algorithm, shortest).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("has {} bytes, and {shortest} or more are needed", shortest - 1)
        );
    }
    assert!(secret("", Algorithm::HS256, 16).is_err());
}

#[test]
fn s_408_a_key_in_the_place_of_a_secret_is_refused() {
    let key = rs256(&PEM);
    let public = key.public().unwrap();
    for (text, wanted) in [
        (public.pem(), RejectedKey::SecretIsPem),
        (PEM.to_string(), RejectedKey::SecretIsPem),
        (format!("\u{feff} {}", public.pem()), RejectedKey::SecretIsPem),
        (
            public.jwk(Algorithm::RS256, None).to_string(),
            RejectedKey::SecretIsJwk,
        ),
        (
            json!({ "kty": "oct", "k": "c2VjcmV0" }).to_string(),
            RejectedKey::SecretIsJwk,
        ),
    ] {
        assert_eq!(secret(&text, Algorithm::HS256, 16).unwrap_err(), wanted);
    }
    // Any other JSON is a text like another.
    assert!(secret(&json!({ "a": "0123456789" }).to_string(), Algorithm::HS256, 16).is_ok());
}

/// Keys as openssl and others write them, beside PKCS#8 version 1.
#[test]
fn s_403_sec1_and_both_versions_of_pkcs_8_are_taken() {
    for (algorithm, curve) in [
        (Algorithm::ES256, &ECDSA_P256_SHA256_FIXED_SIGNING),
        (Algorithm::ES384, &ECDSA_P384_SHA384_FIXED_SIGNING),
    ] {
        let pair = EcdsaKeyPair::generate(curve).unwrap();
        let sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
        let sec1 = pem::write("EC PRIVATE KEY", sec1.as_ref());
        let print = read(&sec1, algorithm).unwrap().fingerprint();
        let pkcs8 = pem::write("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref());
        assert_eq!(read(&pkcs8, algorithm).unwrap().fingerprint(), print);
        let with_parameters = format!("{}{}", &*pem::write("EC PARAMETERS", &[6, 1, 0]), &**sec1);
        assert_eq!(read(&with_parameters, algorithm).unwrap().fingerprint(), print);
    }
    let pair = Ed25519KeyPair::generate().unwrap();
    let second: Pkcs8V2Der<'_> = pair.as_der().unwrap();
    let first = pair.to_pkcs8v1().unwrap();
    let print = |der: &[u8]| {
        read(&pem::write("PRIVATE KEY", der), Algorithm::EdDSA)
            .unwrap()
            .fingerprint()
    };
    assert_eq!(print(first.as_ref()), print(second.as_ref()));
    let seed: Curve25519SeedBin<'_> = pair.seed().unwrap().as_be_bytes().unwrap();
    assert!(first.as_ref().ends_with(seed.as_ref()));
}

#[test]
fn s_404_a_key_of_another_kind_says_which_is_wanted_and_how_to_make_it() {
    let ed = generate(KeyKind::Ed25519);
    let (p256, p384) = (generate(KeyKind::P256), generate(KeyKind::P384));
    let wrong: [(Algorithm, [&str; 3], RejectedKey, &str); 5] = [
        (
            Algorithm::RS256,
            [&p256, &p384, &ed],
            RejectedKey::NotRsa,
            "-algorithm RSA",
        ),
        (
            Algorithm::PS256,
            [&p256, &p384, &ed],
            RejectedKey::NotRsa,
            "-algorithm RSA",
        ),
        (
            Algorithm::ES256,
            [&PEM, &p384, &ed],
            RejectedKey::NotP256,
            "P-256",
        ),
        (
            Algorithm::ES384,
            [&PEM, &p256, &ed],
            RejectedKey::NotP384,
            "P-384",
        ),
        (
            Algorithm::EdDSA,
            [&PEM, &p256, &p384],
            RejectedKey::NotEd25519,
            "-algorithm ED25519",
        ),
    ];
    for (algorithm, keys, wanted, command) in wrong {
        for key in keys {
            assert_eq!(read(key, algorithm).unwrap_err(), wanted);
        }
        assert!(wanted.cure().contains(command));
    }
    let damaged = p256.replacen("MI", "MA", 1);
    assert_eq!(
        read(&damaged, Algorithm::ES256).unwrap_err(),
        RejectedKey::Corrupt
    );
}
