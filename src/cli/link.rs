//! `usher link`: what to paste where, so that people find an app.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use time::OffsetDateTime;

use super::{find_app, printable, trial};
use crate::config::App;
use crate::link::{Absent, Kit, LinkError, Snippet};

const FRAME: &str = "\
Shown on the app's origins alone; allow lets the vendor's page ask for a camera and the like.";
const ELEMENT: &str = "\
The same as an element that grants the vendor's page what it may ask for, sizes itself, says how far
it is, and offers to reconnect. The script's bytes never change, so the hash holds; one serves all
elements of a page. A page's policy needs this host in script-src, and in frame-src with the vendor's.";
const SHAREPOINT: &str = "\
Edit the page, add the web part Embed, paste the code. The site (https://TENANT.sharepoint.com) must
be among the app's origins, and this host be allowed in the site's HTML Field Security. SharePoint
has been seen to drop allow: where an app needs a camera, use the link.";
const CONFLUENCE: &str = "\
This is the storage format, for the API. In Cloud's editor type /iframe and give it the launch link;
in Data Center put the frame above into the HTML macro, if an administrator has switched that on.
The macro has no allow: where an app needs a camera, use the link. The site must be among origins.";
const OKTA: &str = "\
Applications, Browse App Catalog, Bookmark App. --only okta prints the body for POST /api/v1/apps.";
const ENTRA: &str = "\
An enterprise application of your own; Single sign-on, Linked. Assign people, or nobody sees it.
--only entra prints the same as Microsoft Graph names it.";
const INITIATE: &str = "\
An initiate_login_uri for a portal that adds its iss: always by way of that provider. A portal that
adds none takes the launch link.";

#[derive(clap::Args)]
pub struct Wanted {
    /// The app
    #[arg(value_name = "APP")]
    app: String,
    /// A parameter of the launch; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = trial::pair)]
    params: Vec<(String, String)>,
    /// Print this alone, as it is
    #[arg(long, value_enum, value_name = "SNIPPET")]
    only: Option<Snippet>,
}

pub fn run(path: &Path, wanted: &Wanted, now: OffsetDateTime) -> anyhow::Result<ExitCode> {
    let config = super::load(path)?.config;
    let app = find_app(&config, &wanted.app)?;
    let kit = Kit::new(app, &config.public_url, &wanted.params, now).map_err(|error| match error {
        LinkError::Missing { .. } => anyhow!("{error}; give each as --param name=value"),
        LinkError::NoPage(_) | LinkError::Refused(_) => anyhow!(error),
    })?;
    match wanted.only {
        Some(snippet) => {
            let value = snippet
                .of(&kit)
                .map_err(|absent| anyhow!("{}: {absent}", app.id))?;
            let end = if value.ends_with('\n') { "" } else { "\n" };
            print!("{value}{end}");
        }
        None => print!("{}", listing(&kit, app)),
    }
    Ok(ExitCode::SUCCESS)
}

/// All of it, for people to read.
fn listing(kit: &Kit, app: &App) -> String {
    let tile = &kit.tile;
    let file = |value: &Result<String, Absent>, only: &str, ending: &str| {
        let add = |_| format!("a file: add --only {only} > {}.{ending}", app.id);
        value.as_ref().map(add).map_err(|absent| *absent)
    };
    let fields = |label: &str, url: &str, logo: &str| {
        let icon = tile.icon.unwrap_or("none");
        let logo = format!("{logo} (the app's icon: {icon})");
        Ok(format!(
            "{label}: {}\n{url}: {}\nLogo: {logo}",
            tile.label, tile.url
        ))
    };
    let sections = [
        ("Launch link", Ok(kit.launch_url.clone()), ""),
        ("HTML button", Ok(kit.button.clone()), ""),
        ("Frame", kit.iframe.clone(), FRAME),
        ("Element", kit.element.clone(), ELEMENT),
        ("SharePoint", kit.sharepoint.clone(), SHAREPOINT),
        ("Confluence", kit.confluence.clone(), CONFLUENCE),
        ("Calendar", file(&kit.ics, "ics", "ics"), ""),
        ("QR code", file(&kit.qr, "qr", "svg"), ""),
        (
            "Okta: bookmark app",
            fields(
                "Application label",
                "URL",
                "PNG, JPG or GIF of at least 420 x 120 pixels, under 1 MB",
            ),
            OKTA,
        ),
        (
            "Entra: linked app",
            fields(
                "Name",
                "Sign-on URL",
                "PNG of exactly 215 x 215 pixels, up to 100 KB",
            ),
            ENTRA,
        ),
        (
            "Started by the provider",
            tile.initiate_login_uri.clone(),
            INITIATE,
        ),
    ];
    let mut text = format!("{} ({})\n", printable(&tile.label), app.id);
    for (heading, value, notes) in sections {
        let (value, notes) = match value {
            Ok(value) => (value, notes),
            Err(absent) => (format!("none: {absent}"), ""),
        };
        let _ = writeln!(text, "\n{heading}");
        for line in value.lines() {
            let _ = writeln!(text, "  {}", printable(line));
        }
        for line in notes.lines() {
            let _ = writeln!(text, "  # {line}");
        }
    }
    text
}
