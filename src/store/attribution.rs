//! `reason` and `context` of the configuration: sent to Alter with each call, to say who made it and why.

use toml::de::DeValue;

use super::config::{Config, Reader, Value, in_file_order, is_own_variable};
use super::paths::Environment;
use super::session::Source;
use crate::domain::attribution::{ContextLimit, encode_context};
use crate::domain::{Attribution, Code, Diagnosis, Retry, Who};

/// The longest reason, in characters. The protocol sets no limit; people read a reason in a line or two.
const MAX_REASON: usize = 512;

/// The source of a context value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// A literal.
    Text(String),
    /// An environment variable, read when the session is opened.
    Variable(String),
}

/// Whether a text is a valid reason.
pub(super) fn is_reason(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_REASON && !text.contains(char::is_control)
}

impl Reader<'_> {
    /// Parses a context, within the limits of the protocol.
    pub(super) fn context(
        &mut self,
        path: &str,
        value: &Value<'_>,
    ) -> Result<Vec<(String, ContextValue)>, Diagnosis> {
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.invalid(value, path, "context", None));
        };
        let mut context: Vec<(String, ContextValue)> = Vec::new();
        for (key, value) in in_file_order(table) {
            let name: &str = key.get_ref();
            let path = format!("{path}.{name}");
            let Some(found) = context_value(value.get_ref()) else {
                return Err(self.invalid(value, &path, "context", None));
            };
            context.push((name.to_owned(), found));
            // Report the first key that exceeds a limit.
            if let Err(limit) = encode_context(&texts(&context)) {
                let at = if limit == ContextLimit::Value { value.span().start } else { key.span().start };
                let mistake = self.mistake(at, &path, &limit.to_string());
                self.config.mistakes.push(mistake.clone());
                return Err(mistake);
            }
        }
        Ok(context)
    }
}

/// Parses a string or `{ env = "NAME" }`.
fn context_value(value: &DeValue<'_>) -> Option<ContextValue> {
    if let Some(text) = value.as_str() {
        return Some(ContextValue::Text(text.to_owned()));
    }
    let table = value.as_table().filter(|table| table.len() == 1)?;
    let variable = table.get("env")?.get_ref().as_str()?;
    (!variable.is_empty() && is_own_variable(variable)).then(|| ContextValue::Variable(variable.to_owned()))
}

/// The context as far as it is known without the environment.
fn texts(context: &[(String, ContextValue)]) -> Vec<(&str, &str)> {
    let mut texts = Vec::with_capacity(context.len());
    for (key, value) in context {
        texts.push(match value {
            ContextValue::Text(text) => (key.as_str(), text.as_str()),
            ContextValue::Variable(_) => (key.as_str(), ""),
        });
    }
    texts
}

impl Config {
    /// The attribution of a session's calls, and a diagnosis for each key that cannot be sent and is left out.
    pub fn attribution(
        &self,
        source: &Source,
        environment: Environment<'_>,
    ) -> (Attribution, Vec<Diagnosis>) {
        let set = self.of(source);
        let mut attribution = Attribution { reason: set.reason, context: Vec::new() };
        let mut mistakes = Vec::new();
        for (key, value) in set.context.unwrap_or_default() {
            let mut refuse = |problem: &str| {
                let refused = Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy);
                let refused = refused.fact("key", &format!("context.{key}"));
                mistakes.push(refused.fact("problem", problem));
            };
            let text = match value {
                ContextValue::Text(text) => text,
                ContextValue::Variable(name) if self.hidden_variables.contains(&name) => {
                    refuse(&format!("{name} holds a secret of a profile; it is not sent"));
                    continue;
                }
                ContextValue::Variable(name) => {
                    let Some(text) = environment(&name).filter(|text| !text.is_empty()) else {
                        refuse(&format!("the environment variable {name} is not set; the key is not sent"));
                        continue;
                    };
                    text
                }
            };
            attribution.context.push((key.clone(), text));
            let pairs: Vec<(&str, &str)> =
                attribution.context.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
            if let Err(limit) = encode_context(&pairs) {
                refuse(&format!("{limit}; the key is not sent"));
                attribution.context.pop();
            }
        }
        (attribution, mistakes)
    }
}

#[cfg(test)]
#[path = "attribution_tests.rs"]
mod tests;
