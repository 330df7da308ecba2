//! Filling in what the bodies of `src/sandbox/assets/demo_answers.toml` leave open.

use std::sync::Arc;

use fastrand::Rng;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};
use url::Url;

use crate::grant::{Grant, Kind};
use crate::seed::{User, uuid};

/// Knows what `{{name}}` stands for in one answer.
#[derive(Debug)]
pub(super) struct Filler<'call> {
    known: Vec<(String, String)>,
    now: Timestamp,
    rng: &'call mut Rng,
}

impl<'call> Filler<'call> {
    pub(super) fn new(
        grant: &Grant,
        user: Option<&User>,
        url: &Url,
        now: Timestamp,
        rng: &'call mut Rng,
    ) -> Self {
        let account = grant.account.as_deref().unwrap_or(&grant.selector);
        let (named, base) = match &grant.kind {
            Kind::Oauth(oauth) => (oauth.display_name.as_deref(), oauth.api_base_url.as_deref()),
            Kind::Secret(secret) => (Some(&*secret.name), None),
        };
        let email = match user {
            _ if account.contains('@') => account.to_owned(),
            Some(user) => user.email.clone(),
            None => "ops@acme.example".to_owned(),
        };
        let slug = base.and_then(|base| base.strip_prefix("https://")).unwrap_or(account);
        let slug = slug.split('.').next().unwrap_or(slug).to_lowercase();
        // Nine digits that stay the same for a grant.
        let number = 100_000_000 + grant.id.as_u128() % 900_000_000;
        let known = [
            ("account", account.to_owned()),
            ("name", named.unwrap_or(account).to_owned()),
            ("email", email),
            ("login", account.to_owned()),
            ("slug", slug),
            ("host", url.host_str().unwrap_or_default().to_owned()),
            ("path", url.path().trim_start_matches("/api/").to_owned()),
            ("uuid", grant.id.to_string()),
            ("number", number.to_string()),
        ];
        Self { known: known.map(|(name, value)| (name.to_owned(), value)).to_vec(), now, rng }
    }

    /// Let `query.NAME` and `body.NAME` be known.
    pub(super) fn request(&mut self, parameters: &[(String, String)], body: &Value) {
        self.known.extend(parameters.iter().map(|(name, value)| (format!("query.{name}"), value.clone())));
        for (name, value) in body.as_object().into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.known.push((format!("body.{name}"), text));
        }
    }

    /// Let `path.NAME` be known.
    pub(super) fn path(&mut self, named: Vec<(String, String)>) {
        self.known.extend(named.into_iter().map(|(name, value)| (format!("path.{name}"), value)));
    }

    /// Let `needed` and `held` be known.
    pub(super) fn scopes(&mut self, needed: &str, held: &[Arc<str>]) {
        let held: Vec<&str> = held.iter().map(|scope| &**scope).collect();
        self.known.push(("needed".to_owned(), needed.to_owned()));
        self.known.push(("held".to_owned(), held.join(",")));
    }

    fn word(&mut self, name: &str) -> String {
        let day = |moment: Timestamp| moment.strftime("%Y-%m-%d").to_string();
        match name {
            "now" => self.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "unix" => self.now.as_second().to_string(),
            "today" => day(self.now),
            "tomorrow" => day(self.now.saturating_add(24.hours()).unwrap_or(self.now)),
            "new" => uuid(self.rng).to_string(),
            "new_number" => self.rng.u64(1_000_000_000..10_000_000_000).to_string(),
            _ => {
                let known = self.known.iter().find(|(known, _)| known == name);
                known.map(|(_, value)| value.clone()).unwrap_or_default()
            }
        }
    }

    /// A text with its places filled in.
    pub(super) fn text(&mut self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((name, after)) = after.split_once("}}") else {
                filled.push_str("{{");
                rest = after;
                continue;
            };
            // Outside of a parsed body the text is JSON or XML itself, whose quotes and angles must survive.
            let word = self.word(name).replace(['"', '\\', '<', '>', '&'], "_");
            filled.push_str(&word);
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    /// A JSON body with the places in its texts filled in.
    pub(super) fn value(&mut self, template: Value) -> Value {
        match template {
            Value::String(text) => self.string(&text),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                let filled: Map<String, Value> =
                    fields.into_iter().map(|(name, value)| (name, self.value(value))).collect();
                Value::Object(filled)
            }
            other => other,
        }
    }

    fn string(&mut self, text: &str) -> Value {
        let number = text.strip_prefix("{{#").and_then(|rest| rest.strip_suffix("}}"));
        if let Some(name) = number {
            let word = self.word(name);
            return word.parse::<i64>().map_or_else(|_| json!(word), |number| json!(number));
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            filled.push_str(before);
            let (name, after) = after.split_once("}}").unwrap_or((after, ""));
            filled.push_str(&self.word(name));
            rest = after;
        }
        filled.push_str(rest);
        Value::String(filled)
    }
}

/// An answer made from the fields of a provider spec, `name:type`, with what was sent merged in.
pub(super) fn sample(returns: &[String], body: &Value) -> Value {
    let mut fields: Map<String, Value> = body.as_object().cloned().unwrap_or_default();
    for text in returns {
        let (name, kind) = text.split_once(':').unwrap_or((text, "string"));
        let value = match kind.trim_end_matches('!') {
            "integer" => json!(1),
            "number" => json!(1.5),
            "boolean" => json!(true),
            "array" => json!([]),
            "object" => json!({}),
            _ => json!(format!("a {name}")),
        };
        fields.entry(name.to_owned()).or_insert(value);
    }
    Value::Object(fields)
}
