//! Interprets the answer to a probe.

use serde_json::Value;

use super::{Answers, Assertion, Condition, Meaning, Probe};
use crate::Clean;

/// Maximum number of characters to quote of an unexpected value.
const MAX_QUOTED: usize = 80;

/// The interpretation of a probe's answer, based on the provider's status and body alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the probe succeeded, or why not.
    pub finding: Finding,
    /// The account as the provider names it, if the answer says so.
    pub account: Option<Clean>,
    /// All names of the account in the answer, starting with `account`.
    pub accounts: Vec<Clean>,
    /// The location of each of them: "/email".
    pub places: Vec<String>,
}

/// Whether a probe succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It succeeded.
    Works,
    /// The status does not mean success.
    WrongStatus(u16),
    /// The body is not in the expected format: a sign-in page, or truncated.
    Unreadable(Answers),
    /// An assertion about the body failed.
    Assertion {
        /// The location.
        at: String,
        /// What was expected, in words.
        wanted: String,
        /// The value found, shortened; `None` = no value.
        found: Option<Clean>,
        /// The type of the value, without anything personal: "a text".
        kind: &'static str,
    },
}

impl Judgement {
    /// Whether the probe succeeded.
    pub fn works(&self) -> bool {
        self.finding == Finding::Works
    }

    /// Whether the answer is about the account in the list. `None` = unknown: only two different e-mail
    /// addresses prove a different account, because otherwise an account may have several names.
    pub fn is_of(&self, account_identifier: &str) -> Option<bool> {
        // Both sides are sanitised, so that odd characters in a name make no difference by themselves.
        let wanted = Clean::line(account_identifier.trim());
        let wanted = wanted.as_str();
        if self.accounts.iter().any(|known| known.as_str().to_lowercase() == wanted.to_lowercase()) {
            return Some(true);
        }
        let mail = |text: &str| text.contains('@') && !text.contains(char::is_whitespace);
        let comparable = mail(wanted) && self.accounts.iter().any(|known| mail(known.as_str()));
        comparable.then_some(false)
    }
}

impl Probe {
    /// Interprets the provider's answer: first its status, then the assertions about the body. Parses the
    /// whole body, so the caller must limit its size.
    pub fn judge(&self, status: u16, body: &[u8]) -> Judgement {
        let bare = |finding| Judgement { finding, account: None, accounts: Vec::new(), places: Vec::new() };
        if !self.expect.contains(&status) {
            return bare(Finding::WrongStatus(status));
        }
        let Some(parsed) = ParsedBody::parse(self.answers, body) else {
            return bare(Finding::Unreadable(self.answers));
        };
        let broken =
            self.assert.iter().find(|assertion| !assertion.holds(parsed.value_for(assertion).as_ref()));
        let finding = broken.map_or(Finding::Works, |assertion| Finding::Assertion {
            at: assertion.at.clone(),
            wanted: assertion.words(),
            found: parsed.value_for(assertion).map(|found| reported(&found)),
            kind: parsed.value_for(assertion).map_or("nothing", |found| kind(&found)),
        });
        let mut accounts: Vec<Clean> = Vec::new();
        let mut places = Vec::new();
        for (place, name) in self.account.iter().filter_map(|place| Some((place, name(&parsed.at(place)?)?)))
        {
            if !accounts.contains(&name) {
                accounts.push(name);
                places.push(place.clone());
            }
        }
        Judgement { finding, account: accounts.first().cloned(), accounts, places }
    }

    /// What the table says about an answer that failed; the first match wins.
    pub fn meaning(&self, status: u16, body: &[u8]) -> Option<&Meaning> {
        if self.means.is_empty() {
            return None;
        }
        let parsed = ParsedBody::parse(self.answers, body);
        let text = std::str::from_utf8(body).ok().map(str::trim);
        self.means.iter().find(|meaning| {
            let says = match &meaning.when {
                Condition::Text(wanted) => text == Some(wanted.as_str()),
                Condition::Place(place) => {
                    parsed.as_ref().is_some_and(|parsed| place.holds(parsed.value_for(place).as_ref()))
                }
            };
            says && meaning.status.is_none_or(|wanted| wanted == status)
        })
    }
}

/// A parsed body.
enum ParsedBody<'a> {
    Json(Value),
    Xml(&'a str),
    Nothing,
}

impl<'a> ParsedBody<'a> {
    fn parse(answers: Answers, body: &'a [u8]) -> Option<Self> {
        match answers {
            Answers::Json => serde_json::from_slice(body).ok().map(Self::Json),
            Answers::Xml => {
                let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim();
                // An HTML page is not an answer either.
                let html = text.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html"));
                (text.starts_with('<') && text.ends_with('>') && !html).then_some(Self::Xml(text))
            }
            Answers::Nothing => Some(Self::Nothing),
        }
    }

    /// Returns the value that an assertion is about.
    fn value_for(&self, assertion: &Assertion) -> Option<Value> {
        assertion.places().find_map(|place| self.at(place).filter(|found| !found.is_null()))
    }

    fn at(&self, place: &str) -> Option<Value> {
        match self {
            Self::Json(value) => value.pointer(place).cloned(),
            Self::Xml(text) => {
                let (_, rest) = text.split_once(&format!("<{place}>"))?;
                let (inner, _) = rest.split_once(&format!("</{place}>"))?;
                Some(Value::String(inner.trim().to_owned()))
            }
            Self::Nothing => None,
        }
    }
}

/// A string or number that may name an account.
fn name(value: &Value) -> Option<Clean> {
    let text = match value {
        Value::String(text) if !text.trim().is_empty() => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(Clean::line(&text))
}

/// Describes the type of a value; for booleans, the value.
fn kind(found: &Value) -> &'static str {
    match found {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn reported(found: &Value) -> Clean {
    let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    let mut short: String = text.chars().take(MAX_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    Clean::line(&short)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
