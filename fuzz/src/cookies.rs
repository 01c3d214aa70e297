//! The Cookie header, read raw (S-337, S-338).

use usher::session::attempt::Attempt;
use usher::session::cookie::{Cookie, Cookies, Found, Jar};
use usher::session::rounds::Rounds;
use usher::session::seal::Sealer;
use usher::types::Origin;

const JAR: Jar = Jar { plain_http: false };

pub fn holds(header: &[u8]) -> bool {
    let cookies = Cookies::parse([header]);
    let name = JAR.name(Cookie::Session);
    // The values of exactly our name, found without the parser.
    let start = format!("{name}=");
    let values: Vec<&[u8]> = header
        .split(|byte| *byte == b';')
        .filter(|pair| std::str::from_utf8(pair).is_ok())
        .map(trimmed)
        .filter_map(|pair| pair.strip_prefix(start.as_bytes()))
        .collect();
    match cookies.get(&name) {
        Found::None => assert!(values.is_empty()),
        Found::One(value) => assert_eq!(values, [value.as_bytes()]),
        Found::Several => assert!(values.len() > 1),
    }
    assert!(cookies.len() <= header.len().div_ceil(2));

    // What a stranger writes is none of our sealed cookies, and hides none of them.
    let origin = Origin::parse("https://go.example").expect("an origin");
    let sealer = Sealer::new([&[7; 32]], origin);
    assert!(Rounds::read(&cookies, JAR, &sealer).is_none());
    let login = JAR.name(Cookie::Login(""));
    let ids: Vec<&str> = cookies.starting_with(&login).map(|(id, _)| id).collect();
    for id in &ids {
        assert!(Attempt::find(id, &cookies, JAR, &sealer).is_none());
    }
    for gone in Attempt::evicted(&cookies, JAR, &sealer) {
        assert!(
            ids.contains(&gone.as_str()),
            "a cookie that nobody sent is deleted"
        );
        let line = JAR.delete(Cookie::Login(&gone));
        assert!(!line.contains(['\r', '\n', '\0']), "a header in a header");
    }

    let own: &[u8] = b"__Host-usher=own";
    let beside = Cookies::parse([header, own]);
    let found = beside.get(&name);
    assert_eq!(
        found,
        if values.is_empty() {
            Found::One("own")
        } else {
            Found::Several
        }
    );
    values.len() == 1
}

fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}
