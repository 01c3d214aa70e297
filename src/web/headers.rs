//! The headers of every answer.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::config::PublicUrl;
use crate::delivery::FEATURES;
use crate::types::{Origin, Reference};

/// The policy of pages with a script of ours: to tell a time, to copy a text.
pub const SCRIPTED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static ALWAYS: [(HeaderName, HeaderValue); 10] = [
    line(header::CACHE_CONTROL, "no-store"),
    line(header::PRAGMA, "no-cache"),
    line(header::REFERRER_POLICY, "no-referrer"),
    line(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    line(header::X_FRAME_OPTIONS, "DENY"),
    line(HeaderName::from_static("x-robots-tag"), "noindex"),
    line(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    line(
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    line(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    line(header::VARY, "Accept-Language, Cookie"),
];

static OVER_HTTPS: (HeaderName, HeaderValue) = line(
    header::STRICT_TRANSPORT_SECURITY,
    "max-age=31536000; includeSubDomains",
);

const fn line(name: HeaderName, value: &'static str) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from_static(value))
}

/// Adds what is not there yet.
pub fn complete(headers: &mut HeaderMap, public_url: &PublicUrl, reference: &Reference) {
    let framed = may_be_framed(headers);
    // The same for everybody, whatever they bring.
    let public = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().starts_with(b"public"));
    let mut add = |(name, value): &(HeaderName, HeaderValue)| {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), value.clone());
        }
    };
    for line in &ALWAYS {
        let to_all = line.0 == header::VARY && public;
        if !(to_all || line.0 == header::X_FRAME_OPTIONS && framed) {
            add(line);
        }
    }
    if !public_url.plain_http {
        add(&OVER_HTTPS);
    }
    if let Ok(value) = HeaderValue::from_str(reference.as_str()) {
        headers.insert(REQUEST_ID.clone(), value);
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
