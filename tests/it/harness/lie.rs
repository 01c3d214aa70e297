//! How one path of the lying provider differs from the honest one.

use serde_json::Value;

use super::server::Answer;

pub type Edit<T> = Box<dyn Fn(&mut T) + Send + Sync>;

/// When the signing key changes.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    #[default]
    Never,
    /// After the keys were published, before the ID token is signed (S-019).
    BeforeSigning,
    /// At the second authorization request and each later one (S-020).
    AtLaterAuthorize,
}

/// How the client says who it is.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    #[default]
    Basic,
    Post,
    /// By an assertion that `keys::CLIENT` has signed.
    Key,
    Nothing,
}

impl ClientAuth {
    /// As metadata and configuration call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::Key => "private_key_jwt",
            Self::Nothing => "none",
        }
    }
}

/// Edits to what the honest provider would have said; none by default.
#[derive(Default)]
pub struct Lie {
    /// The path of its issuer, where that is not its name.
    pub place: Option<&'static str>,
    pub metadata: Option<Edit<Answer>>,
    pub keys: Option<Edit<Answer>>,
    pub token: Option<Edit<Answer>>,
    pub userinfo: Option<Edit<Answer>>,
    pub par: Option<Edit<Answer>>,
    /// Userinfo is signed, with these claims changed.
    pub signed_userinfo: Option<Edit<Value>>,
    pub header: Option<Edit<Value>>,
    pub claims: Option<Edit<Value>>,
    /// The ID token as text, after it was signed.
    pub compact: Option<Edit<String>>,
    /// The parameters of the way back.
    pub callback: Option<Edit<Vec<(String, String)>>>,
    /// The parameters of the way back from a sign-out.
    pub farewell: Option<Edit<Vec<(String, String)>>>,
    /// What HS256 is made with.
    pub hmac: Vec<u8>,
    pub rotation: Rotation,
    pub auth: ClientAuth,
    /// It has an `end_session_endpoint`, which leads home over another site.
    pub ends_sessions: bool,
    /// It takes pushed authorization requests only.
    pub requires_par: bool,
    /// It is reached through TLS, and its issuer ends in a slash.
    pub behind_tls: bool,
}

macro_rules! edits {
    ($($(#[$doc:meta])* $name:ident => $field:ident: $type:ty),* $(,)?) => {
        $(
            $(#[$doc])*
            pub fn $name(mut self, edit: impl Fn(&mut $type) + Send + Sync + 'static) -> Self {
                self.$field = Some(Box::new(edit));
                self
            }
        )*
    };
}

impl Lie {
    pub fn none() -> Self {
        Self::default()
    }

    edits! {
        about_metadata => metadata: Answer,
        about_keys => keys: Answer,
        in_token_answer => token: Answer,
        in_userinfo => userinfo: Answer,
        in_par_answer => par: Answer,
        signing_userinfo => signed_userinfo: Value,
        in_header => header: Value,
        in_claims => claims: Value,
        in_compact => compact: String,
        on_the_way_back => callback: Vec<(String, String)>,
        at_the_farewell => farewell: Vec<(String, String)>,
    }

    /// Lives at a path of the shape that some provider's issuers have.
    pub fn living_at(mut self, place: &'static str) -> Self {
        self.place = Some(place);
        self
    }

    /// Rotates the signing key.
    pub fn rotating(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Takes clients only by this way of saying who they are.
    pub fn authenticating(mut self, auth: ClientAuth) -> Self {
        self.auth = auth;
        self
    }

    /// Can end its own sessions.
    pub fn ending_sessions(mut self) -> Self {
        self.ends_sessions = true;
        self
    }

    /// Takes an authorization request only where it was pushed.
    pub fn requiring_par(mut self) -> Self {
        self.requires_par = true;
        self
    }

    /// Its issuer is https and ends in a slash.
    pub fn behind_tls(mut self) -> Self {
        self.behind_tls = true;
        self
    }

    pub fn with_hmac(mut self, secret: Vec<u8>) -> Self {
        self.hmac = secret;
        self
    }
}

/// Changes the JSON body of an answer.
pub fn edit(answer: &mut Answer, change: impl FnOnce(&mut Value)) {
    let Answer::Full { body, .. } = answer else {
        panic!("there is no body to change")
    };
    let mut value = serde_json::from_slice(body).expect("the body is JSON");
    change(&mut value);
    *body = value.to_string().into_bytes();
}

/// Takes a member out of an object.
pub fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().expect("an object").remove(name);
}

/// Appends to a text.
pub fn append(value: &mut Value, more: &str) {
    *value = format!("{}{more}", value.as_str().expect("a text")).into();
}
