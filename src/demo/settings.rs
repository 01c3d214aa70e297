//! The demo's `usher.toml`, and where in it a claim has its origin.

use super::places::Place;

/// The account whose tokens the stand-in Cobrowse takes; the same as in `usher.toml`.
pub const LICENSE_KEY: &str = "demo4acme2024";

/// The text of the configuration with the real ports in it.
pub struct Settings(String);

/// A line of the configuration, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub text: String,
}

impl Settings {
    pub fn new(gateway: &Place, provider: &Place, frameable: &Place, cobrowse: &Place) -> Self {
        let mut text = include_str!("usher.toml").to_owned();
        for (name, place) in [
            (":GATEWAY", gateway),
            (":PROVIDER", provider),
            (":FRAMEABLE", frameable),
            (":COBROWSE", cobrowse),
        ] {
            text = text.replace(name, &format!(":{}", place.port));
        }
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The line where `[section]` sets `key`.
    pub fn line(&self, section: &str, key: &str) -> Option<Line> {
        let header = format!("[{section}]");
        self.0
            .lines()
            .enumerate()
            .skip_while(|(_, text)| *text != header)
            .skip(1)
            .take_while(|(_, text)| !text.starts_with('['))
            .find(|(_, text)| text.split_once(" = ").is_some_and(|(name, _)| name == key))
            .map(|(index, text)| Line {
                number: index + 1,
                text: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let place = || Place {
            origin: String::new(),
            port: 4711,
            listeners: Vec::new(),
        };
        Settings::new(&place(), &place(), &place(), &place())
    }

    #[test]
    fn every_port_is_filled_in() {
        let settings = settings();
        for name in [":GATEWAY", ":PROVIDER", ":FRAMEABLE", ":COBROWSE"] {
            assert!(!settings.as_str().contains(name), "{name} is left");
        }
    }

    #[test]
    fn all_consoles_belong_to_the_account_of_the_stand_in() {
        for app in ["apps.console", "apps.phones", "apps.support"] {
            let line = settings().line(app, "license_key").unwrap();
            assert_eq!(line.text, format!("license_key = \"{LICENSE_KEY}\""));
        }
    }

    #[test]
    fn a_line_is_found_in_its_own_section_only() {
        let settings = settings();
        let line = settings.line("apps.newsroom", "roles").unwrap();
        assert!(line.text.contains("presenter"));
        assert_eq!(
            settings.as_str().lines().nth(line.number - 1),
            Some(line.text.as_str())
        );
        assert_eq!(settings.line("apps.open-house", "roles"), None);
        assert_eq!(settings.line("apps.absent", "roles"), None);
    }
}
