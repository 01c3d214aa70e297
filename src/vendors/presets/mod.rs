//! What `usher init` writes: a first configuration for each vendor, and for vendors that a custom app
//! serves well. One file each; nothing reads them but `init` and the README's table.

/// Stands above every app: where Usher and the provider are.
const HEAD: &str = include_str!("head.toml");

/// A first configuration with one app.
pub struct Preset {
    pub name: &'static str,
    app: &'static str,
    pub key: FirstKey,
}

/// Who makes the app's key, and where the other side of it is.
pub enum FirstKey {
    /// We make a pair; the vendor takes the public half here.
    Pair { file: &'static str, paste: &'static str },
    /// The vendor shows a secret here.
    Secret { file: &'static str, from: &'static str },
}

impl FirstKey {
    pub fn file(&self) -> &'static str {
        match self {
            Self::Pair { file, .. } | Self::Secret { file, .. } => file,
        }
    }
}

const fn pair(file: &'static str, paste: &'static str) -> FirstKey {
    FirstKey::Pair { file, paste }
}

const fn secret(file: &'static str, from: &'static str) -> FirstKey {
    FirstKey::Secret { file, from }
}

macro_rules! presets {
    ($($name:literal $key:expr;)*) => {
        pub const PRESETS: &[Preset] = &[$(Preset {
            name: $name,
            app: include_str!(concat!($name, ".toml")),
            key: $key,
        }),*];
    };
}

presets! {
    "frameable" pair("keys/townhall.pem", "the Settings of your event at Frameable");
    "cobrowse" pair("keys/support.pem", "the JWT SSO box of your account's settings at Cobrowse");
    "vonage-video" pair("keys/standup.pem", "the public key of your application in the Vonage dashboard");
    "soul-machines" secret("secrets/guide", "the \"private key\" of your project at Soul Machines");
    "bit6" secret("secrets/calls", "the secret of your API key at Bit6");
    "custom" pair("keys/wiki.pem", "whatever checks the tokens, or let it read /keys/wiki.json");
    "zendesk" secret("secrets/zendesk", "the shared secret of the JWT configuration, in Zendesk's Admin Center under Single sign-on");
    "jaas" pair("keys/jaas.pem", "the API keys of your JaaS console, which answers with the key's id");
    "metabase" secret("secrets/metabase", "the JWT signing key, in Metabase's Admin settings under Authentication, JWT");
    "livekit" secret("secrets/livekit", "the secret of an API key of your LiveKit project or server");
    "tableau" secret("secrets/tableau", "the secret's value of a connected app with direct trust, in Tableau's Settings under Connected apps");
    "canny" secret("secrets/canny", "the private key, in Canny's settings under Single sign-on");
    "readme" secret("secrets/readme", "the JWT secret, in your ReadMe project's settings under Custom login");
    "gitbook" secret("secrets/gitbook", "the private key, in your GitBook site's audience settings, with authenticated access");
    "helpjuice" secret("secrets/helpjuice", "the shared secret, in Helpjuice's Settings under SSO (JWT)");
}

/// A line of a preset that only its reader can get right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blank {
    pub key: &'static str,
    pub wanted: &'static str,
}

impl Preset {
    /// The preset of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// The whole file, with samples in it.
    pub fn configuration(&self) -> String {
        format!("{HEAD}{}", self.app)
    }

    /// What stands in it as a sample: the lines whose comment says `your …`.
    pub fn blanks(&self) -> impl Iterator<Item = Blank> {
        self.app.lines().filter_map(|line| {
            let (entry, wanted) = line.split_once(" # ")?;
            let (key, _) = entry.split_once(" = ")?;
            wanted.starts_with("your ").then_some(Blank { key, wanted })
        })
    }
}

#[cfg(test)]
mod tests;
