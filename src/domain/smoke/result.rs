//! The result of a run for one grant.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Standing, Verdict};
use crate::{Clean, Code, Grant, GrantId, RecordId, remedy, words};

/// The id of a run in the history; later runs have higher ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub i64);

/// Why a grant works with a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caveat {
    /// The provider reports a different account than the list.
    WrongAccount {
        /// As in the list.
        listed: Clean,
        /// As in the answer.
        found: Clean,
        /// Its location in the answer: "/email".
        at: String,
    },
    /// The list says that the app needs scopes that were not granted.
    ScopesMissing,
    /// The provider says that the credential has more scopes than the list says.
    ScopesBeyond(Vec<Clean>),
    /// The permission expires within a week.
    EndsSoon(Timestamp),
}

impl Caveat {
    /// In a sentence without its full stop.
    pub fn words(&self) -> String {
        match self {
            Self::WrongAccount { listed, found, .. } => format!("it is {found}, but the list says {listed}"),
            Self::ScopesMissing => "the app needs more permissions than granted".to_owned(),
            Self::ScopesBeyond(scopes) => {
                let scopes: Vec<&str> = scopes.iter().map(Clean::as_str).collect();
                format!("it has more permissions than listed: {}", scopes.join(", "))
            }
            Self::EndsSoon(at) => format!("the permission ends at {}", at.strftime("%Y-%m-%d %H:%M UTC")),
        }
    }

    /// What to do about it, in a sentence. It names no account, so that equal remedies can be grouped.
    pub fn remedy(&self) -> Cow<'static, str> {
        match self {
            Self::WrongAccount { at, .. } => {
                let at = if at.is_empty() { "the probe's answer".to_owned() } else { format!("{at} in the answer") };
                format!(
                    "If the account of {at} is right, reconnect it to update the list; else connect the intended account."
                )
                .into()
            }
            Self::ScopesMissing => {
                "Reconnect with the missing permissions (see the grant's detail).".into()
            }
            Self::ScopesBeyond(_) => {
                "See the X-OAuth-Scopes header of the answer; reconnect with the intended permissions to update the list."
                    .into()
            }
            Self::EndsSoon(_) => "Connect the account again before it ends.".into(),
        }
    }
}

/// The verdict of an earlier run for the same grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// What it was.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
}

/// How a grant changed between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It worked before, but not now.
    Broke,
    /// It works now, but did not before.
    Healed,
}

/// A verdict as stored in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The run that it belongs to.
    pub run: RunId,
    /// The grant.
    pub grant: GrantId,
    /// The verdict.
    pub verdict: Verdict,
    /// The reason, sanitised.
    pub why: Option<Clean>,
    /// The failure it was derived from.
    pub code: Option<Code>,
    /// The provider's status, if it answered.
    pub provider_status: Option<u16>,
    /// From sending to the complete answer, in milliseconds; `None` if nothing was sent.
    pub latency_ms: Option<u64>,
    /// When.
    pub at: Timestamp,
}

impl Past {
    /// What to do, as in [`SmokeResult::remedy`].
    pub fn remedy(&self) -> &'static str {
        remedy_of(self.verdict, self.code)
    }
}

/// An older verdict is shown faded: it may no longer be true.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Whether a verdict is too old to be relied on.
pub fn is_faded(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > FRESH
}

/// The latencies of the last runs, oldest first, as one character each: a cross for a failure, a dot if
/// nothing was sent. `past` has the latest first.
pub fn sparkline(past: &[Past]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let fine = |past: &&Past| past.verdict.standing() == Standing::Fine;
    let highest = past.iter().filter(fine).filter_map(|past| past.latency_ms).max().unwrap_or(1).max(1);
    let one = |past: &Past| match (past.verdict.standing(), past.latency_ms) {
        (Standing::Failing, _) => '×',
        (Standing::Fine, Some(millis)) => {
            let step = (millis * 7).div_ceil(highest).min(7);
            BARS.get(step as usize).copied().unwrap_or('█')
        }
        _ => '·',
    };
    past.iter().rev().map(one).collect()
}

fn remedy_of(verdict: Verdict, code: Option<Code>) -> &'static str {
    match (verdict, code) {
        (Verdict::PolicyDenied | Verdict::AlterFailed | Verdict::Network | Verdict::Unclear, Some(code)) => {
            &remedy::for_code(code).remedy
        }
        (verdict, _) => verdict.remedy(),
    }
}

/// The result of a run for one grant. Texts of the list are as received: show them through [`Clean`].
#[derive(Clone, Debug, PartialEq)]
pub struct SmokeResult {
    /// The grant.
    pub grant: GrantId,
    /// Its provider id or slug.
    pub provider: Arc<str>,
    /// The best name of its account; may be empty.
    pub account: Arc<str>,
    /// Its label.
    pub label: Option<Arc<str>>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it works with a warning.
    pub caveats: Vec<Caveat>,
    /// A more specific reason than the verdict, in a sentence without its full stop.
    pub why: Option<Clean>,
    /// The failure it was derived from.
    pub code: Option<Code>,
    /// The provider's status, if it answered.
    pub provider_status: Option<u16>,
    /// From sending to the complete answer, in milliseconds; `None` if nothing was sent.
    pub latency_ms: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// Number of requests sent; 0 = decided without a call.
    pub attempts: u32,
    /// The call in the history, if stored: probes are only stored if they did not simply work.
    pub record: Option<RecordId>,
    /// The verdict of the previous run for this grant.
    pub before: Option<Before>,
    /// The result comes from an earlier, interrupted part of this run.
    pub resumed: bool,
}

impl SmokeResult {
    /// How it changed since the previous run. `None` = unchanged or unknown.
    pub fn change(&self) -> Option<Change> {
        match (self.before?.verdict.standing(), self.verdict.standing()) {
            (Standing::Fine, Standing::Failing) => Some(Change::Broke),
            (Standing::Failing, Standing::Fine) => Some(Change::Healed),
            _ => None,
        }
    }

    /// The reason, or else the meaning of the verdict, in a sentence without its full stop.
    pub fn reason(&self) -> String {
        if !self.caveats.is_empty() {
            return self.caveats.iter().map(Caveat::words).collect::<Vec<_>>().join("; ");
        }
        match &self.why {
            Some(why) => why.as_str().to_owned(),
            None => self.verdict.meaning().trim_end_matches('.').to_owned(),
        }
    }

    /// What is known beyond the verdict; nothing if it simply works.
    pub fn found(&self) -> Option<String> {
        (self.verdict != Verdict::Works || self.why.is_some()).then(|| self.reason())
    }

    /// A remark on a grant that works.
    pub fn remark(&self) -> Option<String> {
        self.found().filter(|_| self.verdict.standing() == Standing::Fine)
    }

    /// What to do, in sentences. If the verdict covers several failures, the remedy of the actual one.
    pub fn remedy(&self) -> Cow<'static, str> {
        if self.caveats.is_empty() {
            return remedy_of(self.verdict, self.code).into();
        }
        let remedies: Vec<Cow<'static, str>> = self.caveats.iter().map(Caveat::remedy).collect();
        remedies.join(" ").into()
    }

    /// Sort key for reports: failures first, then by name.
    pub fn order(&self) -> (Verdict, &str, &str, GrantId) {
        (self.verdict, &self.provider, &self.account, self.grant)
    }

    /// The latency for people.
    pub fn latency(&self) -> Option<String> {
        Some(words::millis(std::time::Duration::from_millis(self.latency_ms?)))
    }

    /// As stored in the history.
    pub fn past(&self, run: RunId) -> Past {
        let caveats = (!self.caveats.is_empty()).then(|| Clean::line(&self.reason()));
        Past {
            run,
            grant: self.grant,
            verdict: self.verdict,
            why: caveats.or_else(|| self.why.clone()),
            code: self.code,
            provider_status: self.provider_status,
            latency_ms: self.latency_ms,
            at: self.at,
        }
    }

    /// Restores the result of an earlier part of the same run.
    pub fn resumed(grant: &Grant, past: &Past) -> Self {
        Self {
            why: past.why.clone(),
            code: past.code,
            provider_status: past.provider_status,
            latency_ms: past.latency_ms,
            resumed: true,
            ..Self::blank(grant, past.grant, past.verdict, past.at)
        }
    }

    /// A result with nothing but the grant, the verdict and the time.
    pub fn blank(grant: &Grant, id: GrantId, verdict: Verdict, at: Timestamp) -> Self {
        Self {
            grant: id,
            provider: Arc::clone(&grant.provider),
            account: grant.account().into(),
            // The label may already serve as the account name.
            label: grant.label.clone().filter(|label| **label != *grant.account()),
            verdict,
            caveats: Vec::new(),
            why: None,
            code: None,
            provider_status: None,
            latency_ms: None,
            at,
            attempts: 0,
            record: None,
            before: None,
            resumed: false,
        }
    }
}
