//! The query of the callback, and the form of a logout: pairs, then the authorization response.

use secrecy::ExposeSecret;
use url::form_urlencoded;
use usher::identity::response::Response;
use usher::params;
use usher::session::attempt::State;
use usher::session::seal::Sealer;
use usher::types::{Issuer, Origin};

const ISSUER: &str = "https://op.example";

pub fn holds(query: &[u8]) -> bool {
    let Some(pairs) = params::pairs(query) else {
        return false;
    };
    // Decoding never makes more of a query, and what was decoded can be said again.
    let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(length <= query.len());
    let again = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&pairs)
        .finish();
    assert_eq!(params::pairs(again.as_bytes()).as_ref(), Some(&pairs));

    let values = |name: &str| -> Vec<&str> {
        let named = pairs.iter().filter(|(n, _)| n == name);
        named.map(|(_, value)| value.as_str()).collect()
    };
    let repeated = ["code", "state", "iss", "error"]
        .iter()
        .any(|name| values(name).len() > 1);
    let both = !values("code").is_empty() && !values("error").is_empty();
    let Ok(response) = Response::parse(pairs.clone()) else {
        assert!(repeated || both, "an honest response was refused");
        return false;
    };
    assert!(!repeated && !both, "S-148, S-149");
    let code = response.code.as_ref().map(ExposeSecret::expose_secret);
    assert_eq!(code, values("code").first().copied());
    assert_eq!(response.error.as_deref(), values("error").first().copied());

    let issuer = Issuer::parse(ISSUER).expect("an issuer");
    let iss = values("iss").first().copied();
    assert_eq!(response.iss.as_deref(), iss);
    assert_eq!(response.check_issuer(&issuer, true).is_ok(), iss == Some(ISSUER));
    assert_eq!(
        response.check_issuer(&issuer, false).is_ok(),
        iss.is_none_or(|iss| iss == ISSUER)
    );

    // Nobody else can make a state of ours.
    let origin = Origin::parse("https://go.example").expect("an origin");
    let sealer = Sealer::new([&[7; 32]], origin);
    assert!(
        response
            .state
            .is_none_or(|state| State::open(&state, &sealer).is_none())
    );
    true
}
