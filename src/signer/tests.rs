use std::sync::LazyLock;

use jsonwebtoken::{DecodingKey, EncodingKey};

use super::*;

static PEM: LazyLock<Zeroizing<String>> = LazyLock::new(generate_pem);

fn rejection(text: &str) -> RejectedKey {
    SigningKey::from_pem(text, None).map(|_| ()).unwrap_err()
}

/// PEM under another label, to stand for another kind of key.
fn relabelled(label: &str) -> String {
    PEM.replace("PRIVATE KEY", label)
}

#[test]
fn s_403_pkcs_8_and_pkcs_1_are_taken_with_crlf_and_without_a_last_newline() {
    let print = SigningKey::from_pem(&PEM, None).unwrap().fingerprint();
    for text in [
        PEM.replace('\n', "\r\n"),
        PEM.trim_end().to_owned(),
        format!("a comment\n{}", &**PEM),
    ] {
        assert_eq!(SigningKey::from_pem(&text, None).unwrap().fingerprint(), print);
    }
    // PKCS#8 of RSA is 26 bytes around PKCS#1.
    let PrivateDer::Pkcs8(der) = pem::read(&PEM).ok().unwrap() else {
        panic!("it is PKCS#8")
    };
    let pkcs1 = pem::write("RSA PRIVATE KEY", &der[26..]);
    assert_eq!(SigningKey::from_pem(&pkcs1, None).unwrap().fingerprint(), print);
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
    let key = SigningKey::from_pem(&PEM, None).unwrap();
    assert_eq!(exponent(key.rsa.0.public_key().as_ref()), Some(&[1u8, 0, 1][..]));
    assert_eq!(exponent(&[0x30, 6, 2, 1, 5, 2, 1, 3]), Some(&[3u8][..]));
    assert_eq!(exponent(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
}

#[test]
fn s_409_an_hmac_key_never_signs_rs256() {
    let header = Header::new(Algorithm::RS256);
    let hmac = EncodingKey::from_secret(b"0123456789abcdef0123456789abcdef");
    assert!(jsonwebtoken::crypto::sign(b"x", &hmac, header.alg).is_err());
    let public = SigningKey::from_pem(&PEM, None).unwrap().public_pem();
    assert!(DecodingKey::from_rsa_pem(public.as_bytes()).is_ok());
}

#[test]
fn the_header_is_alg_and_typ_and_the_kid_where_one_is_given() {
    let header = |kid| {
        let key = SigningKey::from_pem(&PEM, kid).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(key.prefix.trim_end_matches('.')).unwrap();
        serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
    };
    assert_eq!(header(None), serde_json::json!({ "alg": "RS256", "typ": "JWT" }));
    assert_eq!(
        header(Some("k1".into())),
        serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" })
    );
}

#[test]
fn s_417_a_key_cannot_be_printed() {
    assert_eq!(
        format!("{:?}", SigningKey::from_pem(&PEM, None).unwrap()),
        "SigningKey"
    );
}
