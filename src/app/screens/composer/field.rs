//! The fields of a request, in the order in which they stand, and what each of them says.

use serde_json::Value;

use super::Composer;
use crate::domain::{DraftBody, Mode, template};

/// One line of the request that the cursor can stand on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// The whole of it: Enter sends.
    #[default]
    Send,
    /// The method.
    Method,
    /// The URL.
    Url,
    /// What fills a place of the URL.
    Place(String),
    /// A query parameter.
    Query(usize),
    /// A query parameter that is not there yet.
    NewQuery,
    /// A header.
    Header(usize),
    /// A header that is not there yet.
    NewHeader,
    /// The body.
    Body,
    /// Why the call is made.
    Reason,
    /// A word of attribution.
    Context(usize),
    /// A word of attribution that is not there yet.
    NewContext,
    /// Who carries the call out.
    Mode,
    /// How long to wait.
    Timeout,
}

impl Field {
    /// What stands before the field; empty where it goes on from the one above.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Method => "Method",
            Self::Url => "URL",
            Self::Query(0) | Self::NewQuery => "Query",
            Self::Header(0) | Self::NewHeader => "Headers",
            Self::Context(0) | Self::NewContext => "Context",
            Self::Send | Self::Place(_) | Self::Query(_) | Self::Header(_) | Self::Context(_) => "",
            Self::Body => "Body",
            Self::Reason => "Reason",
            Self::Mode => "Mode",
            Self::Timeout => "Timeout",
        }
    }

    /// What it is for, said while it is empty.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Method => "(GET, POST, …)",
            Self::Url => "(https://…; fill in {name} below)",
            Self::NewQuery | Self::Query(_) => "(name=value)",
            Self::NewHeader | Self::Header(_) => "(Name: value)",
            Self::NewContext | Self::Context(_) => "(name=value, sent to Alter)",
            Self::Body => "(none)",
            Self::Reason => "(why; auditors and approvers see it)",
            Self::Place(_) => "(required)",
            Self::Timeout => "(seconds; empty: backend's default)",
            Self::Send | Self::Mode => "",
        }
    }
}

impl Composer {
    /// All fields, from top to bottom.
    pub fn fields(&self) -> Vec<Field> {
        let draft = &self.draft;
        let mut fields = vec![Field::Send, Field::Method, Field::Url];
        fields.extend(self.places().map(|name| Field::Place(name.to_owned())));
        fields.extend((0..draft.query.len()).map(Field::Query));
        fields.push(Field::NewQuery);
        fields.extend((0..draft.headers.len()).map(Field::Header));
        fields.push(Field::NewHeader);
        fields.extend([Field::Body, Field::Reason]);
        fields.extend((0..draft.context.len()).map(Field::Context));
        fields.extend([Field::NewContext, Field::Mode, Field::Timeout]);
        fields
    }

    /// The names of the URL's places, each once.
    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        template::places(&self.draft.url, &self.draft.path_parameters).into_iter()
    }

    /// The text of a field, as a person edits it.
    pub fn text(&self, field: &Field) -> String {
        let draft = &self.draft;
        match field {
            Field::Method => draft.method.clone(),
            Field::Url => draft.url.clone(),
            Field::Place(name) => self.parameter(name).unwrap_or_default().to_owned(),
            Field::Query(at) => draft.query.get(*at).map(query_line).unwrap_or_default(),
            Field::Header(at) => {
                draft.headers.get(*at).map(|(name, value)| format!("{name}: {value}")).unwrap_or_default()
            }
            Field::Context(at) => {
                draft.context.get(*at).map(|(name, value)| format!("{name}={value}")).unwrap_or_default()
            }
            Field::Reason => draft.reason.clone().unwrap_or_default(),
            Field::Timeout => self.timeout.map(|seconds| seconds.to_string()).unwrap_or_default(),
            Field::Body => match &draft.body {
                DraftBody::Empty => String::new(),
                DraftBody::Json(text) => text.clone(),
                DraftBody::Raw(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            },
            Field::Send | Field::NewQuery | Field::NewHeader | Field::NewContext | Field::Mode => {
                String::new()
            }
        }
    }

    /// Puts a text into a field.
    ///
    /// # Errors
    /// Why the text cannot stand there, in a sentence.
    pub fn set(&mut self, field: &Field, text: &str) -> Result<(), String> {
        let before = self.text(field);
        self.remember();
        self.put_into(field, text)?;
        if matches!(field, Field::Method | Field::Url) && self.text(field) != before {
            // It is another endpoint now: what was said of the one before does not hold.
            self.from.clear();
            self.missing_scopes.clear();
        }
        Ok(())
    }

    fn put_into(&mut self, field: &Field, text: &str) -> Result<(), String> {
        let draft = &mut self.draft;
        let gone = text.trim().is_empty();
        match field {
            Field::Method => {
                let method = text.trim().to_uppercase();
                if method.is_empty() || !method.chars().all(is_token) {
                    return Err("A method is one word, such as GET.".to_owned());
                }
                draft.method = method;
            }
            Field::Url => text.trim().clone_into(&mut draft.url),
            Field::Place(name) => {
                // `https://{base}/…` filled with a base URL: the place is for a host, whose value is no URL.
                let base = text.trim().trim_end_matches('/');
                match draft.url.strip_prefix(&format!("https://{{{name}}}")).filter(|_| base.contains("://"))
                {
                    Some(path) => draft.url = format!("{base}{path}"),
                    None => self.set_parameter(name, text),
                }
            }
            Field::Query(at) if gone => drop(draft.query.remove(*at)),
            Field::Header(at) if gone => drop(draft.headers.remove(*at)),
            Field::Context(at) if gone => drop(draft.context.remove(*at)),
            Field::NewQuery | Field::NewHeader | Field::NewContext if gone => {}
            Field::Query(_) | Field::NewQuery => {
                let (name, value) = text.split_once('=').unwrap_or((text, ""));
                let pair = (name.trim().to_owned(), Value::String(value.trim().to_owned()));
                put(&mut draft.query, place_of(field), pair);
            }
            Field::Header(_) | Field::NewHeader => {
                let (name, value) =
                    text.split_once(':').ok_or_else(|| "Write headers as Name: value.".to_owned())?;
                let name = name.trim();
                if name.is_empty() || !name.chars().all(is_token) {
                    return Err(format!("{name:?} is not the name of a header."));
                }
                put(&mut draft.headers, place_of(field), (name.to_owned(), value.trim().to_owned()));
            }
            Field::Context(_) | Field::NewContext => {
                let (name, value) =
                    text.split_once('=').ok_or_else(|| "Context is written name=value.".to_owned())?;
                put(&mut draft.context, place_of(field), (name.trim().to_owned(), value.trim().to_owned()));
            }
            Field::Reason => draft.reason = (!gone).then(|| text.trim().to_owned()),
            Field::Timeout => self.timeout = seconds(text)?,
            Field::Send | Field::Body | Field::Mode => {}
        }
        Ok(())
    }

    /// Takes a line away; false when it is none that can go.
    pub fn remove(&mut self, field: &Field) -> bool {
        match field {
            Field::Query(_) | Field::Header(_) | Field::Context(_) => self.set(field, "").is_ok(),
            Field::Body => {
                self.remember();
                self.draft.body = DraftBody::Empty;
                self.no_body = None;
                true
            }
            Field::Reason | Field::Timeout => {
                let was_there = !self.text(field).is_empty();
                was_there && self.set(field, "").is_ok()
            }
            Field::Place(name) => {
                self.remember();
                self.draft.path_parameters.retain(|(known, _)| known != name);
                true
            }
            Field::Send
            | Field::Method
            | Field::Url
            | Field::NewQuery
            | Field::NewHeader
            | Field::NewContext
            | Field::Mode => false,
        }
    }

    /// What a person reads of a field that is not text.
    pub(super) fn word(&self, field: &Field) -> Option<String> {
        match field {
            Field::Mode => Some(match self.draft.mode {
                Mode::Proxy => "proxy · Alter makes the call".to_owned(),
                Mode::Retrieve => "retrieve · this machine makes it".to_owned(),
            }),
            Field::Timeout => Some(match self.timeout {
                Some(seconds) => format!("{seconds} s"),
                None => "(backend's default)".to_owned(),
            }),
            Field::Send
            | Field::Method
            | Field::Url
            | Field::Place(_)
            | Field::Query(_)
            | Field::NewQuery
            | Field::Header(_)
            | Field::NewHeader
            | Field::Body
            | Field::Reason
            | Field::Context(_)
            | Field::NewContext => None,
        }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.draft.path_parameters.iter();
        parameters.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn set_parameter(&mut self, name: &str, value: &str) {
        let parameters = &mut self.draft.path_parameters;
        match parameters.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => parameters.push((name.to_owned(), value.to_owned())),
        }
    }
}

/// The line of a list that a field stands for; None for the one that is not there yet.
fn place_of(field: &Field) -> Option<usize> {
    match field {
        Field::Query(at) | Field::Header(at) | Field::Context(at) => Some(*at),
        Field::Send
        | Field::Method
        | Field::Url
        | Field::Place(_)
        | Field::NewQuery
        | Field::NewHeader
        | Field::Body
        | Field::Reason
        | Field::NewContext
        | Field::Mode
        | Field::Timeout => None,
    }
}

fn put<T>(list: &mut Vec<T>, at: Option<usize>, item: T) {
    match at.and_then(|at| list.get_mut(at)) {
        Some(old) => *old = item,
        None => list.push(item),
    }
}

fn query_line((name, value): &(String, Value)) -> String {
    match value {
        Value::String(text) => format!("{name}={text}"),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            format!("{name}={other}")
        }
    }
}

/// The longest wait that makes sense to a person, in seconds.
const LONGEST: u64 = 3_600;

fn seconds(text: &str) -> Result<Option<u64>, String> {
    let text = text.trim().trim_end_matches('s').trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    let seconds = text.parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
    seconds.map(Some).ok_or_else(|| "Timeout: 1 to 3600 seconds.".to_owned())
}

/// A character of a token (RFC 9110 section 5.6.2).
fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}
