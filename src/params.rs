//! The inbound parameters that an app declares, and the values that a launch brings (C-7, C-49).

/// The checked values of one launch, in the order of declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// What an app declares under `params`.
#[derive(Debug, Default)]
pub struct ParamRules(());

/// Why the parameters of a request were refused; names the parameter, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("{0} is not a parameter of this app")]
    Undeclared(String),
    #[error("{0} is missing")]
    Missing(String),
    #[error("{0} is given more than once")]
    Repeated(String),
    #[error("{0} does not have the form that this app expects")]
    Mismatch(String),
    #[error("{0} holds a control character")]
    ControlCharacter(String),
    #[error("{0} is too long")]
    TooLong(String),
}

impl ParamRules {
    /// Checks the decoded pairs of a query or form against the declaration.
    pub fn accept(&self, _pairs: &[(String, String)]) -> Result<Params, ParamError> {
        todo!()
    }

    /// Whether a launch without any parameter is complete; only such apps have a tile.
    pub fn all_optional(&self) -> bool {
        todo!()
    }
}
