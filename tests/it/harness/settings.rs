//! The configuration file of a test, line by line.

/// Sections in order, each with its lines.
#[derive(Clone, Default)]
pub struct Settings {
    sections: Vec<(String, Vec<String>)>,
    /// Files beside it, by name.
    files: Vec<(String, String)>,
}

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

    /// Keeps everything in this database, with the key of the trail that all replicas have.
    pub fn keep_in(&mut self, database: &str) -> &mut Self {
        self.set("[store]", "url", &format!("\"{database}\""))
            .set("[audit]", "key_file", "\"keys/audit\"")
            .file("keys/audit", "Y2FuYXJ5LWF1ZGl0LWtleS1vZi0zMi1ieXRlcy1sb24=")
    }

    /// Replaces a text wherever it stands.
    pub fn replace(&mut self, from: &str, to: &str) -> &mut Self {
        for line in self.sections.iter_mut().flat_map(|(_, lines)| lines) {
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
        self.sections.push((section.to_owned(), lines));
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

    /// Puts a file beside the configuration, readable by us only.
    pub fn file(&mut self, name: &str, text: &str) -> &mut Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub fn text(&self) -> String {
        let sections = self.sections.iter().map(|(name, lines)| match name.as_str() {
            "" => format!("{}\n", lines.join("\n")),
            name => format!("{name}\n{}\n", lines.join("\n")),
        });
        sections.collect::<Vec<_>>().join("\n")
    }

    fn section(&mut self, name: &str) -> &mut Vec<String> {
        let found = self.sections.iter().position(|(n, _)| n == name);
        let at = found.unwrap_or_else(|| {
            // Top-level keys stand before the first section.
            let at = if name.is_empty() { 0 } else { self.sections.len() };
            self.sections.insert(at, (name.to_owned(), Vec::new()));
            at
        });
        &mut self.sections[at].1
    }
}
