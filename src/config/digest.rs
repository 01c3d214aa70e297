//! What a configuration says, section by section, so that a reload can tell what has changed.

use std::cell::RefCell;
use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use toml::de::{DeTable, DeValue};

use crate::session::seal::Sealer;

/// Sections with a name of their own for each entry.
const NAMED: [&str; 2] = ["providers", "apps"];

/// One hash a section, in the file's order. It covers the files that the section names, keys and secrets
/// too, so it is compared and never shown, but as a fingerprint.
pub struct Digest(Vec<(String, [u8; 32])>);

/// What one configuration says otherwise than an earlier one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

impl Digest {
    /// Whether both say the same in this section, nothing included.
    pub fn agrees(&self, other: &Self, section: &str) -> bool {
        let hash = |digest: &Self| {
            let named = digest.0.iter().find(|(name, _)| name == section);
            named.map(|(_, hash)| *hash)
        };
        hash(self) == hash(other)
    }

    /// What may be shown of it: equal on all replicas with this configuration and sealing key, and of no
    /// use to whoever would try guesses at a secret.
    pub fn fingerprint(&self, sealer: &Sealer) -> String {
        let mut all = Context::new(&SHA256);
        for (name, hash) in &self.0 {
            feed(&mut all, b'n', name.as_bytes());
            all.update(hash);
        }
        format!("{:016x}", sealer.fingerprint(&finish(all)))
    }

    pub fn changes_since(&self, earlier: &Self) -> Changes {
        let names = |digest: &Self| digest.0.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let mut changes = Changes::default();
        for (name, hash) in &self.0 {
            match earlier.0.iter().find(|(known, _)| known == name) {
                None => changes.added.push(name.clone()),
                Some((_, known)) if known != hash => changes.changed.push(name.clone()),
                Some(_) => {}
            }
        }
        changes.removed = names(earlier);
        changes
            .removed
            .retain(|name| self.0.iter().all(|(known, _)| known != name));
        if changes == Changes::default() && names(self) != names(earlier) {
            changes.changed.push("the order".to_owned());
        }
        changes
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Digest").finish_non_exhaustive()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("added", &self.added),
            ("changed", &self.changed),
            ("removed", &self.removed),
        ];
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(what, names)| format!("{what} {}", names.join(", ")))
            .collect();
        if parts.is_empty() {
            return f.write_str("nothing changed");
        }
        f.write_str(&parts.join("; "))
    }
}

/// What was read besides the file itself, under the name of the section that wanted it.
#[derive(Default)]
pub struct Noted(RefCell<Vec<(String, [u8; 32])>>);

impl Noted {
    /// Notes the content of a file or variable for the item of this name, such as `apps.a.key_file`.
    pub fn note(&self, item: &str, content: &[u8]) {
        let mut hash = Context::new(&SHA256);
        feed(&mut hash, b'f', content);
        self.0.borrow_mut().push((section_of(item), finish(hash)));
    }

    pub fn digest(self, document: &DeTable<'_>) -> Digest {
        let noted = self.0.into_inner();
        let mut sections = Vec::new();
        for (key, value) in document {
            let name = key.get_ref();
            match value.get_ref() {
                DeValue::Table(entries) if NAMED.contains(&name.as_ref()) => {
                    for (id, value) in entries {
                        sections.push((format!("{name}.{}", id.get_ref()), value.get_ref()));
                    }
                }
                value => sections.push((name.to_string(), value)),
            }
        }
        let section = |(name, value): (String, &DeValue<'_>)| {
            let mut hash = Context::new(&SHA256);
            of_value(&mut hash, value);
            for (_, content) in noted.iter().filter(|(section, _)| *section == name) {
                hash.update(content);
            }
            (name, finish(hash))
        };
        Digest(sections.into_iter().map(section).collect())
    }
}

fn section_of(item: &str) -> String {
    let parts = if NAMED.contains(&item.split('.').next().unwrap_or_default()) {
        2
    } else {
        1
    };
    item.split('.').take(parts).collect::<Vec<_>>().join(".")
}

/// A tag, the length, the bytes: no two values feed the same.
fn feed(hash: &mut Context, tag: u8, bytes: &[u8]) {
    hash.update(&[tag]);
    hash.update(&bytes.len().to_be_bytes());
    hash.update(bytes);
}

fn of_value(hash: &mut Context, value: &DeValue<'_>) {
    match value {
        DeValue::String(text) => feed(hash, b's', text.as_bytes()),
        DeValue::Integer(number) => feed(hash, b'i', number.as_str().as_bytes()),
        DeValue::Float(number) => feed(hash, b'd', number.as_str().as_bytes()),
        DeValue::Boolean(value) => feed(hash, b'b', &[u8::from(*value)]),
        DeValue::Datetime(value) => feed(hash, b't', value.to_string().as_bytes()),
        DeValue::Array(items) => {
            feed(hash, b'a', &items.len().to_be_bytes());
            for item in items {
                of_value(hash, item.get_ref());
            }
        }
        DeValue::Table(entries) => {
            feed(hash, b'm', &entries.len().to_be_bytes());
            for (key, item) in entries {
                feed(hash, b'k', key.get_ref().as_bytes());
                of_value(hash, item.get_ref());
            }
        }
    }
}

fn finish(hash: Context) -> [u8; 32] {
    hash.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use crate::config::tests::{FRAMEABLE, PEM, file};
    use crate::config::{Loaded, parse};
    use crate::signer::generate_pem;

    fn load(dir: &std::path::Path, text: &str) -> Loaded {
        parse(text, &dir.join("usher.toml")).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn lesson_39_a_reload_tells_what_changed_by_section() {
        let dir = tempfile::tempdir().unwrap();
        let first = load(dir.path(), &file("", FRAMEABLE));
        let said = |text: &str| {
            load(dir.path(), text)
                .digest
                .changes_since(&first.digest)
                .to_string()
        };
        assert_eq!(said(&file("", FRAMEABLE)), "nothing changed");
        assert_eq!(
            said(&file("[session]\nidle = \"20m\"\n", FRAMEABLE)),
            "added session"
        );
        let retitled = file("", FRAMEABLE).replace("title = \"A\"", "title = \"B\"");
        assert_eq!(said(&retitled), "changed apps.a");
        let renamed = file("", FRAMEABLE).replace("[apps.a]", "[apps.z]");
        assert_eq!(said(&renamed), "added apps.z; removed apps.a");
    }

    #[test]
    fn lesson_39_another_key_in_the_same_file_is_a_change_and_so_is_one_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let text =
            file("", FRAMEABLE).replace(&format!("key = \"\"\"{}\"\"\"", &*PEM), "key_file = \"a.pem\"");
        std::fs::write(dir.path().join("a.pem"), &*PEM).unwrap();
        let first = load(dir.path(), &text);
        std::fs::write(dir.path().join("a.next.pem"), generate_pem()).unwrap();
        let second = load(dir.path(), &text);
        assert_eq!(
            second.digest.changes_since(&first.digest).to_string(),
            "changed apps.a"
        );
        std::fs::rename(dir.path().join("a.next.pem"), dir.path().join("a.pem")).unwrap();
        let third = load(dir.path(), &text);
        for earlier in [&first, &second] {
            assert_eq!(
                third.digest.changes_since(&earlier.digest).to_string(),
                "changed apps.a"
            );
        }
    }
}
