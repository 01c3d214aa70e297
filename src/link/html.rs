//! Snippets in HTML, whose every value askama escapes.

use askama::Template;

use crate::delivery::allow;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<a href="{{ href }}"{% if new_tab %} target="_blank" rel="noopener"{% endif %} style="display:inline-block;padding:.6em 1.2em;border:1px solid currentColor;border-radius:.4em;text-decoration:none">{{ label }}</a>"#
)]
struct Button<'a> {
    href: &'a str,
    label: &'a str,
    new_tab: bool,
}

pub fn button(href: &str, label: &str, new_tab: bool) -> String {
    Button { href, label, new_tab }.to_string()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<iframe src="{{ src }}" title="{{ title }}" width="{{ width }}" height="720"{% if let Some(allow) = allow %} allow="{{ allow }}"{% endif %} referrerpolicy="no-referrer" style="border:0"></iframe>"#
)]
struct Iframe<'a> {
    src: &'a str,
    title: &'a str,
    width: &'a str,
    allow: Option<String>,
}

/// A frame; what its page may ask for is granted to the origins of whoever stands in it, and to nobody
/// else (C-29).
pub fn iframe(src: &str, title: &str, inside: &[&str], width: &str) -> String {
    Iframe {
        src,
        title,
        width,
        allow: (!inside.is_empty()).then(|| allow(inside)),
    }
    .to_string()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<ac:structured-macro ac:name="iframe"><ac:parameter ac:name="src"><ri:url ri:value="{{ src }}"/></ac:parameter><ac:parameter ac:name="width">100%</ac:parameter><ac:parameter ac:name="height">720</ac:parameter></ac:structured-macro>"#
)]
struct Confluence<'a> {
    src: &'a str,
}

pub fn confluence(src: &str) -> String {
    Confluence { src }.to_string()
}
