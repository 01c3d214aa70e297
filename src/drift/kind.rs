use serde_json::Value;

/// The form in which a claim came; for whether an address is verified, what was said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Absent,
    /// A text, a list or an object with nothing in it.
    Empty,
    Text,
    Number,
    Boolean,
    List,
    Object,
    Verified,
    Unverified,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Absent,
        Self::Empty,
        Self::Text,
        Self::Number,
        Self::Boolean,
        Self::List,
        Self::Object,
        Self::Verified,
        Self::Unverified,
    ];

    pub(super) fn of(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Absent,
            Some(Value::String(text)) if text.trim().is_empty() => Self::Empty,
            Some(Value::Array(items)) if items.is_empty() => Self::Empty,
            Some(Value::Object(members)) if members.is_empty() => Self::Empty,
            Some(Value::String(_)) => Self::Text,
            Some(Value::Number(_)) => Self::Number,
            Some(Value::Bool(_)) => Self::Boolean,
            Some(Value::Array(_)) => Self::List,
            Some(Value::Object(_)) => Self::Object,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Empty => "empty",
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether a rule or a claim can do something with it.
    pub fn is_of_use(self) -> bool {
        !matches!(self, Self::Absent | Self::Empty | Self::Unverified)
    }
}
