//! Policies that acts ask for, and whether they only tighten (docs/protocol/grants.md sections 4 and 6).

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::grant::instant;
use crate::input::{Fields, invalid};
use crate::message::Reply;

/// The longest lifetime that is believed, in seconds: a hundred years.
const LONGEST: i64 = 100 * 365 * 86_400;

/// How long a grant may live.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// The end that was named, in Unix seconds.
    end: Option<i64>,
    max: Option<i64>,
    default: Option<i64>,
}

impl Lifetime {
    /// Reads `grant_policy`; `with_end`: whether it may name an instant.
    pub(crate) fn read(fields: &Fields, with_end: bool) -> Result<Self, Box<Reply>> {
        let known = ["max_ttl_seconds", "default_ttl_seconds", "expires_at"];
        let known = if with_end { &known[..] } else { &known[..2] };
        let Some(policy) = fields.inner("grant_policy", known)? else { return Ok(Self::default()) };
        Ok(Self {
            end: end(&policy)?,
            max: policy.whole("max_ttl_seconds", 1..=LONGEST)?,
            default: policy.whole("default_ttl_seconds", 1..=LONGEST)?,
        })
    }

    /// A lifetime of so many seconds.
    pub(crate) fn seconds(seconds: Option<i64>) -> Self {
        Self { default: seconds, ..Self::default() }
    }

    /// When a grant made at an instant ends; a person chooses what was proposed.
    pub(crate) fn ends(self, now: i64) -> Option<i64> {
        let span = match (self.default, self.max) {
            (Some(default), Some(max)) => Some(default.min(max)),
            (default, max) => default.or(max),
        };
        [self.end, span.map(|span| now.saturating_add(span))].into_iter().flatten().min()
    }
}

/// `expires_at`, in Unix seconds.
fn end(policy: &Fields) -> Result<Option<i64>, Box<Reply>> {
    let Some(text) = policy.text("expires_at")? else { return Ok(None) };
    let wrong =
        || invalid("expires_at", "datetime_parsing", "Input should be an instant as 2026-01-31T12:00:00Z");
    text.parse::<Timestamp>().ok().map(|at| Some(at.as_second())).ok_or_else(wrong)
}

/// 422 `invalid_grant_policy`.
fn wrong(message: &str) -> Box<Reply> {
    Box::new(Reply::refusal(422, "invalid_grant_policy", message))
}

/// The policy of a sibling: what the source has, tightened by what is asked for. With it the end of the grant.
pub(super) fn tightened(
    source: Option<&Value>,
    source_end: Option<i64>,
    fields: &Fields,
    now: i64,
) -> Result<(Option<Value>, Option<i64>), Box<Reply>> {
    let known = ["expires_at", "max_ttl_seconds", "restrictions", "requires_approval"];
    let unknown = |object: &Map<String, Value>| object.keys().any(|name| !known.contains(&name.as_str()));
    if fields.object("grant_policy")?.is_some_and(unknown) {
        return Err(wrong(
            "A policy has expires_at, max_ttl_seconds, restrictions and requires_approval only.",
        ));
    }
    let Some(asked) = fields.inner("grant_policy", &known)? else { return Ok((source.cloned(), source_end)) };
    let mut policy = source.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut ends = vec![source_end];
    if let Some(end) = end(&asked)? {
        if end <= now || source_end.is_some_and(|most| end > most) {
            return Err(wrong("expires_at must lie ahead, and not after the source's end."));
        }
        policy.insert("expires_at".to_owned(), Value::from(instant(end)));
        ends.push(Some(end));
    }
    if let Some(max) = asked.whole("max_ttl_seconds", 1..=LONGEST)? {
        if policy.get("max_ttl_seconds").and_then(Value::as_i64).is_some_and(|most| max > most) {
            return Err(wrong("max_ttl_seconds must not be more than the source's."));
        }
        policy.insert("max_ttl_seconds".to_owned(), Value::from(max));
        ends.push(Some(now.saturating_add(max)));
    }
    if let Some(rule) = restrictions(&asked, "restrictions")? {
        let own = policy.get("restrictions").cloned().unwrap_or_default();
        for (name, list) in &rule {
            let Some(held) = list_of(&own, name) else { continue };
            let wider = |item: &Value| !held.contains(item);
            if list.as_array().is_some_and(|list| list.iter().any(wider)) {
                return Err(wrong("restrictions must not allow more than the source's."));
            }
        }
        let mut both = own.as_object().cloned().unwrap_or_default();
        for (name, list) in rule {
            both.shift_remove(older(&name));
            both.insert(name, list);
        }
        policy.insert("restrictions".to_owned(), Value::Object(both));
    }
    if let Some(rule) = asked.object("requires_approval")? {
        let people =
            |rule: Option<&Value>| rule.and_then(|rule| rule.get("approvers_count")).and_then(Value::as_u64);
        let own = policy.get("requires_approval");
        if own.is_some()
            && people(own).unwrap_or(1) > rule.get("approvers_count").and_then(Value::as_u64).unwrap_or(1)
        {
            return Err(wrong("requires_approval must not ask fewer people than the source's."));
        }
        policy.insert("requires_approval".to_owned(), Value::Object(rule.clone()));
    }
    Ok(((!policy.is_empty()).then_some(Value::Object(policy)), ends.into_iter().flatten().min()))
}

/// The lists of methods and endpoints that are allowed (docs/protocol/connect.md section 1).
pub(crate) fn restrictions(fields: &Fields, name: &str) -> Result<Option<Map<String, Value>>, Box<Reply>> {
    let known = ["allowed_methods", "allowed_endpoints"];
    let Some(rule) = fields.inner(name, &known)? else { return Ok(None) };
    let mut lists = Map::new();
    for name in known {
        if let Some(list) = rule.texts(name)? {
            lists.insert(name.to_owned(), Value::from(list));
        }
    }
    Ok((!lists.is_empty()).then_some(lists))
}

/// The other name of a list.
fn older(name: &str) -> &str {
    if name == "allowed_methods" { "methods" } else { "paths" }
}

fn list_of<'rule>(rule: &'rule Value, name: &str) -> Option<&'rule Vec<Value>> {
    rule.get(name).or_else(|| rule.get(older(name))).and_then(Value::as_array)
}
