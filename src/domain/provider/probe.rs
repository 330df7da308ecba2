//! The read-only "who am I" request of a provider.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use strum::{Display, IntoStaticStr};

use super::{Assertion, Condition, KnownProvider, Preset, Scopes};
use crate::smoke::Verdict;

/// What a probe is based on. None of them has been run against the provider yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Display, IntoStaticStr)]
pub enum Basis {
    /// The provider's documentation.
    #[serde(rename = "documented, not run")]
    #[strum(serialize = "documented, not run")]
    Documented,
    /// Other people's code, tests or reports, because the provider's documentation was not available.
    #[serde(rename = "from third-party sources, not run")]
    #[strum(serialize = "from third-party sources, not run")]
    Seen,
    /// General knowledge.
    #[serde(rename = "from general knowledge, not run")]
    #[strum(serialize = "from general knowledge, not run")]
    General,
    /// The user's own file. Never in the built-in table.
    #[serde(skip)]
    #[strum(serialize = "your own")]
    Yours,
}

/// The format of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// JSON; locations are JSON pointers (RFC 6901).
    #[default]
    Json,
    /// XML; locations are element names, of which the first occurrence counts.
    Xml,
    /// The content is ignored.
    Nothing,
}

/// A read-only call that shows whether a grant works, and for which account.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(from = "Written")]
pub struct Probe {
    request: Preset,
    /// The call is read-only although its method is not GET, because the API offers nothing else. Only
    /// honoured in the built-in table.
    pub reads: bool,
    /// Why that is safe.
    pub reads_because: Option<String>,
    /// Statuses that mean success.
    pub expect: Vec<u16>,
    /// The format of the answer.
    pub answers: Answers,
    /// Assertions about the answer.
    pub assert: Vec<Assertion>,
    /// The meaning of failures that the provider explains in its own words; the first match wins.
    pub means: Vec<Meaning>,
    /// Hosts of other regions or of the sandbox: here, keys from there are rejected as if they were invalid.
    pub regions: Vec<String>,
    /// Locations of the account name in the answer: all that the grant's `account_identifier` may come from,
    /// the one for people first.
    pub account: Vec<String>,
    /// What the documentation says, summarised in our own words.
    pub rests_on: String,
    /// Sources read in addition to that page, or instead of it.
    pub source: Option<String>,
    /// What the probe is based on.
    pub state: Basis,
}

/// The meaning of a failure: `{ when = { at = "/error", equals = "token_revoked" }, verdict =
/// "needs_reconnect" }`. It takes precedence over the status of the answer.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// The condition on the answer.
    pub when: Condition,
    /// Only with this status; `None` = with any.
    pub status: Option<u16>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in a sentence without its full stop, if the verdict is not specific enough.
    pub because: Option<String>,
}

impl Probe {
    /// The name of the probe in lists of presets.
    pub const NAME: &'static str = "Who am I";

    /// The call.
    pub fn request(&self) -> &Preset {
        &self.request
    }

    /// Scopes it needs.
    pub fn scopes(&self) -> &Scopes {
        &self.request.scopes
    }

    /// The documentation page it is based on.
    pub fn doc(&self) -> Option<&str> {
        self.request.doc.as_deref()
    }

    /// Whether it is read-only at the provider: by its request, or because the built-in table guarantees it.
    pub fn is_read_only(&self, provider: &KnownProvider) -> bool {
        self.is_vouched_for() || !self.request.is_write(provider)
    }

    /// Whether the built-in table guarantees that it is read-only, whatever its method. No other source can.
    pub fn is_vouched_for(&self) -> bool {
        self.reads && self.state != Basis::Yours
    }
}

/// A probe as written in TOML.
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
    /// Both are optional only in the user's own file.
    #[serde(default = "own")]
    rests_on: String,
    #[serde(default = "yours")]
    state: Basis,
}

fn own() -> String {
    "Custom row.".to_owned()
}

fn yours() -> Basis {
    Basis::Yours
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
