//! Snippets in HTML, whose every value askama escapes.

use askama::Template;

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
    source = r#"<iframe src="{{ src }}" title="{{ title }}" width="{{ width }}" height="720"{% if !allow.is_empty() %} allow="{{ allow }}"{% endif %} referrerpolicy="no-referrer" style="border:0"></iframe>"#
)]
struct Iframe<'a> {
    src: &'a str,
    title: &'a str,
    width: &'a str,
    allow: &'a str,
}

/// A frame that grants `allow` (C-29).
pub fn iframe(src: &str, title: &str, allow: &str, width: &str) -> String {
    Iframe {
        src,
        title,
        width,
        allow,
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
