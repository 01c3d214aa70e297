//! The pages of the agent console, and what their addresses may say. Self-hosted consoles have the
//! same, so what is not known is warned of and not refused.

use crate::config::reader::Item;
use crate::delivery::Target;

/// Each with the values that it takes; none: any.
const PARAMETERS: [(&str, &[&str]); 9] = [
    ("navigation", &["none"]),
    ("end_action", &["none", "code", "dashboard"]),
    ("popout", &["none"]),
    ("agent_tools", &["none"]),
    ("device_controls", &["none"]),
    ("session_details", &["none"]),
    ("messages", &["none"]),
    ("lng", &[]),
    ("token_source", &[]),
];
const OBSOLETE: [&str; 2] = ["nochrome", "allow_popout"];

/// Warns of what the console would not understand. Where its token is `posted` in a message, a page that
/// takes none is refused: it would be framed for nothing.
pub fn check(target: &Target, url: &Item<'_>, policy: bool, posted: bool) {
    let (path, query) = target.shape();
    if !is_page(path.trim_end_matches('/')) {
        let unknown = "is not a page of the agent console, which has /dashboard, /code, /connect, \
             /connect/device/ID and /session/ID";
        if posted {
            url.error(format!("{unknown}: no other takes a token by post_message"));
        } else {
            url.warn(unknown);
        }
    }
    let mut filters = false;
    for pair in &query {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        filters |= name.starts_with("filter_");
        let known = PARAMETERS.iter().find(|(known, _)| *known == name);
        match known {
            _ if name.starts_with("filter_") => {}
            _ if OBSOLETE.contains(&name) => url.warn(format!("has {name}, which is obsolete")),
            None => url.warn(format!("has {name}, which the agent console does not know")),
            Some((_, [])) => {}
            Some((_, values)) if values.contains(&value) || value.starts_with('{') => {}
            Some((_, values)) => url.warn(format!("has {name}, which takes {}", values.join(", "))),
        }
        if name == "token_source" && posted {
            url.error("must not have a token_source of its own: post_message adds it");
        } else if name == "token_source" {
            url.warn("has token_source, with which the console waits for a message and reads no address");
        }
    }
    if filters && !policy {
        url.warn("a filter_ in the address only sorts the view; what an agent may reach is said by policy");
    }
}

fn is_page(path: &str) -> bool {
    if ["/dashboard", "/code", "/connect"].contains(&path) {
        return true;
    }
    ["/connect/device/", "/session/"]
        .iter()
        .filter_map(|start| path.strip_prefix(start))
        .any(|id| !id.is_empty() && !id.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consoles_pages_are_known() {
        for page in [
            "/dashboard",
            "/code",
            "/connect",
            "/connect/device/{id}",
            "/session/7",
        ] {
            assert!(is_page(page), "{page}");
        }
        for other in [
            "",
            "/dashboards",
            "/connect/device",
            "/session/",
            "/session/a/b",
            "/connect/x",
        ] {
            assert!(!is_page(other), "{other}");
        }
    }
}
