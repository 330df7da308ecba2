//! What a refusal means where the provider says it in words of its own.

use serde::Deserialize;

use super::Condition;
use crate::domain::smoke::Verdict;

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
