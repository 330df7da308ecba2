//! The read-only "who am I" of a provider.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use strum::{Display, IntoStaticStr};

use super::{Assertion, Condition, KnownProvider, Preset, Scopes};
use crate::smoke::Verdict;

/// What a probe rests on. Nobody ran any of them yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Display, IntoStaticStr)]
pub enum State {
    /// The provider's page was read.
    #[serde(rename = "documented, not run")]
    #[strum(serialize = "documented, not run")]
    Documented,
    /// No page of the provider could be read; others' code, tests or reports were.
    #[serde(rename = "seen with others, not run")]
    #[strum(serialize = "seen with others, not run")]
    Seen,
    /// Nobody read a page for it.
    #[serde(rename = "from general knowledge, not run")]
    #[strum(serialize = "from general knowledge, not run")]
    General,
    /// Somebody wrote it into their own file. Never in the built-in table.
    #[serde(skip)]
    #[strum(serialize = "your own")]
    Yours,
}

/// What an answer is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// JSON; places in it are JSON pointers (RFC 6901).
    #[default]
    Json,
    /// XML; places in it are names of elements, of which the first counts.
    Xml,
    /// Nothing that is looked at.
    Nothing,
}

/// A read-only call that tells whether a grant works, and as whom.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(from = "Written")]
pub struct Probe {
    request: Preset,
    /// The call only reads though its method is not GET: the API has no other way to ask. Counts in the built-in table
    /// alone.
    pub reads: bool,
    /// Why that is safe.
    pub reads_because: Option<String>,
    /// Statuses that mean success.
    pub expect: Vec<u16>,
    /// What the answer is written in.
    pub answers: Answers,
    /// What must hold in the answer.
    pub assert: Vec<Assertion>,
    /// What some refusals mean where the provider says them in its own words; the first that holds counts.
    pub means: Vec<Meaning>,
    /// Hosts where accounts of another region, or of the sandbox, are asked instead: here their keys are refused as if
    /// they were dead.
    pub regions: Vec<String>,
    /// Where the answer names the account: every place that the grant's `account_identifier` may stem from, the one
    /// for people first.
    pub account: Vec<String>,
    /// What the documentation says, in short and in our words.
    pub rests_on: String,
    /// What was read beside that page, or in its place.
    pub source: Option<String>,
    /// Whether that page was read.
    pub state: State,
}

/// What a refusal means: `{ when = { at = "/error", equals = "token_revoked" }, verdict = "needs_reconnect" }`. It
/// counts for more than the status of the answer.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// What such an answer says.
    pub when: Condition,
    /// Only with this status; None = with any.
    pub status: Option<u16>,
    /// What it means.
    pub verdict: Verdict,
    /// Why, in a sentence without its full stop, where the verdict says too little.
    pub because: Option<String>,
}

impl Probe {
    /// How the probe is called in lists of presets.
    pub const NAME: &'static str = "Who am I";

    /// The call.
    pub fn request(&self) -> &Preset {
        &self.request
    }

    /// Scopes it needs.
    pub fn scopes(&self) -> &Scopes {
        &self.request.scopes
    }

    /// The page it rests on.
    pub fn doc(&self) -> Option<&str> {
        self.request.doc.as_deref()
    }

    /// Whether it changes nothing at the provider: by what it asks, or because the built-in table vouches for it.
    pub fn is_read_only(&self, provider: &KnownProvider) -> bool {
        self.is_vouched_for() || !self.request.is_write(provider)
    }

    /// Whether the built-in table vouches that it only reads, whatever its method. Nobody else can.
    pub fn is_vouched_for(&self) -> bool {
        self.reads && self.state != State::Yours
    }
}

/// A probe as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "get")]
    method: String,
    path: String,
    base: Option<String>,
    #[serde(default)]
    places: BTreeMap<String, String>,
    #[serde(default)]
    query: Map<String, Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    reads: bool,
    reads_because: Option<String>,
    #[serde(default = "ok")]
    expect: Vec<u16>,
    #[serde(default)]
    answers: Answers,
    #[serde(default)]
    assert: Vec<Assertion>,
    #[serde(default)]
    means: Vec<Meaning>,
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    account: Vec<String>,
    #[serde(default)]
    scopes: Scopes,
    doc: Option<String>,
    source: Option<String>,
    /// These two may be left out in a person's own file only.
    #[serde(default = "own")]
    rests_on: String,
    #[serde(default = "yours")]
    state: State,
}

fn own() -> String {
    "Custom row.".to_owned()
}

fn yours() -> State {
    State::Yours
}

fn get() -> String {
    "GET".to_owned()
}

fn ok() -> Vec<u16> {
    vec![200]
}

impl From<Written> for Probe {
    fn from(written: Written) -> Self {
        Self {
            request: Preset {
                name: Self::NAME.to_owned(),
                help: "Asks the provider who this grant is; read-only.".to_owned(),
                method: written.method,
                path: written.path,
                base: written.base,
                places: written.places,
                query: written.query,
                headers: written.headers,
                body: written.body,
                scopes: written.scopes,
                doc: written.doc,
            },
            reads: written.reads,
            reads_because: written.reads_because,
            expect: written.expect,
            answers: written.answers,
            assert: written.assert,
            means: written.means,
            regions: written.regions,
            account: written.account,
            rests_on: written.rests_on,
            source: written.source,
            state: written.state,
        }
    }
}
