//! Describes a write of the history: what was done, and how it ended.

use super::outcome::code_in_words;
use super::{Span, Tone};
use crate::{WriteAct, WriteOutcome, WriteRecord};

impl WriteAct {
    /// The act in a word or two.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Reconnect => "reconnect",
            Self::Revoke => "revoke",
            Self::RevokeDelegation => "revoke delegation",
        }
    }
}

impl WriteOutcome {
    /// The outcome in a word or two, for a column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Begun => "unfinished",
            Self::Done => "done",
            Self::Gone => "was gone",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
            Self::Stopped => "stopped",
        }
    }

    /// The outcome in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Begun => {
                "It is still running, or grantdeck ended before it was over: it may have happened."
            }
            Self::Done => "It was carried out.",
            Self::Gone => "There was nothing left to do.",
            Self::Failed => "It was not carried out.",
            Self::Uncertain => "It may have happened; check the list of grants.",
            Self::Stopped => "It was stopped here.",
        }
    }

    fn sign(self) -> (&'static str, Tone) {
        match self {
            Self::Done => ("●", Tone::Good),
            Self::Failed => ("✗", Tone::Bad),
            Self::Uncertain => ("◌", Tone::Soon),
            Self::Begun | Self::Gone | Self::Stopped => ("○", Tone::Ended),
        }
    }
}

impl WriteRecord {
    /// The outcome as a symbol with a word.
    pub fn result(&self) -> Span {
        let (sign, tone) = self.outcome.sign();
        Span::new(format!("{sign} {}", self.outcome.word()), tone)
    }

    /// A further explanation for people, if it is not simply done.
    pub fn sentence(&self) -> Option<String> {
        match self.outcome {
            WriteOutcome::Done => None,
            WriteOutcome::Failed => Some(self.failure().unwrap_or_else(|| self.outcome.meaning().to_owned())),
            WriteOutcome::Begun | WriteOutcome::Gone | WriteOutcome::Uncertain | WriteOutcome::Stopped => {
                Some(self.outcome.meaning().to_owned())
            }
        }
    }

    /// Why it failed, in a sentence if the code is known.
    pub fn failure(&self) -> Option<String> {
        self.code.as_deref().map(code_in_words)
    }

    /// Whether each of these words, in lower case, occurs in provider, account, agent, act, outcome, failure or reason.
    pub fn is_found_by(&self, words: &[String]) -> bool {
        if words.is_empty() {
            return true;
        }
        let (act, outcome): (&str, &str) = (self.act.into(), self.outcome.into());
        let named = [&self.provider, &self.account, &self.agent, &self.code, &self.reason];
        let named = named.into_iter().filter_map(|part| part.as_deref());
        let parts = [act, self.act.word(), outcome, self.outcome.word()].into_iter().chain(named);
        let haystack = parts.collect::<Vec<_>>().join("\n").to_lowercase();
        words.iter().all(|word| haystack.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::Clean;

    #[test]
    fn words_fit_a_column_and_sentences_are_whole() {
        for outcome in WriteOutcome::iter() {
            assert!(outcome.word().chars().count() <= 10, "{outcome}");
            let text = outcome.meaning();
            assert!(text.ends_with('.') && text.chars().count() < 100, "{outcome}: {text}");
            assert_eq!(Clean::line(text).as_str(), text, "{outcome}");
        }
        for act in WriteAct::iter() {
            assert!(act.word().chars().count() <= 20, "{act}");
        }
    }

    #[test]
    fn a_failure_says_its_headline_and_an_unknown_code_is_shown_clean() {
        let ended = |outcome, code: Option<&str>| WriteRecord {
            outcome,
            code: code.map(str::to_owned),
            ..WriteRecord::begin(WriteAct::Revoke, jiff::Timestamp::UNIX_EPOCH)
        };
        let said = |outcome, code| ended(outcome, code).sentence();
        assert_eq!(said(WriteOutcome::Done, None), None);
        assert_eq!(
            said(WriteOutcome::Failed, Some("rate_limit_exceeded")).unwrap(),
            crate::remedy::for_code(crate::Code::RateLimitExceeded).headline
        );
        assert_eq!(said(WriteOutcome::Failed, Some("of_a\u{1b}[2Jnewer_one")).unwrap(), "of a�[2Jnewer one");
        assert_eq!(said(WriteOutcome::Failed, None).unwrap(), "It was not carried out.");
        let lost = said(WriteOutcome::Uncertain, Some("network_failed")).unwrap();
        assert!(lost.starts_with("It may have happened"), "{lost}");
        assert_eq!(ended(WriteOutcome::Failed, None).result(), Span::new("✗ failed", Tone::Bad));
    }

    #[test]
    fn a_search_finds_words_of_the_screen_and_stable_names_in_any_case() {
        let write = WriteRecord {
            provider: Some("google".to_owned()),
            account: Some("ÉMILE@acme.com".to_owned()),
            agent: Some("billing-agent".to_owned()),
            reason: Some("left the team".to_owned()),
            code: Some("policy_violation".to_owned()),
            outcome: WriteOutcome::Begun,
            ..WriteRecord::begin(WriteAct::RevokeDelegation, jiff::Timestamp::UNIX_EPOCH)
        };
        let finds = |text: &str| {
            let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
            write.is_found_by(&words)
        };
        for text in [
            "",
            "GOOGLE Émile",
            "billing",
            "revoke delegation",
            "revoke_delegation",
            "unfinished",
            "begun",
            "left team",
            "policy_violation",
        ] {
            assert!(finds(text), "{text}");
        }
        assert!(!finds("google slack"));
    }
}
