//! What a diagnosis says to people. The sentences are `assets/remedies.toml`, one row per [`Code`].

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;

use super::{Clean, Code, Diagnosis, Retry, words};

/// One row of the table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// What happened, in one calm sentence.
    pub headline: String,
    /// Why it usually does.
    pub cause: String,
    /// What to do next.
    pub remedy: String,
}

static TABLE: LazyLock<BTreeMap<String, Remedy>> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/remedies.toml")).unwrap_or_default());

/// For a code without a row, which a test rules out.
static NONE: LazyLock<Remedy> = LazyLock::new(Remedy::default);

/// The row of a code.
pub fn of(code: Code) -> &'static Remedy {
    TABLE.get(code.name()).unwrap_or(&NONE)
}

/// A diagnosis in sentences, for screen, command line and exports alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// What happened.
    pub headline: &'static str,
    /// What is wrong with what was asked for, where that is known: it says more than the headline and the cause, which
    /// fit whatever cannot be asked for.
    pub problem: Option<Clean>,
    /// Who refused, as a sentence names it: "Alter", "the network".
    pub who: &'static str,
    /// Why it usually happens.
    pub cause: &'static str,
    /// What to do next.
    pub remedy: &'static str,
    /// The other side's own sentence.
    pub said: Option<Clean>,
    /// Further facts, label and value.
    pub facts: Vec<(&'static str, Clean)>,
    /// Whether trying again helps.
    pub retry_line: String,
}

impl Rendered {
    /// What happened, in the words that say most.
    pub fn first_line(&self) -> &str {
        self.problem.as_ref().map_or(self.headline, Clean::as_str)
    }
}

/// What to do where the problem itself is told.
const CORRECTED: &str = "Correct that, then try again.";

/// Puts a diagnosis into sentences.
pub fn render(diagnosis: &Diagnosis) -> Rendered {
    let row = of(diagnosis.code);
    let mut facts = diagnosis.facts.clone();
    let problem = facts
        .iter()
        .position(|(label, _)| *label == "problem" && diagnosis.code == Code::ArgumentRefused)
        .map(|at| facts.remove(at).1);
    Rendered {
        headline: &row.headline,
        who: diagnosis.who.name(),
        cause: if problem.is_some() { "" } else { &row.cause },
        // The problem names the value.
        remedy: if problem.is_some() { CORRECTED } else { &row.remedy },
        problem,
        said: diagnosis.said.clone(),
        facts,
        retry_line: match diagnosis.retry {
            Retry::Later(Some(pause)) => {
                format!("The same request can succeed in {}.", pause_in_words(pause))
            }
            Retry::Later(None) => "The same request can succeed later.".to_owned(),
            Retry::AfterRemedy => "Trying again helps once that is done.".to_owned(),
            Retry::No => "Trying again as it is does not help.".to_owned(),
            Retry::Unsafe => "It may have been carried out: check before you send it again.".to_owned(),
        },
    }
}

/// "3 s", "5 min", "2 days": rounded up where it matters, so that nobody comes too early.
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
    use crate::domain::Who;
    use std::collections::BTreeSet;
    use strum::IntoEnumIterator;

    #[test]
    fn every_code_has_a_row_and_every_row_a_code() {
        let table: BTreeMap<String, Remedy> =
            toml::from_str(include_str!("../../assets/remedies.toml")).unwrap();
        let rows: BTreeSet<&str> = table.keys().map(String::as_str).collect();
        let codes: BTreeSet<&str> = Code::iter().map(Code::name).collect();
        assert_eq!(rows, codes);
    }

    #[test]
    fn sentences_are_whole_and_short() {
        for code in Code::iter() {
            let row = of(code);
            for text in [&row.headline, &row.cause, &row.remedy] {
                assert!(text.ends_with('.') && !text.ends_with(".."), "{code}: {text}");
                assert!(text.chars().count() < 160, "{code}: {text}");
                assert!(text.chars().next().is_some_and(char::is_uppercase), "{code}: {text}");
                assert_eq!(Clean::line(text).as_str(), text, "{code}");
                // Facts stand before the sentences here and behind them there.
                assert!(!text.contains(" below") && !text.contains(" above"), "{code}: {text}");
            }
            assert!(row.headline.chars().count() <= 72, "{code}: a headline fits one line: {}", row.headline);
        }
    }

    #[test]
    fn a_diagnosis_reads_as_a_whole() {
        let diagnosis = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None))
            .said("slow\u{1b}[31m down")
            .fact("status", "429");
        let rendered = render(&diagnosis);
        assert_eq!(rendered.headline, "Too many requests in a short time.");
        assert_eq!(rendered.who, "Alter");
        assert_eq!(rendered.said.as_ref().map(Clean::as_str), Some("slow�[31m down"));
        for (retry, want) in [
            (Retry::Later(Some(Duration::from_millis(2500))), "The same request can succeed in 3 s."),
            (Retry::Later(Some(Duration::from_secs(3599))), "The same request can succeed in 1 hour."),
            (Retry::Later(None), "The same request can succeed later."),
            (Retry::AfterRemedy, "Trying again helps once that is done."),
            (Retry::No, "Trying again as it is does not help."),
            (Retry::Unsafe, "It may have been carried out: check before you send it again."),
        ] {
            assert_eq!(render(&Diagnosis { retry, ..diagnosis.clone() }).retry_line, want);
        }
    }
}
