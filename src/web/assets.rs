//! The static files, compiled in or read with the configuration, each under a name that holds its hash:
//! a changed file has another address, so every answer may be kept for ever.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use aws_lc_rs::digest;

use super::accent;
use crate::config::{App, Brand, Image};
use crate::link::element;
use crate::types::AppId;

/// One static file.
#[derive(Debug)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub mime: &'static str,
}

/// All static files by request path, and the paths that pages name.
#[derive(Debug)]
pub struct Assets {
    files: HashMap<String, Asset>,
    style: String,
    admin_style: String,
    brand: String,
    favicon: String,
    submit: String,
    opens: String,
    copy: String,
    card: String,
    handed_back: String,
    framed: String,
    console: String,
    logo: Option<String>,
    icons: HashMap<AppId, String>,
}

impl Assets {
    /// The compiled-in files, the accent's stylesheet, the logo, and the icons of `apps`.
    pub fn new(brand: &Brand, apps: &[App]) -> Self {
        let icons = apps.iter().filter_map(|app| Some((&app.id, app.icon.as_ref()?)));
        Self::of(&brand.accent, brand.logo.as_ref(), icons)
    }

    pub(super) fn of<'a>(
        accent: &str,
        logo: Option<&Image>,
        icons: impl Iterator<Item = (&'a AppId, &'a Image)>,
    ) -> Self {
        let mut files = HashMap::new();
        let mut add = |name: &str, ending: &str, mime, bytes: Cow<'static, [u8]>| {
            let path = format!("/static/{name}-{}.{ending}", hash8(&bytes));
            files.insert(path.clone(), Asset { bytes, mime });
            path
        };
        let css = "text/css; charset=utf-8";
        let style = include_bytes!("../../static/style.css").as_slice();
        let favicon = include_bytes!("../../static/favicon.svg").as_slice();
        let opens = include_bytes!("../../static/opens.js").as_slice();
        let opens = add("opens", "js", "text/javascript; charset=utf-8", opens.into());
        let copy = include_bytes!("../../static/copy.js").as_slice();
        let copy = add("copy", "js", "text/javascript; charset=utf-8", copy.into());
        let style = add("style", "css", css, style.into());
        let admin_style = include_bytes!("../../static/admin.css").as_slice();
        let admin_style = add("admin", "css", css, admin_style.into());
        let favicon = add("favicon", "svg", "image/svg+xml", favicon.into());
        let submit = include_bytes!("../../static/submit.js").as_slice();
        let submit = add("submit", "js", "text/javascript; charset=utf-8", submit.into());
        let brand = add(
            "brand",
            "css",
            css,
            accent::stylesheet(accent).into_bytes().into(),
        );
        let card = include_bytes!("../../static/card.js").as_slice();
        let card = add("card", "js", "text/javascript; charset=utf-8", card.into());
        let handed_back = include_bytes!("../../static/handed-back.js").as_slice();
        let handed_back = add(
            "handed-back",
            "js",
            "text/javascript; charset=utf-8",
            handed_back.into(),
        );
        let framed = include_bytes!("../../static/framed.js").as_slice();
        let framed = add("framed", "js", "text/javascript; charset=utf-8", framed.into());
        let console = include_bytes!("../../static/console.js").as_slice();
        let console = add("console", "js", "text/javascript; charset=utf-8", console.into());
        let logo = logo.map(|i| add("logo", i.ending, i.mime, i.bytes.clone().into()));
        let icons = icons
            .map(|(id, i)| (id.clone(), add("icon", i.ending, i.mime, i.bytes.clone().into())))
            .collect();
        let script = Asset {
            bytes: element::SCRIPT.as_bytes().into(),
            mime: "text/javascript; charset=utf-8",
        };
        files.insert(element::PATH.to_owned(), script);
        Self {
            files,
            style,
            admin_style,
            brand,
            favicon,
            submit,
            opens,
            copy,
            card,
            handed_back,
            framed,
            console,
            logo,
            icons,
        }
    }

    /// The file at a request path (`/static/…`).
    pub fn get(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }

    pub fn style_url(&self) -> &str {
        &self.style
    }

    /// What the pages for admins have besides.
    pub fn admin_style_url(&self) -> &str {
        &self.admin_style
    }

    pub fn brand_url(&self) -> &str {
        &self.brand
    }

    pub fn favicon_url(&self) -> &str {
        &self.favicon
    }

    /// The script that sends a form without waiting for a click.
    pub fn submit_url(&self) -> &str {
        &self.submit
    }

    /// The script of pages with text to copy.
    pub fn copy_url(&self) -> &str {
        &self.copy
    }

    /// The script of pages that tell a time.
    pub fn opens_url(&self) -> &str {
        &self.opens
    }

    /// The script of the card in a frame.
    pub fn card_url(&self) -> &str {
        &self.card
    }

    /// The script that hands a code back to the frame.
    pub fn handed_back_url(&self) -> &str {
        &self.handed_back
    }

    /// The script that tells the page around a frame how far a launch has come.
    pub fn framed_url(&self) -> &str {
        &self.framed
    }

    /// The script that gives a vendor's page in a frame its tokens.
    pub fn console_url(&self) -> &str {
        &self.console
    }

    pub fn logo_url(&self) -> Option<&str> {
        self.logo.as_deref()
    }

    pub fn icon_url(&self, app: &AppId) -> Option<&str> {
        self.icons.get(app).map(String::as_str)
    }
}

fn hash8(bytes: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, bytes);
    hash.as_ref()
        .iter()
        .take(4)
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a String does not fail");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(bytes: &[u8]) -> Image {
        Image {
            bytes: bytes.to_vec(),
            mime: "image/png",
            ending: "png",
        }
    }

    #[test]
    fn c_29_a_name_changes_with_the_bytes() {
        let (id, one, two) = (AppId::parse("townhall").unwrap(), png(b"one"), png(b"two"));
        let first = Assets::of("#1d5c4d", Some(&one), [(&id, &one)].into_iter());
        let second = Assets::of("#5c1d2d", Some(&two), [(&id, &two)].into_iter());
        assert_ne!(first.brand_url(), second.brand_url());
        assert_ne!(first.logo_url(), second.logo_url());
        assert_ne!(first.icon_url(&id), second.icon_url(&id));
        assert_eq!(first.style_url(), second.style_url());
        let asset = first.get(first.icon_url(&id).unwrap()).unwrap();
        assert_eq!((asset.mime, &*asset.bytes), ("image/png", b"one".as_slice()));
        assert!(first.get(second.brand_url()).is_none());
        assert!(first.get("/static/../style.css").is_none());
    }

    #[test]
    fn the_stylesheets_are_small_and_name_no_other_site() {
        let assets = Assets::of("#1d5c4d", None, std::iter::empty());
        for url in [assets.style_url(), assets.admin_style_url()] {
            let style = &assets.get(url).unwrap().bytes;
            assert!(style.len() <= 20_000);
            let style = std::str::from_utf8(style).unwrap();
            assert!(!style.contains("url(") && !style.contains("@import"));
        }
    }
}
