//! The configuration file of a test, line by line.

/// Sections in order, each with its lines.
#[derive(Clone, Default)]
pub struct Settings(Vec<(String, Vec<String>)>);

impl Settings {
    /// Sets `key = value` in a section, such as `[session]`, or at the top (`""`).
    pub fn set(&mut self, section: &str, key: &str, value: &str) -> &mut Self {
        let lines = self.section(section);
        let line = format!("{key} = {value}");
        let start = format!("{key} = ");
        match lines.iter_mut().find(|l| l.starts_with(&start)) {
            Some(old) => *old = line,
            None => lines.push(line),
        }
        self
    }

    /// Replaces a text wherever it stands.
    pub fn replace(&mut self, from: &str, to: &str) -> &mut Self {
        for line in self.0.iter_mut().flat_map(|(_, lines)| lines) {
            *line = line.replace(from, to);
        }
        self
    }

    pub fn unset(&mut self, section: &str, key: &str) -> &mut Self {
        let start = format!("{key} = ");
        self.section(section).retain(|l| !l.starts_with(&start));
        self
    }

    /// Adds a section with the lines of `body`.
    pub fn add(&mut self, section: &str, body: &str) -> &mut Self {
        let lines = body
            .lines()
            .map(|l| l.trim().to_owned())
            .filter(|l| !l.is_empty())
            .collect();
        self.0.push((section.to_owned(), lines));
        self
    }

    /// The number of the line that starts with `start`, from 1, as messages count.
    pub fn line_of(&self, start: &str) -> usize {
        let text = self.text();
        text.lines()
            .position(|l| l.starts_with(start))
            .expect("such a line")
            + 1
    }

    pub fn text(&self) -> String {
        let sections = self.0.iter().map(|(name, lines)| match name.as_str() {
            "" => format!("{}\n", lines.join("\n")),
            name => format!("{name}\n{}\n", lines.join("\n")),
        });
        sections.collect::<Vec<_>>().join("\n")
    }

    fn section(&mut self, name: &str) -> &mut Vec<String> {
        let found = self.0.iter().position(|(n, _)| n == name);
        let at = found.unwrap_or_else(|| {
            // Top-level keys stand before the first section.
            let at = if name.is_empty() { 0 } else { self.0.len() };
            self.0.insert(at, (name.to_owned(), Vec::new()));
            at
        });
        &mut self.0[at].1
    }
}
