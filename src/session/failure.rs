//! A failure on standard error, for commands and screen alike.

use std::fmt::Write as _;

use crate::domain::remedy::render;
use crate::domain::{Clean, Diagnosis, Who};
use crate::platform::progress;

/// Says on standard error what is wrong and what to do.
pub(crate) fn complain(diagnosis: &Diagnosis) {
    progress::write(&in_words(diagnosis));
}

/// A failure in words: what happened and who says so, the other side's own sentence, the facts, cause and remedy.
fn in_words(diagnosis: &Diagnosis) -> String {
    let words = render(diagnosis);
    let mut text = format!("grantdeck: {}\n", words.first_line());
    let mut line = |label: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "  {label:<9} {value}");
        }
    };
    line("who", words.who);
    line("said", words.said.as_ref().map_or("", Clean::as_str));
    for (label, value) in &words.facts {
        line(label, value.as_str());
    }
    // What the other side says itself is not said again in our words.
    let told = |text: &str| {
        let facts = words.facts.iter().map(|(_, value)| value);
        facts.chain(words.said.as_ref()).any(|value| is_same(value.as_str(), text))
    };
    line("cause", if told(words.cause) { "" } else { words.cause });
    line("remedy", if told(words.remedy) { "" } else { words.remedy });
    if diagnosis.who != Who::You {
        line("again", &words.retry_line);
    }
    line("code", diagnosis.code.name());
    text
}

/// Whether two sentences differ at most in case and in how they end.
fn is_same(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches(['.', '!', ' ']).to_lowercase();
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, Retry, remedy};

    #[test]
    fn nothing_is_printed_twice() {
        let row = remedy::of(Code::KeyRevoked);
        let revoked = Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::AfterRemedy);
        let hint = row.remedy.trim_end_matches('.').to_uppercase();
        let text = in_words(&revoked.clone().fact("hint", &hint));
        assert_eq!(text.matches("key_revoked").count(), 1, "{text}");
        assert_eq!(text.matches("  code ").count(), 1, "{text}");
        assert!(text.contains(&hint) && !text.contains("  remedy "), "{text}");

        // The wire's word may be another than ours, and its hint too: then both are worth reading.
        let text = in_words(&revoked.fact("alter code", "revoked_key").fact("hint", "Ask somebody."));
        assert_eq!(text.matches("  code ").count(), 1, "one code alone: {text}");
        assert!(text.contains("revoked_key") && text.contains("key_revoked"), "{text}");
        assert!(text.contains("Ask somebody.") && text.contains(&row.remedy), "{text}");
    }
}
