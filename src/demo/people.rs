//! The four people whom the demo's provider knows.

/// A person as the provider's directory has them.
pub struct Persona {
    pub id: &'static str,
    /// What the sign-in page calls this kind of person.
    pub label: &'static str,
    /// What there is to see with them.
    pub about: &'static str,
    pub sub: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub email: &'static str,
    pub email_verified: bool,
    pub groups: &'static [&'static str],
    pub title: &'static str,
    pub department: &'static str,
    pub region: &'static str,
}

impl Persona {
    pub fn by_id(id: &str) -> Option<&'static Self> {
        PERSONAS.iter().find(|persona| persona.id == id)
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    pub fn initials(&self) -> String {
        initials(&self.name())
    }
}

/// The first letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

pub static PERSONAS: [Persona; 4] = [
    Persona {
        id: "member",
        label: "Member",
        about: "Customer support. Gets into every event, and into the consoles for her region.",
        sub: "3f0c7a52-member",
        given_name: "Maya",
        family_name: "Okafor",
        email: "maya.okafor@acme.example",
        email_verified: true,
        groups: &["staff", "support"],
        title: "Support lead",
        department: "Customer care",
        region: "emea",
    },
    Persona {
        id: "host",
        label: "Host, admin",
        about: "Communications. A rule for her group makes her the host of the town hall, and one for her address an admin.",
        sub: "91d2be07-host",
        given_name: "Henrike",
        family_name: "Solberg",
        email: "henrike.solberg@acme.example",
        email_verified: true,
        groups: &["staff", "comms"],
        title: "Head of communications",
        department: "Communications",
        region: "emea",
    },
    Persona {
        id: "unverified",
        label: "Unverified e-mail",
        about: "Nobody checked his address: events leave it out, support consoles refuse him.",
        sub: "c47715e9-unverified",
        given_name: "Idris",
        family_name: "Vance",
        email: "idris.vance@acme.example",
        email_verified: false,
        groups: &["staff", "support"],
        title: "Support agent",
        department: "Customer care",
        region: "amer",
    },
    Persona {
        id: "outsider",
        label: "Outsider",
        about: "A contractor in no group at all. Only the open house lets her in.",
        sub: "08ab64f1-outsider",
        given_name: "Priya",
        family_name: "Lindqvist",
        email: "priya@studio-north.example",
        email_verified: true,
        groups: &[],
        title: "Designer",
        department: "Studio North",
        region: "emea",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        assert_eq!(initials("Maya Okafor"), "MO");
        assert_eq!(initials("ada king lovelace"), "AL");
        assert_eq!(initials("Prince"), "P");
        assert_eq!(initials(""), "");
    }
}
