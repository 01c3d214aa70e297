use super::*;
use crate::config::tests::{FRAMEABLE, file};

#[test]
fn an_app_without_a_page_is_said_to_be_for_the_token_api_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("usher.toml");
    let app = "vendor = \"custom\"\nallow = [\"everyone\"]\nclaims = { sub = \"{{ user.sub }}\" }\n";
    for (more, place) in [
        ("delivery = \"json\"", "token API only"),
        (
            "redirect_uris = [\"https://v.example/back\"]",
            "one of redirect_uris",
        ),
        ("url = \"https://v.example/sso\"", "https://v.example"),
    ] {
        std::fs::write(&path, file("", &format!("{app}{more}\n"))).unwrap();
        let (text, code) = run(&path, Format::Table, false, OffsetDateTime::UNIX_EPOCH).unwrap();
        assert_eq!(code, 0, "{text}");
        assert!(
            text.contains(&format!("app   a  custom  {place}  RSA 2048")),
            "{text}"
        );
        let (json, _) = run(&path, Format::Json, false, OffsetDateTime::UNIX_EPOCH).unwrap();
        let json: Value = serde_json::from_str(&json).unwrap();
        let origin = if place.contains("://") { place } else { "" };
        assert_eq!(json["apps"][0]["origin"], origin);
    }
}

#[test]
fn lesson_31_c_27_long_addresses_are_warned_of_and_the_sealing_key_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("usher.toml");
    let profile = format!(
        "user_profile = [{}]\n",
        format!("[\"k\", \"{}\"],", "v".repeat(256)).repeat(6)
    );
    let persona = "[[test]]\nas = { name = \"Ada\" }\napp = \"a\"\nexpect = { allowed = true }\n";
    for (profile, warned) in [("", false), (profile.as_str(), true)] {
        std::fs::write(&path, file("", &format!("{FRAMEABLE}{profile}{persona}"))).unwrap();
        let (text, code) = run(&path, Format::Table, false, OffsetDateTime::UNIX_EPOCH).unwrap();
        assert_eq!(code, 0, "{text}");
        assert_eq!(text.contains("some proxies take 2,000"), warned, "{text}");
        assert!(text.contains("replicas must share one"), "{text}");
    }
}
