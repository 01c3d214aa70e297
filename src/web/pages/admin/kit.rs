use clap::ValueEnum as _;

use crate::link::{Absent, Kit, Snippet};
use crate::web::text::{SnippetTexts, Text, snippet};

/// Characters in a line of a text to copy, and its lines.
const COLUMNS: usize = 48;
const MOST_ROWS: usize = 8;

/// The link of an app in every form, and the form for its parameters.
#[derive(Debug)]
pub struct LinkKit {
    pub fields: Vec<Field>,
    /// What is wrong with the values.
    pub error: Option<Text>,
    pub made: Made,
}

/// A parameter that the link carries.
#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub value: String,
    pub optional: bool,
    /// The error is about this one.
    pub wrong: bool,
}

#[derive(Debug)]
pub enum Made {
    /// Only the token API serves the app.
    NoPage,
    /// The values that it opens with are not there yet, or not right.
    Wanting { pattern: Option<String> },
    Kit {
        items: Vec<Item>,
        /// The places that this app cannot have, and why.
        absent: Vec<(Text, Text)>,
    },
}

/// A snippet on the page.
#[derive(Debug)]
pub struct Item {
    pub(super) name: String,
    pub(super) texts: SnippetTexts,
    /// What to copy: the snippet, or the values that a portal asks for, each with its label.
    pub(super) copies: Vec<(Option<Text>, String)>,
    /// An SVG of ours, to be shown as it is.
    pub(super) picture: Option<String>,
    /// Where it is to be had as a file.
    pub(super) file: Option<String>,
}

impl Made {
    /// Goes through all the snippets; `file` is the address of one by its ending.
    pub fn of(kit: &Kit, file: impl Fn(&str) -> String) -> Self {
        let (mut items, mut absent) = (Vec::new(), Vec::new());
        let mut put = |name: String, value: Result<Item, Absent>| match value {
            Ok(item) => items.push(item),
            Err(why) => absent.push((snippet(&name).title, reason(why))),
        };
        for &which in Snippet::value_variants() {
            let name = which.name();
            let item = which.of(kit).map(|text| match which {
                Snippet::Qr => Item::picture(&name, text, file("svg")),
                Snippet::Ics => Item {
                    file: Some(file("ics")),
                    ..Item::text(&name, text)
                },
                Snippet::Okta => Item::tile(
                    &name,
                    kit,
                    Text::new("link-okta-label"),
                    Text::new("link-okta-url"),
                    text,
                ),
                Snippet::Entra => Item::tile(
                    &name,
                    kit,
                    Text::new("link-entra-label"),
                    Text::new("link-entra-url"),
                    text,
                ),
                _ => Item::text(&name, text),
            });
            put(name, item);
        }
        let initiate = kit.tile.initiate_login_uri.clone();
        put(
            "initiate".to_owned(),
            initiate.map(|uri| Item::text("initiate", uri)),
        );
        Self::Kit { items, absent }
    }
}

impl Item {
    fn text(name: &str, text: String) -> Self {
        Self {
            name: name.to_owned(),
            texts: snippet(name),
            copies: vec![(None, text)],
            picture: None,
            file: None,
        }
    }

    fn picture(name: &str, svg: String, file: String) -> Self {
        Self {
            copies: Vec::new(),
            picture: Some(svg),
            file: Some(file),
            ..Self::text(name, String::new())
        }
    }

    /// What a portal's form asks for, and the same for its API.
    fn tile(name: &str, kit: &Kit, label: Text, url: Text, api: String) -> Self {
        Self {
            copies: vec![
                (Some(label), kit.tile.label.clone()),
                (Some(url), kit.tile.url.clone()),
                (Some(Text::new("link-api")), api),
            ],
            ..Self::text(name, String::new())
        }
    }
}

fn reason(absent: Absent) -> Text {
    match absent {
        Absent::NoOrigins => Text::new("link-absent-origins"),
        Absent::Confirm => Text::new("link-absent-confirm"),
        Absent::NoBeginning => Text::new("link-absent-beginning"),
        Absent::NoEnd => Text::new("link-absent-end"),
        Absent::NoWindow => Text::new("link-absent-window"),
        Absent::TooLong => Text::new("link-absent-too-long"),
    }
}

/// How many lines a text to copy fills, as far as that can be known; a long one is scrolled.
pub(super) fn rows(text: &str) -> usize {
    let filled = |line: &str| 1 + line.chars().count() / COLUMNS;
    text.lines().map(filled).sum::<usize>().clamp(1, MOST_ROWS)
}
