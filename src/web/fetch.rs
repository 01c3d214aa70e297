//! Who asked, and for what: Fetch Metadata and speculative loads.

use actix_web::http::header::{HeaderMap, HeaderName};

use super::error::Problem;

static MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
static DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
static SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where browsers say that they only guess, and in which words.
static SPECULATIONS: [(HeaderName, &[&str]); 4] = [
    (HeaderName::from_static("sec-purpose"), &["prefetch", "prerender"]),
    (
        HeaderName::from_static("purpose"),
        &["prefetch", "prerender", "preview"],
    ),
    (HeaderName::from_static("x-moz"), &["prefetch"]),
    (HeaderName::from_static("x-purpose"), &["preview"]),
];

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A prefetch, prerender or preview: nobody has clicked yet (S-211).
pub fn is_speculative(headers: &HeaderMap) -> bool {
    SPECULATIONS.iter().any(|(name, words)| {
        text(headers, name).is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            words.iter().any(|word| value.contains(word))
        })
    })
}

/// Where a navigation shows what it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Navigation {
    /// In a window or tab of its own.
    Window,
    /// In a frame; `ours` where a page of ours asked, which no stranger's can pretend.
    Frame { ours: bool },
}

/// A navigation; without Fetch Metadata a request is taken for a top-level one (C-8).
pub fn navigation(headers: &HeaderMap) -> Result<Navigation, Problem> {
    let refused = |code| Err(Problem::forbidden(code).under("launch.refused"));
    let navigates = text(headers, &MODE).is_none_or(|mode| mode == "navigate");
    match text(headers, &DEST) {
        Some("embed" | "object" | "fencedframe") => refused("launch.framed"),
        Some("iframe" | "frame") if navigates => Ok(Navigation::Frame {
            ours: is_same_origin(headers),
        }),
        None | Some("document") if navigates => Ok(Navigation::Window),
        _ => refused("launch.not_navigation"),
    }
}

/// The navigation of a window or tab of its own.
pub fn require_navigation(headers: &HeaderMap) -> Result<(), Problem> {
    match navigation(headers)? {
        Navigation::Window => Ok(()),
        Navigation::Frame { .. } => Err(Problem::forbidden("launch.framed").under("launch.refused")),
    }
}

/// A page of ours asks.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    text(headers, &SITE) == Some("same-origin")
}

/// A page that is not ours asks.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    text(headers, &SITE).is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

/// A frame asks, or a browser that does not say.
pub fn may_be_framed(headers: &HeaderMap) -> bool {
    text(headers, &DEST).is_none_or(|dest| matches!(dest, "iframe" | "frame"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn c_8_only_top_level_navigations_are_launches() {
        let code = |pairs: &[_]| {
            require_navigation(&headers(pairs))
                .err()
                .map(|problem| problem.code)
        };
        assert_eq!(code(&[]), None);
        assert_eq!(
            code(&[("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate")]),
            None
        );
        for dest in ["iframe", "frame", "embed", "object", "fencedframe"] {
            assert_eq!(
                code(&[("sec-fetch-dest", dest), ("sec-fetch-mode", "navigate")]),
                Some("launch.framed")
            );
        }
        for dest in ["image", "script", "style", "empty", "worker", "anything"] {
            assert_eq!(
                code(&[("sec-fetch-dest", dest)]),
                Some("launch.not_navigation"),
                "{dest}"
            );
        }
        assert_eq!(
            code(&[("sec-fetch-mode", "no-cors")]),
            Some("launch.not_navigation")
        );
        assert_eq!(
            code(&[("sec-fetch-dest", "document"), ("sec-fetch-mode", "cors")]),
            Some("launch.not_navigation")
        );
    }

    #[test]
    fn c_52_only_a_page_of_ours_is_believed_in_a_frame() {
        for (site, ours) in [
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
            ("none", false),
            ("", false),
        ] {
            let headers = headers(&[
                ("sec-fetch-dest", "iframe"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-site", site),
            ]);
            let found = navigation(&headers).ok();
            assert_eq!(found, Some(Navigation::Frame { ours }), "{site}");
        }
    }

    #[test]
    fn s_211_speculation_is_seen_in_every_spelling() {
        for pair in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "Prefetch"),
            ("purpose", "preview"),
            ("x-moz", "prefetch"),
            ("x-purpose", "preview"),
        ] {
            assert!(is_speculative(&headers(&[pair])), "{pair:?}");
        }
        for pair in [
            ("sec-fetch-mode", "navigate"),
            ("sec-purpose", ""),
            ("x-moz", "other"),
        ] {
            assert!(!is_speculative(&headers(&[pair])), "{pair:?}");
        }
    }
}
