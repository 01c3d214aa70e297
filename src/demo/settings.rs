//! The demo's `usher.toml`, and where in it a claim has its origin.

use serde::Serialize;

/// The account whose tokens the stand-in Cobrowse takes; the same as in `usher.toml`.
pub const LICENSE_KEY: &str = "demo4acme2024";
/// The application at the stand-in Vonage, likewise.
pub const APPLICATION_ID: &str = "6e1a7c52-93fb-4b0e-8f0c-0d5b2a8b7f14";
/// The name of the key at the stand-in Soul Machines, likewise.
pub const KEY_NAME: &str = "sm-acme-reception";
/// The name of the key at the stand-in Bit6, likewise.
pub const KEY_ID: &str = "acme-calls";

/// The text of the configuration with the real ports in it.
pub struct Settings(String);

/// A line of the configuration, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub number: usize,
    pub text: String,
}

impl Settings {
    /// `ports`: the names that stand for ports, and what they are.
    pub fn new(ports: &[(&str, u16)]) -> Self {
        let mut text = include_str!("usher.toml").to_owned();
        for (name, port) in ports {
            text = text.replace(name, &format!(":{port}"));
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
    use crate::demo::places::Places;

    fn settings() -> Settings {
        Settings::new(&Places::open(0).unwrap().ports())
    }

    #[test]
    fn every_port_is_filled_in() {
        let settings = settings();
        let addresses = settings.as_str().split("://").skip(1);
        for address in addresses {
            let (_, port) = address.split_once(':').unwrap();
            assert!(port.starts_with(|c: char| c.is_ascii_digit()), "{address}");
        }
    }

    #[test]
    fn the_stand_ins_know_the_names_of_their_keys() {
        for (app, key, name) in [
            ("apps.standup", "application_id", APPLICATION_ID),
            ("apps.reception", "key_name", KEY_NAME),
            ("apps.softphone", "key_id", KEY_ID),
        ] {
            let line = settings().line(app, key).unwrap();
            assert_eq!(line.text, format!("{key} = \"{name}\""));
        }
    }

    #[test]
    fn all_consoles_belong_to_the_account_of_the_stand_in() {
        for app in ["apps.console", "apps.dayshift", "apps.phones", "apps.support"] {
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
