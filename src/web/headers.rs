//! The headers of every answer.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::config::PublicUrl;
use crate::delivery::FEATURES;
use crate::types::{Origin, Reference};

/// The policy of pages with a script of ours: to tell a time, to copy a text.
pub const SCRIPTED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

const ALWAYS: [(HeaderName, &str); 10] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::VARY, "Accept-Language, Cookie"),
];

/// Adds what is not there yet.
pub fn complete(headers: &mut HeaderMap, public_url: &PublicUrl, reference: &Reference) {
    let framed = may_be_framed(headers);
    // The same for everybody, whatever they bring.
    let public = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().starts_with(b"public"));
    let mut add = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    for (name, value) in ALWAYS {
        let to_all = name == header::VARY && public;
        if !(to_all || name == header::X_FRAME_OPTIONS && framed) {
            add(name, HeaderValue::from_static(value));
        }
    }
    if !public_url.plain_http {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        add(header::STRICT_TRANSPORT_SECURITY, year);
    }
    if let Ok(value) = HeaderValue::from_str(reference.as_str()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// Whether the page names who may frame it, which `X-Frame-Options` cannot.
fn may_be_framed(headers: &HeaderMap) -> bool {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    policy
        .and_then(|policy| policy.to_str().ok())
        .and_then(|policy| policy.split_once("frame-ancestors "))
        .is_some_and(|(_, ancestors)| !ancestors.starts_with("'none'"))
}

/// The policy of a bare page that only pages of these origins may frame.
pub fn framed_by(origins: &[String]) -> (HeaderName, String) {
    let origins = origins.join(" ");
    let policy =
        format!("default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors {origins}");
    (header::CONTENT_SECURITY_POLICY, policy)
}

/// The policy of the card in a frame, whose script redeems a code.
pub const CARD: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Lets pages of these origins frame an answer, and no other.
pub fn let_frame(headers: &mut HeaderMap, origins: &[Origin]) {
    let origins: Vec<&str> = origins.iter().map(Origin::as_str).collect();
    let ancestors = format!("frame-ancestors {}", origins.join(" "));
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.and_then(|policy| policy.to_str().ok()).unwrap_or_default();
    let policy = policy.replace("frame-ancestors 'none'", &ancestors);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.remove(header::X_FRAME_OPTIONS);
    }
}

/// Cuts a page off from whoever opened it, unless it says itself how far.
pub fn isolate(headers: &mut HeaderMap) {
    if !headers.contains_key(COOP) {
        headers.insert(COOP, HeaderValue::from_static("same-origin"));
    }
}

/// What a page of ours sends that frames a vendor's: only that origin may stand in it, what the vendor
/// may ask its visitor for is granted on (not without ourselves, or there is nothing to pass on), and
/// the windows that the vendor opens keep their opener.
pub fn around(vendor: &Origin) -> [(HeaderName, String); 3] {
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; \
         frame-src {vendor}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    let granted = FEATURES.map(|feature| format!("{feature}=(self \"{vendor}\")"));
    let permissions = format!("{}, geolocation=(), payment=(), usb=()", granted.join(", "));
    [
        (header::CONTENT_SECURITY_POLICY, policy),
        (HeaderName::from_static("permissions-policy"), permissions),
        (COOP, "same-origin-allow-popups".to_owned()),
    ]
}

/// The policy of pages with a form that ends on another site: Chromium applies `form-action` to
/// the redirects behind a form (C-10, lesson 28).
pub fn form_policy(public_url: &PublicUrl) -> (HeaderName, String) {
    let loopback = if public_url.loopback {
        " http://localhost:* http://*.localhost:* http://127.0.0.1:*"
    } else {
        ""
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https:{loopback}; base-uri 'none'; frame-ancestors 'none'"
    );
    (header::CONTENT_SECURITY_POLICY, policy)
}
