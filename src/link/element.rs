//! `<usher-app>`: a script without dependencies that pages of other sites load, and pin.

use askama::Template;
use aws_lc_rs::digest::{SHA384, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::config::PublicUrl;
use crate::types::AppId;

/// The path of the script. Its bytes never change, since pages name their hash (C-29).
pub const PATH: &str = "/static/embed-1.js";
pub const SCRIPT: &str = include_str!("../../static/embed-1.js");

/// Attributes that are the element's own, and so cannot be parameters of a launch.
const OWN: [&str; 22] = [
    "app",
    "params",
    "height",
    "allow",
    "class",
    "id",
    "is",
    "style",
    "title",
    "hidden",
    "inert",
    "lang",
    "dir",
    "slot",
    "part",
    "role",
    "nonce",
    "popover",
    "tabindex",
    "translate",
    "draggable",
    "spellcheck",
];
/// Beginnings of names that are HTML's, or whoever else writes attributes into a page.
const OTHERS: [&str; 5] = ["auto", "content", "item", "on", "_"];

/// What a page holds against the script before it runs it (Subresource Integrity).
pub fn integrity() -> String {
    let hash = digest(&SHA384, SCRIPT.as_bytes());
    format!("sha384-{}", STANDARD.encode(hash))
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<script src="{{ script }}" integrity="{{ integrity }}" crossorigin="anonymous" defer></script>
<usher-app app="{{ app }}"{% for (name, value) in attributes %} {{ name }}="{{ value }}"{% endfor %}{% if !params.is_empty() %} params="{{ params }}"{% endif %}><a href="{{ href }}" target="_blank" rel="noopener">{{ label }}</a></usher-app>"#
)]
struct Element<'a> {
    script: String,
    integrity: String,
    app: &'a AppId,
    attributes: Vec<(String, String)>,
    /// As a query: what no attribute can hold.
    params: String,
    href: &'a str,
    label: &'a str,
}

/// The element for a launch. The link in it is what people get where the script does not come.
pub fn element(
    public_url: &PublicUrl,
    app: &AppId,
    params: Vec<(String, String)>,
    href: &str,
    label: &str,
) -> String {
    let (attributes, rest): (Vec<_>, Vec<_>) = params.into_iter().partition(|(name, _)| is_attribute(name));
    Element {
        script: public_url.join(PATH),
        integrity: integrity(),
        app,
        attributes,
        params: url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(rest)
            .finish(),
        href,
        label,
    }
    .to_string()
}

/// Whether a parameter can be an attribute: HTML knows no capitals there.
fn is_attribute(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    plain && !OWN.contains(&name) && !OTHERS.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_29_the_script_never_changes() {
        // Pages name this hash: a script that differs is embed-2.js, beside this one.
        assert_eq!(
            integrity(),
            "sha384-eOFh+tgr9Z7AmuR+ZNji8KUIXZ7uBQCX7GwNBvajnCnga7KYV19Whix399n/UIF8"
        );
        assert!(SCRIPT.len() <= 5000, "{} bytes", SCRIPT.len());
    }

    #[test]
    fn the_script_and_the_snippet_agree_on_what_is_no_parameter() {
        let (names, starts) = (OWN.join("|"), OTHERS.join("|"));
        let own = format!("const own = /^({names}|({starts}).*|.*\\W.*)$/;\n");
        assert!(SCRIPT.contains(&own), "{own}");
        for (name, yes) in [
            ("customer", true),
            ("x_1", true),
            ("_msthash", false),
            ("autofocus", false),
            ("customerId", false),
            ("height", false),
            ("onload", false),
            ("role", false),
        ] {
            assert_eq!(is_attribute(name), yes, "{name}");
        }
    }
}
