//! A text of the configuration in which `{name}` stands for a parameter.

use super::target::{TargetError, refuse};
use crate::params::{ParamError, ParamRules, Params, is_name};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placeholders(pub(super) Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Param(String),
    /// A value that is an address by itself, checked by its parameter's rule.
    Whole(String),
}

impl Placeholders {
    /// Reads a text whose placeholders must be declared.
    pub fn parse(text: &str, params: &ParamRules) -> Result<Self, TargetError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((plain, behind)) = rest.split_once('{') {
            let (name, after) = behind
                .split_once('}')
                .ok_or_else(|| refuse("has a { without its }"))?;
            // Where a } is missing, whatever stands behind it is no name to repeat (C-39).
            if !is_name(name) {
                return Err(refuse("has a {} around what no parameter can be called"));
            }
            if params.is_optional(name).is_none() {
                return Err(refuse(format!("{{{name}}} is not declared under params")));
            }
            parts.extend((!plain.is_empty()).then(|| Part::Text(plain.to_owned())));
            parts.push(Part::Param(name.to_owned()));
            rest = after;
        }
        if rest.contains('}') {
            return Err(refuse("has a } without its {"));
        }
        parts.extend((!rest.is_empty()).then(|| Part::Text(rest.to_owned())));
        Ok(Self(parts))
    }

    /// The text with the values of one launch in it, as they are.
    pub fn fill(&self, params: &Params) -> Result<String, ParamError> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Param(name) | Part::Whole(name) => {
                    let value = params.get(name);
                    text.push_str(value.ok_or_else(|| ParamError::Missing(name.clone()))?);
                }
            }
        }
        Ok(text)
    }
}
