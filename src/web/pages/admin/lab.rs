//! The lab of wrong tokens, on the page of an app.

use crate::config::PersonaTest;
use crate::lab::{Flaw, called};
use crate::web::text::Text;
use crate::web::text::lab::{FlawTexts, flaw};

#[derive(Debug)]
pub enum LabPart {
    Off,
    /// Nobody is declared to come as.
    Nobody,
    /// No browser carries a token there.
    ApiOnly {
        command: String,
    },
    On {
        /// The first has the number 1.
        people: Vec<String>,
        flaws: Vec<FlawRow>,
        /// Why the app's rules turned the test person away.
        refused: Option<Text>,
    },
}

#[derive(Debug)]
pub struct FlawRow {
    pub name: &'static str,
    pub texts: FlawTexts,
}

impl LabPart {
    pub fn on(
        people: &[&PersonaTest],
        flaws: impl Iterator<Item = Flaw>,
        refused: Option<&'static str>,
    ) -> Self {
        let row = |one: Flaw| FlawRow {
            name: one.name(),
            texts: flaw(one),
        };
        Self::On {
            people: people.iter().map(|test| called(&test.identity)).collect(),
            flaws: flaws.map(row).collect(),
            refused: refused.map(|reason| Text::new("lab-refused").with("reason", reason)),
        }
    }

    /// Its form leads to another site.
    pub fn is_on(&self) -> bool {
        matches!(self, Self::On { .. })
    }
}
