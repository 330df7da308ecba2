//! What the answer to a probe means.

use serde_json::Value;

use super::{Answers, Assertion, Condition, Meaning, Probe};
use crate::Clean;

/// Characters of a found value that are told.
const LONGEST: usize = 80;

/// What the answer to a probe means, as far as the provider's own status and body tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it works.
    pub finding: Finding,
    /// The account as the provider names it, where the answer does.
    pub account: Option<Clean>,
    /// Every other name of it in the answer too, the same one first.
    pub accounts: Vec<Clean>,
    /// Where in the answer each of them stands: "/email".
    pub places: Vec<String>,
}

/// Whether a probe succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It did.
    Works,
    /// The status is none of those that mean success.
    WrongStatus(u16),
    /// The body is not what the row says it is written in: a sign-in page, or cut off.
    Unreadable(Answers),
    /// The body does not say what it must.
    Assertion {
        /// Where.
        at: String,
        /// What was wanted, in words.
        wanted: String,
        /// What was there, cut short; None = nothing.
        found: Option<Clean>,
        /// The same without anything of the answer that could be somebody's: "a text".
        kind: &'static str,
    },
}

impl Judgement {
    /// Whether it works.
    pub fn works(&self) -> bool {
        self.finding == Finding::Works
    }

    /// Whether the answer is about the account that the list names. None = that cannot be told: "different" is
    /// said only of two e-mail addresses, since for everything else one account has several names.
    pub fn is_of(&self, account_identifier: &str) -> Option<bool> {
        // Both sides cleaned, so that odd characters in a name make no difference of their own.
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
    /// Judges the provider's answer: its status first, then what must hold in the body. The body is parsed whole,
    /// so whoever asks bounds it.
    pub fn judge(&self, status: u16, body: &[u8]) -> Judgement {
        let bare = |finding| Judgement { finding, account: None, accounts: Vec::new(), places: Vec::new() };
        if !self.expect.contains(&status) {
            return bare(Finding::WrongStatus(status));
        }
        let Some(said) = Said::read(self.answers, body) else {
            return bare(Finding::Unreadable(self.answers));
        };
        let broken = self.assert.iter().find(|assertion| !assertion.holds(said.of(assertion).as_ref()));
        let finding = broken.map_or(Finding::Works, |assertion| Finding::Assertion {
            at: assertion.at.clone(),
            wanted: assertion.words(),
            found: said.of(assertion).map(|found| reported(&found)),
            kind: said.of(assertion).map_or("nothing", |found| kind(&found)),
        });
        let mut accounts: Vec<Clean> = Vec::new();
        let mut places = Vec::new();
        for (place, name) in self.account.iter().filter_map(|place| Some((place, name(&said.at(place)?)?))) {
            if !accounts.contains(&name) {
                accounts.push(name);
                places.push(place.clone());
            }
        }
        Judgement { finding, account: accounts.first().cloned(), accounts, places }
    }

    /// What the table says of an answer that is not as it must be; the first that holds.
    pub fn meaning(&self, status: u16, body: &[u8]) -> Option<&Meaning> {
        if self.means.is_empty() {
            return None;
        }
        let said = Said::read(self.answers, body);
        let text = std::str::from_utf8(body).ok().map(str::trim);
        self.means.iter().find(|meaning| {
            let says = match &meaning.when {
                Condition::Text(wanted) => text == Some(wanted.as_str()),
                Condition::Place(place) => {
                    said.as_ref().is_some_and(|said| place.holds(said.of(place).as_ref()))
                }
            };
            says && meaning.status.is_none_or(|wanted| wanted == status)
        })
    }
}

/// A body that was read.
enum Said<'a> {
    Json(Value),
    Xml(&'a str),
    Nothing,
}

impl<'a> Said<'a> {
    fn read(answers: Answers, body: &'a [u8]) -> Option<Self> {
        match answers {
            Answers::Json => serde_json::from_slice(body).ok().map(Self::Json),
            Answers::Xml => {
                let text = std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim();
                // A page for people is no answer either.
                let html = text.get(..14).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html"));
                (text.starts_with('<') && text.ends_with('>') && !html).then_some(Self::Xml(text))
            }
            Answers::Nothing => Some(Self::Nothing),
        }
    }

    /// What stands where an assertion looks.
    fn of(&self, assertion: &Assertion) -> Option<Value> {
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

/// A text or a number that may name an account.
fn name(value: &Value) -> Option<Clean> {
    let text = match value {
        Value::String(text) if !text.trim().is_empty() => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(Clean::line(&text))
}

/// What sort of thing a value is; of switches, which one.
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
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    Clean::line(&short)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
