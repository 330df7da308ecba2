//! Describes a failure: who refused, why, what to do. The sentences come from `assets/remedies.toml`.

use std::time::Duration;

use jiff::SignedDuration;

use super::{Entry, Section, Tone, facts};
use crate::{Clean, Code, Diagnosis, Retry, remedy, words};

/// The label of what the other side said.
pub const MESSAGE: &str = "Message";

/// The remedy if the problem itself is known.
const CORRECTED: &str = "Fix it and retry.";

/// A diagnosis in sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What happened.
    pub headline: &'static str,
    /// What exactly is wrong with the request, if known. More specific than the generic headline and cause.
    pub problem: Option<Clean>,
    /// Who refused, as named in a sentence: "Alter", "the network".
    pub who: &'static str,
    /// The other side's message.
    pub said: Option<Clean>,
    /// The usual cause.
    pub cause: &'static str,
    /// Further facts: label, as people read it, and value.
    pub facts: Vec<(&'static str, Clean)>,
    /// What to do next.
    pub remedy: &'static str,
}

impl Described {
    /// Describes a diagnosis.
    pub fn new(diagnosis: &Diagnosis) -> Self {
        let row = remedy::for_code(diagnosis.code);
        let mut known = diagnosis.facts.clone();
        let problem = known
            .iter()
            .position(|(label, _)| *label == "problem" && diagnosis.code == Code::ArgumentRefused)
            .map(|at| known.remove(at).1);
        Self {
            headline: &row.headline,
            who: diagnosis.who.name(),
            cause: if problem.is_some() { "" } else { &row.cause },
            // The problem is more specific.
            remedy: if problem.is_some() { CORRECTED } else { &row.remedy },
            problem,
            said: diagnosis.said.clone(),
            facts: known.into_iter().map(|(name, value)| (facts::label(name), value)).collect(),
        }
    }

    /// The most specific sentence about what happened.
    pub fn first_line(&self) -> &str {
        self.problem.as_ref().map_or(self.headline, Clean::as_str)
    }

    /// Cause and remedy, each `None` if the other side's message or a fact says the same.
    pub fn why_and_fix(&self) -> (Option<&'static str>, Option<&'static str>) {
        // Ignore case and final punctuation.
        let bare = |text: &str| text.trim_end_matches(['.', '!', ' ']).to_lowercase();
        let is_said = |text: &str| {
            let facts = self.facts.iter().map(|(_, value)| value);
            facts.chain(&self.said).any(|value| bare(value.as_str()) == bare(text))
        };
        let unreported = |text: &'static str| Some(text).filter(|text| !text.is_empty() && !is_said(text));
        (unreported(self.cause), unreported(self.remedy))
    }

    /// Everything below the first line, with labels. Cause and remedy come first, so that a small pane shows them.
    pub fn entries(&self) -> Section {
        let (cause, fix) = self.why_and_fix();
        let field = |label, value: &str| Entry::field(label, value, Tone::Plain);
        let mut section = vec![field("Failed at", self.who)];
        section.extend(cause.map(|cause| field("Cause", cause)));
        section.extend(fix.map(|fix| field("Fix", fix)));
        section.extend(self.said.as_ref().map(|said| field(MESSAGE, said.as_str())));
        section
            .extend(self.facts.iter().map(|(label, value)| Entry::field(label, value.as_str(), Tone::Dim)));
        section
    }
}

impl Diagnosis {
    /// What happened, in a sentence that fits every failure of its kind.
    pub fn headline(&self) -> &'static str {
        &remedy::for_code(self.code).headline
    }

    /// The headline and the remedy.
    pub fn advice(&self) -> String {
        let Described { headline, remedy, .. } = Described::new(self);
        format!("{headline} {remedy}")
    }
}

impl Retry {
    /// The meaning of [`Self::Unsafe`].
    pub const MAY_HAVE_HAPPENED: &str = "the call may still have happened";

    /// Whether a retry helps, in words.
    pub fn in_words(self) -> String {
        match self {
            Self::Later(Some(pause)) => format!("Retry in {}.", pause_in_words(pause)),
            Self::Later(None) => "Retry later.".to_owned(),
            Self::AfterRemedy => "Retry after the fix.".to_owned(),
            Self::No => "Retrying does not help.".to_owned(),
            Self::Unsafe => format!("Careful: {}. Check before you send it again.", Self::MAY_HAVE_HAPPENED),
        }
    }
}

/// Formats a pause: "3 s", "5 min", "2 days". Rounded up where it matters, so that nobody retries too early.
fn pause_in_words(pause: Duration) -> String {
    let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
    if seconds < 120 {
        return format!("{seconds} s");
    }
    let minutes = seconds.div_ceil(60);
    words::length(SignedDuration::from_secs(i64::try_from(minutes * 60).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Who;

    #[test]
    fn a_diagnosis_reads_as_a_whole() {
        let diagnosis = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None))
            .said("slow\u{1b}[31m down")
            .fact("status", "429");
        let described = Described::new(&diagnosis);
        assert_eq!(described.first_line(), "Too many requests in a short time.");
        let row = remedy::for_code(Code::RateLimitExceeded);
        let want = [
            Entry::field("Failed at", "Alter", Tone::Plain),
            Entry::field("Cause", row.cause.as_str(), Tone::Plain),
            Entry::field("Fix", row.remedy.as_str(), Tone::Plain),
            Entry::field("Message", "slow�[31m down", Tone::Plain),
            Entry::field("Status", "429", Tone::Dim),
        ];
        assert_eq!(described.entries(), want);
        assert_eq!(diagnosis.advice(), format!("{} {}", row.headline, row.remedy));
        for (retry, want) in [
            (Retry::Later(Some(Duration::from_millis(2500))), "Retry in 3 s."),
            (Retry::Later(Some(Duration::from_secs(3599))), "Retry in 1 hour."),
            (Retry::Later(None), "Retry later."),
            (Retry::AfterRemedy, "Retry after the fix."),
            (Retry::No, "Retrying does not help."),
            (Retry::Unsafe, "Careful: the call may still have happened. Check before you send it again."),
        ] {
            assert_eq!(retry.in_words(), want);
        }
    }

    #[test]
    fn nothing_is_said_twice() {
        let row = remedy::for_code(Code::KeyRevoked);
        let revoked = Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::AfterRemedy);
        let hint = row.remedy.trim_end_matches('.').to_uppercase();
        let is_said = Described::new(&revoked.clone().fact("hint", &hint)).why_and_fix();
        assert_eq!(is_said, (Some(row.cause.as_str()), None));
        // The backend's hint may differ from ours: then show both.
        let is_said = Described::new(&revoked.clone().fact("hint", "Ask somebody.")).why_and_fix();
        assert_eq!(is_said.1, Some(row.remedy.as_str()));
        assert_eq!(Described::new(&revoked.said(&row.cause)).why_and_fix().0, None);
        let refused = Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy);
        let refused = Described::new(&refused.fact("problem", "no such column").fact("argument", "--sort"));
        assert_eq!(
            (refused.first_line(), refused.why_and_fix()),
            ("no such column", (None, Some(CORRECTED)))
        );
        assert_eq!(refused.facts.len(), 1);
    }
}
