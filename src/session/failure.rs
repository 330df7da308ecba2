//! Prints failures to stderr, for commands and the screen.

use std::fmt::Write as _;

use crate::domain::describe::Entry;
use crate::domain::describe::diagnosis::Described;
use crate::domain::{Diagnosis, Who};
use crate::platform::progress;

/// Prints what is wrong and what to do to stderr.
pub fn complain(diagnosis: &Diagnosis) {
    progress::write(&in_words(diagnosis));
}

/// A failure as text: what happened, and every other field under its label.
fn in_words(diagnosis: &Diagnosis) -> String {
    let described = Described::new(diagnosis);
    let mut text = format!("grantdeck: {}\n", described.first_line());
    let mut line = |label: &str, value: &str| {
        // Formatting into a string cannot fail.
        let _ = writeln!(text, "  {:<9} {value}", label.to_lowercase());
    };
    for entry in described.entries() {
        if let Entry::Field(label, value) = entry {
            line(label, &value.iter().map(|span| span.text.as_str()).collect::<String>());
        }
    }
    if diagnosis.who != Who::You {
        line("again", &diagnosis.retry.in_words());
    }
    line("code", diagnosis.code.name());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, Retry, remedy};

    #[test]
    fn nothing_is_printed_twice() {
        let row = remedy::for_code(Code::KeyRevoked);
        let revoked = Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::AfterRemedy);
        let hint = row.remedy.trim_end_matches('.').to_uppercase();
        let text = in_words(&revoked.clone().fact("hint", &hint));
        assert_eq!(text.matches("key_revoked").count(), 1, "{text}");
        assert_eq!(text.matches("  code ").count(), 1, "{text}");
        assert!(text.contains(&hint) && !text.contains("  fix "), "{text}");

        // Alter's code may differ from ours, and so may its hint: then both are shown.
        let text = in_words(&revoked.fact("alter code", "revoked_key").fact("hint", "Ask somebody."));
        assert_eq!(text.matches("  code ").count(), 1, "one code alone: {text}");
        assert!(text.contains("revoked_key") && text.contains("key_revoked"), "{text}");
        assert!(text.contains("Ask somebody.") && text.contains(&row.remedy), "{text}");
    }
}
