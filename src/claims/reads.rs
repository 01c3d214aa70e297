//! Which claims of the provider's a token is made from, by name.

use std::collections::BTreeSet;

use super::{Recipe, Source, Tree};

impl Recipe {
    pub fn reads(&self) -> BTreeSet<String> {
        let sources = self.claims.iter().map(|claim| &claim.source);
        sources.flat_map(Source::reads).collect()
    }
}

impl Source {
    fn reads(&self) -> Vec<String> {
        match self {
            Self::VerifiedEmail => vec!["email".to_owned()],
            Self::Name(one)
            | Self::Email(one)
            | Self::Link(one)
            | Self::AtMost(one, _)
            | Self::IdentityAtDevice(one) => one.claims().collect(),
            Self::Pairs(pairs) => pairs.iter().flat_map(|(_, one)| one.claims()).collect(),
            Self::Tree(tree, _) => tree.reads(),
            Self::IssuedAt
            | Self::ExpiresAt
            | Self::NotBefore
            | Self::Jti
            | Self::Constant(_)
            | Self::Roles
            | Self::Role
            | Self::SessionId => Vec::new(),
        }
    }
}

impl Tree {
    fn reads(&self) -> Vec<String> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Expression(one) => one.claims().collect(),
            Self::List(items) => items.iter().flat_map(Self::reads).collect(),
            Self::Table(entries) => entries.iter().flat_map(|entry| entry.value.reads()).collect(),
        }
    }
}
