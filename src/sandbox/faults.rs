//! Bad weather on purpose: what can go wrong, how it is written, and where it applies.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answers wait this long.
    Latency(Duration),
    /// No answer ever comes.
    Hang,
    /// The connection is closed without a byte.
    Refuse,
    /// The connection is closed in the middle of the body.
    CutBody,
    /// The body is half a JSON document, well delivered.
    TruncatedJson,
    /// This status with a page of HTML, as an intermediary sends it.
    Html(u16),
    /// 429 with this `Retry-After` header.
    ThrottleHeader(u32),
    /// 429 with this `retry_after` in the body only.
    ThrottleBody(u32),
    /// One row of each grant page is odd.
    OddRow(OddRow),
    /// The envelope of each grant page is odd.
    OddEnvelope(OddEnvelope),
    /// A row is inserted or removed after each grant page, so that offsets repeat and skip.
    Shifting,
    /// Each grant page's `total` is wrong by this much.
    TotalOff(i64),
    /// Each grant page's `total` is one higher than that of the page before.
    TotalDrifts,
    /// Every key is answered with `key_revoked`.
    KeyRevoked,
    /// The server's clock is off by this many seconds.
    ClockSkew(i64),
    /// No rate-limit headers are sent.
    NoBudgetHeaders,
    /// Every answer says that the key is deprecated.
    KeyDeprecated,
}

/// What is odd about one row of a grant page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum OddRow {
    /// `grant_kind` is missing.
    MissingKind,
    /// `grant_kind` is one nobody knows.
    UnknownKind,
    /// `grant_id` is not a UUID.
    BadId,
    /// `scopes` is null.
    NullScopes,
    /// `principal_type` and `access_via` hold values from the future.
    UnknownEnum,
    /// Fields nobody knows, among them an object.
    ExtraFields,
    /// Flags, numbers and timestamps have other types.
    WrongTypes,
    /// The row is a string.
    NotObject,
}

/// What is odd about a grant page's envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum OddEnvelope {
    /// `grants` is null.
    GrantsNull,
    /// `total` is a string.
    TotalString,
    /// `has_more` is missing.
    NoHasMore,
    /// The whole answer is the array of grants.
    Array,
}

/// A row of the table that `--fault` is explained with.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The name in `NAME[=VALUE]`.
    pub name: &'static str,
    /// What the value is; empty where there is none.
    pub value: &'static str,
    /// What happens.
    pub help: &'static str,
    /// The fault as somebody would write it.
    pub example: &'static str,
}

/// Every fault there is.
pub const FAULTS: &[Entry] = &[
    entry("latency", "DURATION", "every answer waits this long", "latency=200ms"),
    entry("hang", "", "no answer ever comes", "hang,after=2"),
    entry("refuse", "", "the connection is closed without a byte", "refuse,first=1"),
    entry("cut-body", "", "the connection is closed in the middle of the body", "cut-body"),
    entry("truncated-json", "", "the body is half a JSON document", "truncated-json"),
    entry("html", "STATUS", "this status with a page of HTML", "html=502"),
    entry("throttle-header", "SECONDS", "429 with a Retry-After header", "throttle-header=7,first=2"),
    entry("throttle-body", "SECONDS", "429 with retry_after in the body only", "throttle-body=7"),
    entry(
        "odd-row",
        "missing-kind|unknown-kind|bad-id|null-scopes|unknown-enum|extra-fields|wrong-types|not-object",
        "one row of each grant page is odd in this way",
        "odd-row=null-scopes",
    ),
    entry(
        "odd-envelope",
        "grants-null|total-string|no-has-more|array",
        "the envelope of each grant page is odd in this way",
        "odd-envelope=total-string",
    ),
    entry("shifting", "", "a row comes or goes after each grant page: offsets repeat and skip", "shifting"),
    entry("total-off", "NUMBER", "each grant page's total is wrong by this much", "total-off=-3"),
    entry("total-drifts", "", "the total is one higher on each grant page", "total-drifts"),
    entry("key-revoked", "", "every key is answered with key_revoked", "key-revoked,after=3"),
    entry("clock-skew", "SECONDS", "the server's clock is off by this much", "clock-skew=-900"),
    entry("no-budget-headers", "", "no rate-limit headers are sent", "no-budget-headers"),
    entry("key-deprecated", "", "every answer says that the key is deprecated", "key-deprecated"),
];

const fn entry(name: &'static str, value: &'static str, help: &'static str, example: &'static str) -> Entry {
    Entry { name, value, help, example }
}

/// A fault, and which requests it meets.
///
/// Written `NAME[=VALUE][,path=PREFIX][,after=N][,first=N]`: requests whose path starts with `PREFIX`, of those all
/// but the first `after`, of those the first `first`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// What goes wrong.
    pub fault: Fault,
    /// Only requests whose path starts so.
    pub path: Option<String>,
    /// So many requests are spared first.
    pub after: u32,
    /// Then so many are met; `None`: all.
    pub first: Option<u32>,
}

impl From<Fault> for Spell {
    fn from(fault: Fault) -> Self {
        Self { fault, path: None, after: 0, first: None }
    }
}

impl Spell {
    /// Only requests whose path starts with `prefix`.
    #[must_use]
    pub fn on(mut self, prefix: impl Into<String>) -> Self {
        self.path = Some(prefix.into());
        self
    }

    /// Spare the first `count` requests.
    #[must_use]
    pub fn after(mut self, count: u32) -> Self {
        self.after = count;
        self
    }

    /// Meet only `count` requests.
    #[must_use]
    pub fn first(mut self, count: u32) -> Self {
        self.first = Some(count);
        self
    }
}

/// A fault that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultError {
    /// The name is not in [`FAULTS`].
    #[error("there is no fault named {0:?}; known are: {known}", known = names())]
    Unknown(String),
    /// The value is missing, not wanted, or of another kind.
    #[error("fault {name} wants {wanted}, not {given:?}")]
    Value {
        /// The fault's name.
        name: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// What it was given.
        given: String,
    },
    /// A scope other than `path=`, `after=`, `first=`, or one whose number is none.
    #[error("{0:?} is not path=PREFIX, after=N or first=N")]
    Scope(String),
}

fn names() -> String {
    FAULTS.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Spell {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.split(',');
        let fault = parts.next().unwrap_or_default();
        let mut spell = Self::from(parse_fault(fault)?);
        for part in parts {
            let bad = || FaultError::Scope(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(bad)?;
            let number = || value.parse().ok().ok_or_else(bad);
            match name {
                "path" => spell.path = Some(value.to_owned()),
                "after" => spell.after = number()?,
                "first" => spell.first = Some(number()?),
                _ => return Err(bad()),
            }
        }
        Ok(spell)
    }
}

fn parse_fault(text: &str) -> Result<Fault, FaultError> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let Some(entry) = FAULTS.iter().find(|entry| entry.name == name) else {
        return Err(FaultError::Unknown(name.to_owned()));
    };
    let wanted = if entry.value.is_empty() { "no value" } else { entry.value };
    let bad = || FaultError::Value { name: entry.name, wanted, given: value.unwrap_or_default().to_owned() };
    let plain = |fault: Fault| if value.is_none() { Ok(fault) } else { Err(bad()) };
    let given = || value.ok_or_else(bad);
    match entry.name {
        "latency" => parse_duration(given()?).map(Fault::Latency).ok_or_else(bad),
        "hang" => plain(Fault::Hang),
        "refuse" => plain(Fault::Refuse),
        "cut-body" => plain(Fault::CutBody),
        "truncated-json" => plain(Fault::TruncatedJson),
        "html" => match given()?.parse() {
            Ok(status @ 400..=599) => Ok(Fault::Html(status)),
            _ => Err(bad()),
        },
        "throttle-header" => given()?.parse().ok().map(Fault::ThrottleHeader).ok_or_else(bad),
        "throttle-body" => given()?.parse().ok().map(Fault::ThrottleBody).ok_or_else(bad),
        "odd-row" => given()?.parse().ok().map(Fault::OddRow).ok_or_else(bad),
        "odd-envelope" => given()?.parse().ok().map(Fault::OddEnvelope).ok_or_else(bad),
        "shifting" => plain(Fault::Shifting),
        "total-off" => given()?.parse().ok().map(Fault::TotalOff).ok_or_else(bad),
        "total-drifts" => plain(Fault::TotalDrifts),
        "key-revoked" => plain(Fault::KeyRevoked),
        "clock-skew" => given()?.parse().ok().map(Fault::ClockSkew).ok_or_else(bad),
        "no-budget-headers" => plain(Fault::NoBudgetHeaders),
        "key-deprecated" => plain(Fault::KeyDeprecated),
        _ => Err(FaultError::Unknown(name.to_owned())),
    }
}

/// `250ms`, `2s`, `5m`.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    match text.strip_prefix(digits)? {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}

/// The spells in force, each with the requests it has counted.
#[derive(Debug, Default)]
pub(super) struct Weather {
    spells: Vec<(Spell, u32)>,
}

impl Weather {
    pub(super) fn set(&mut self, spells: impl IntoIterator<Item = Spell>) {
        self.spells = spells.into_iter().map(|spell| (spell, 0)).collect();
    }

    pub(super) fn add(&mut self, spell: Spell) {
        self.spells.push((spell, 0));
    }

    /// The faults that meet a request to `path`; counts it.
    pub(super) fn meet(&mut self, path: &str) -> Vec<Fault> {
        let mut met = Vec::new();
        for (spell, seen) in &mut self.spells {
            if spell.path.as_ref().is_some_and(|prefix| !path.starts_with(prefix.as_str())) {
                continue;
            }
            let number = *seen;
            *seen = seen.saturating_add(1);
            let within = spell.first.is_none_or(|first| number < spell.after.saturating_add(first));
            if number >= spell.after && within {
                met.push(spell.fault.clone());
            }
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn every_example_of_the_table_can_be_written() {
        for entry in FAULTS {
            let spell: Spell =
                entry.example.parse().unwrap_or_else(|error| panic!("{}: {error}", entry.example));
            assert!(entry.example.starts_with(entry.name), "{spell:?}");
        }
    }

    #[test]
    fn the_table_lists_every_odd_row_and_envelope() {
        use strum::IntoEnumIterator;
        let listed = |name: &str| FAULTS.iter().find(|entry| entry.name == name).expect("listed").value;
        let rows: Vec<&str> = OddRow::iter().map(Into::into).collect();
        let envelopes: Vec<&str> = OddEnvelope::iter().map(Into::into).collect();
        assert_eq!(listed("odd-row"), rows.join("|"));
        assert_eq!(listed("odd-envelope"), envelopes.join("|"));
    }

    #[test]
    fn scopes_are_read_and_nonsense_is_refused() {
        let spell: Spell = "html=502,path=/sdk/agents,after=2,first=3".parse().expect("a spell");
        assert_eq!(spell, Spell::from(Fault::Html(502)).on("/sdk/agents").after(2).first(3));
        for nonsense in
            ["", "fog", "html", "html=200", "hang=1", "latency=5", "hang,whenever", "hang,first=x"]
        {
            assert!(nonsense.parse::<Spell>().is_err(), "{nonsense}");
        }
    }

    #[test]
    fn counts_choose_the_requests_met() {
        let mut weather = Weather::default();
        weather.set([Spell::from(Fault::Hang).on("/a").after(1).first(2)]);
        let met: Vec<usize> =
            ["/a", "/b", "/a", "/a", "/a"].iter().map(|path| weather.meet(path).len()).collect();
        assert_eq!(met, [0, 0, 1, 1, 0]);
    }
}
