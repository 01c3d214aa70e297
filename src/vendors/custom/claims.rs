//! The claims of a custom app: those that are set for it, then its own tree.

use crate::claims::{Care, Claim, Entry, Source, Tree};
use crate::config::reader::{Item, Table};
use crate::expression::{Expression, meant};
use crate::params::ParamRules;
use crate::vendors::fields::tree;

/// Claims that Usher can set, with the key that renames each.
const AUTO: [(&str, &str); 4] = [
    ("iat", "iat_as"),
    ("exp", "exp_as"),
    ("nbf", "nbf_as"),
    ("jti", "jti_as"),
];
const USUAL: [&str; 3] = ["iat", "exp", "jti"];
/// Who vouches, and for whom: never out of what a person could have written (S-320).
const CONSTANT: [&str; 2] = ["iss", "aud"];

pub fn read(table: &Table<'_>, params: &ParamRules, nonce: bool) -> Option<Vec<Claim>> {
    let mut claims = own(table, params)?;
    if nonce {
        if claims.iter().any(|own| own.name == "nonce") {
            table.error("claims", "has nonce, which redirect_uris echoes");
        }
        let echoed = Expression::compile("{{ params.nonce }}", params).ok()?;
        claims.push(Claim::required(
            "nonce",
            Source::Tree(Tree::Expression(echoed), Care::Exact),
        ));
    }
    let auto = auto(table);
    for (at, claim) in auto.iter().enumerate() {
        let same = |other: &Claim| other.name == claim.name;
        if claims.iter().any(same) {
            table.error("claims", format!("has {}, which auto_claims sets", claim.name));
        }
        if auto[..at].iter().any(same) {
            let twice = format!("sets {} twice: give each a name of its own", claim.name);
            table.error("auto_claims", twice);
        }
    }
    claims.extend(auto);
    Some(claims)
}

fn own(table: &Table<'_>, params: &ParamRules) -> Option<Vec<Claim>> {
    let Some(item) = table.get("claims") else {
        table.warn("claims", "is missing, so the token says nothing of the person");
        return Some(Vec::new());
    };
    let Tree::Table(entries) = tree(&item, params, true)? else {
        return None;
    };
    let items = item.entries()?;
    let mut sound = true;
    for (entry, (_, place)) in entries.iter().zip(&items) {
        sound &= is_ours_to_say(entry, place);
    }
    if entries.iter().all(|entry| entry.value.is_constant()) {
        item.warn("says nothing of the person");
    }
    let claim = |entry: Entry| Claim {
        required: !entry.optional,
        source: match entry.value {
            Tree::Constant(value) => Source::Constant(value),
            tree => Source::Tree(tree, Care::Cleaned),
        },
        name: entry.name.into(),
    };
    sound.then(|| entries.into_iter().map(claim).collect())
}

/// Protocol claims are set by Usher or stand in the file (S-320, S-451).
fn is_ours_to_say(entry: &Entry, place: &Item<'_>) -> bool {
    if AUTO.iter().any(|(name, _)| *name == entry.name) {
        place.error("is set by Usher: list it under auto_claims");
        return false;
    }
    if CONSTANT.contains(&entry.name.as_str()) && !entry.value.is_constant() {
        place.error("must be constant: it says who vouches and for whom");
        return false;
    }
    true
}

fn auto(table: &Table<'_>) -> Vec<Claim> {
    let names = AUTO.map(|(name, _)| name);
    let listed = table.texts("auto_claims");
    for (item, text) in &listed {
        if !names.contains(text) {
            item.error(format!(
                "is not among {}{}",
                names.join(", "),
                meant(text, &names)
            ));
        }
    }
    let wanted = |name: &str| {
        if table.has("auto_claims") {
            listed.iter().any(|(_, text)| *text == name)
        } else {
            USUAL.contains(&name)
        }
    };
    let claim = |(name, renamed): (&'static str, &'static str)| {
        if table.has(renamed) && !wanted(name) {
            table.error(renamed, format!("renames {name}, which auto_claims leaves out"));
        }
        let says = table.parsed(renamed, name.to_owned(), |text| match text.len() {
            _ if text != name && (names.contains(&text) || CONSTANT.contains(&text)) => {
                Err("is the name of another claim".into())
            }
            1..=64 => Ok(text.to_owned()),
            _ => Err("has 1 to 64 bytes".into()),
        });
        let source = match name {
            "iat" => Source::IssuedAt,
            "exp" => Source::ExpiresAt,
            "nbf" => Source::NotBefore,
            _ => Source::Jti,
        };
        wanted(name).then(|| Claim::required(says, source))
    };
    AUTO.into_iter().filter_map(claim).collect()
}
