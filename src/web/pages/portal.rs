use askama::Template;

use super::{Shell, initials};
use crate::types::AppId;

/// `GET /` for a signed-in person.
#[derive(Debug, Template)]
#[template(path = "portal.html")]
pub struct Portal {
    shell: Shell,
    query: String,
    pub(super) groups: Vec<TileGroup>,
    /// Whether there is any tile without the search.
    any: bool,
    switch_href: String,
}

/// One app that this person may open.
#[derive(Debug, Clone)]
pub struct Tile {
    pub id: AppId,
    pub title: String,
    pub description: Option<String>,
    pub category: Option<String>,
    pub icon_url: Option<String>,
    pub new_tab: bool,
}

/// The tiles of one category, in the config's order; `None` for those without.
#[derive(Debug)]
pub(super) struct TileGroup {
    pub category: Option<String>,
    pub tiles: Vec<Tile>,
}

impl Portal {
    /// `tiles` in the config's order, `query` as `?q=` has it (empty: all), `switch_href` where another
    /// account can be chosen.
    pub fn new(shell: Shell, tiles: Vec<Tile>, query: &str, switch_href: String) -> Self {
        let any = !tiles.is_empty();
        let query: String = query.trim().chars().take(100).collect();
        let mut groups: Vec<TileGroup> = Vec::new();
        for tile in tiles.into_iter().filter(|tile| tile.matches(&query)) {
            match groups.iter_mut().find(|group| group.category == tile.category) {
                Some(group) => group.tiles.push(tile),
                None => groups.push(TileGroup {
                    category: tile.category.clone(),
                    tiles: vec![tile],
                }),
            }
        }
        Self {
            shell,
            query,
            groups,
            any,
            switch_href,
        }
    }

    fn person_name(&self) -> &str {
        self.shell
            .person
            .as_ref()
            .map_or("", |person| person.name.as_str())
    }

    /// What tells this account from another: the e-mail address, where there is one.
    fn account_name(&self) -> &str {
        let person = self.shell.person.as_ref();
        person
            .and_then(|person| person.email.as_deref())
            .unwrap_or(self.person_name())
    }
}

impl Tile {
    /// Every word of the query stands somewhere in what the tile says.
    fn matches(&self, query: &str) -> bool {
        let said = [
            Some(&self.title),
            self.description.as_ref(),
            self.category.as_ref(),
        ];
        let said: Vec<String> = said
            .into_iter()
            .flatten()
            .map(|text| text.to_lowercase())
            .collect();
        query
            .to_lowercase()
            .split_whitespace()
            .all(|word| said.iter().any(|text| text.contains(word)))
    }

    pub(super) fn initials(&self) -> String {
        initials(&self.title)
    }

    /// 0 to 7, always the same for an id.
    pub(super) fn tint(&self) -> u32 {
        let mixed = self.id.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        mixed.wrapping_mul(0x9e37_79b1) >> 29
    }
}
