//! Values from outside, made fit for a vendor's page (S-316 to S-321).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use url::{Host, Url};

/// Combining marks that may follow one another.
const MARKS: usize = 8;
/// Bytes that a link may have.
const LONGEST_LINK: usize = 512;

/// Text without markup, control characters and what cannot be seen, in NFC, at most `most`
/// characters long.
pub fn text(input: &str, most: usize) -> String {
    if is_plain(input) {
        let kept = input.trim();
        // In ASCII every byte is a character.
        return kept[..kept.len().min(most)].trim_end().to_owned();
    }
    composed(input, most)
}

/// Whether there is nothing in it to remove or to compose.
fn is_plain(input: &str) -> bool {
    let plain = |b: u8| matches!(b, b' '..=b'~') && b != b'<' && b != b'>';
    input.bytes().all(plain)
}

/// The same for any text, character by character.
fn composed(input: &str, most: usize) -> String {
    let mut marks = 0;
    let kept: String = input
        .chars()
        .filter(|c| !is_forbidden(*c))
        .nfc()
        .filter(|c| {
            marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
            marks <= MARKS
        })
        .collect();
    let cut: String = kept.trim().chars().take(most).collect();
    cut.trim_end().to_owned()
}

/// Text as somebody wrote it, with what cannot be seen, or would change what can, as escapes such as
/// `\u{202e}`: for terminals and pages on which people judge it.
pub fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escape = is_unseen(c).then(|| c.escape_unicode());
            let plain = (!is_unseen(c)).then_some(c);
            escape.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// Characters that never reach a vendor.
pub fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>') || is_unseen(c)
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // soft hyphen, joiners, Arabic and Mongolian marks, fillers
            | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{ffa0}'
            // zero width, direction marks, line and paragraph separators, embeddings and overrides
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // word joiner, invisible operators, isolates, deprecated formats
            | '\u{2060}'..='\u{206f}'
            // byte order mark, interlinear annotations, tag characters
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// An https link that leads to a public name, or nothing (S-321).
pub fn link(input: &str) -> Option<String> {
    if input.len() > LONGEST_LINK
        || input
            .chars()
            .any(|c| is_forbidden(c) || c.is_whitespace() || c == '\\')
    {
        return None;
    }
    let url = Url::parse(input).ok()?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    let public = match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.contains('.')
                && ![".localhost", ".local", ".internal"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    };
    let text = String::from(url);
    (plain && public && text.len() <= LONGEST_LINK).then_some(text)
}

/// A link, or a plain name at a network such as `ada_l`.
pub fn link_or_handle(input: &str) -> Option<String> {
    let name = input.strip_prefix('@').unwrap_or(input);
    let is_name = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if is_name {
        Some(input.to_owned())
    } else {
        link(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s_316_markup_is_removed() {
        assert_eq!(text("<img src=x onerror=1>", 128), "img src=x onerror=1");
    }

    #[test]
    fn s_317_control_characters_are_removed() {
        assert_eq!(
            text("A\0d\r\n\ta\u{85}\u{2028}\u{2029}\u{feff}\u{9f}", 128),
            "Ada"
        );
        assert_eq!(text("\u{7f}\r\n", 128), "");
    }

    #[test]
    fn s_318_bidi_invisibles_tags_and_runs_of_marks() {
        let hidden = "\u{202a}\u{202e}\u{2066}\u{2069}\u{200b}\u{200f}\u{e0041}";
        assert_eq!(text(&format!("Ad{hidden}a"), 128), "Ada");
        assert_eq!(text("e\u{301}", 128), "é");
        let zalgo = format!("x{}", "\u{337}".repeat(40));
        assert_eq!(text(&zalgo, 128).chars().count(), 1 + MARKS);
    }

    #[test]
    fn s_319_text_is_cut_at_a_character() {
        assert_eq!(text(&"ä".repeat(1_000_000), 128).chars().count(), 128);
    }

    #[test]
    fn s_321_only_public_https_links() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://example.com/a.png",
            "https://169.254.169.254/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://intranet/",
            "https://user:pass@example.com/",
            "https://example.com/\u{202e}gnp",
            "https://2130706433/",
            "https:\\\\example.com",
            "//example.com/a",
            "",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
        assert_eq!(link(&format!("https://example.com/{}", "a".repeat(4096))), None);
        assert_eq!(
            link("https://example.com/a.png").as_deref(),
            Some("https://example.com/a.png")
        );
        assert_eq!(link_or_handle("@ada_l").as_deref(), Some("@ada_l"));
        assert_eq!(link_or_handle("javascript:alert(1)"), None);
    }

    proptest! {
        #[test]
        fn s_317_no_forbidden_character_is_left_and_cleaning_twice_changes_nothing(
            input in any::<String>(), most in 1usize..200
        ) {
            let once = text(&input, most);
            prop_assert!(!once.chars().any(is_forbidden));
            prop_assert!(once.chars().count() <= most);
            prop_assert_eq!(text(&once, most), once);
        }

        #[test]
        fn plain_text_comes_out_as_it_would_the_long_way(input in "[ -~]{0,60}", most in 1usize..70) {
            prop_assert_eq!(text(&input, most), composed(&input, most));
            prop_assert_eq!(is_plain(&input), !input.contains(is_forbidden));
        }

        #[test]
        fn s_318_marks_and_odd_characters_stay_idempotent(
            input in "[a<>\u{301}\u{337}\u{338}\u{200b}\u{e0041}\u{1100}\u{1161}\u{3000} ]{0,60}"
        ) {
            let once = text(&input, 30);
            prop_assert_eq!(text(&once, 30), once);
        }
    }
}
