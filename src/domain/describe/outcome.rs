//! Describes the outcome of a call, current or from the history.

use std::time::Duration;

use super::diagnosis::Described;
use super::{Entry, Section, Span, Tone};
use crate::{
    BodySize, CallOutcome, CallReport, Clean, Ending, Mode, Omitted, PendingApproval, ProviderAnswer,
    RecordSummary, words,
};

/// Maximum number of bytes shown of a link.
pub const LONGEST_LINK: usize = 8 << 10;

/// That a past call was not audited.
pub const NOT_AUDITED: &str = "Not audited: Alter did not receive the audit row.";

/// The label of what a test found; it may name an account.
pub const REASON: &str = "Reason";

/// That a call was held, and carried out after a decision.
pub const APPROVED: &str = "Approved; executed.";

/// Describes an outcome; `body` is the type of the body in words.
pub fn entries(outcome: &CallOutcome, body: Option<&str>) -> Section {
    match outcome {
        CallOutcome::Done(report) => answered(report, body),
        CallOutcome::Failed(diagnosis) => {
            let described = Described::new(diagnosis);
            let mut section = vec![headed("✗", Tone::Bad, described.first_line())];
            section.extend(described.entries());
            section
        }
        CallOutcome::Kept(held) => [
            vec![headed("◌", Tone::Soon, "Still held for approval."), Entry::Line(Vec::new())],
            vec![approve_at(held), Entry::field("Approval", held.id.to_string(), Tone::Dim)],
        ]
        .concat(),
        CallOutcome::Cancelled { may_have_happened } => {
            let message = was_sent(*may_have_happened);
            vec![headed("○", Tone::Ended, "Cancelled."), Entry::line(message, Tone::Plain)]
        }
    }
}

/// What it means that a call was cancelled.
pub fn was_sent(may_have_happened: bool) -> &'static str {
    if may_have_happened {
        "Already sent: the provider may still have carried it out."
    } else {
        "It was not sent."
    }
}

/// A line with a symbol and a sentence.
pub fn headed(sign: &str, tone: Tone, sentence: &str) -> Entry {
    Entry::Line(vec![Span::new(format!("{sign} "), tone), Span::new(sentence, Tone::Strong)])
}

/// A remark about the result.
pub fn note(sentence: &str) -> Entry {
    Entry::Line(vec![Span::new("! ", Tone::Soon), Span::new(sentence, Tone::Plain)])
}

/// The approval link, or a note that it was not stored.
pub fn approve_at(held: &PendingApproval) -> Entry {
    Entry::Field(
        "Approve at",
        vec![match held.link() {
            Some(url) => Span::new(Clean::cut(url, LONGEST_LINK).as_str(), Tone::Link),
            None => Span::new("the link shown when it was sent (not stored)", Tone::Dim),
        }],
    )
}

fn answered(report: &CallReport, body: Option<&str>) -> Section {
    let answer = &report.answer;
    let (sign, tone) = sign(answer.status);
    let mut first = vec![
        Span::new(format!("{sign} "), tone),
        Span::new(format!("provider {}", answer.status), tone),
        Span::new(format!("  Alter {}", report.alter_status), Tone::Plain),
        Span::new(format!("   {}", words::millis(report.elapsed)), Tone::Dim),
    ];
    if let (Some(millis), Mode::Proxy) = (answer.duration_ms, report.mode) {
        first.push(Span::new(format!(", provider {millis} ms"), Tone::Dim));
    }
    // Not if the answer arrived at once: the time would be the same, and it would not fit a narrow pane.
    let slow_body = |first_byte: &Duration| *first_byte < report.elapsed.mul_f64(0.9);
    if let Some(first_byte) = report.first_byte.filter(slow_body) {
        first.push(Span::new(format!(", first byte {}", words::millis(first_byte)), Tone::Dim));
    }
    let mut section = vec![Entry::Line(first)];
    if answer.approval.is_some() {
        section.push(Entry::Line(vec![Span::new("✓ ", Tone::Good), Span::new(APPROVED, Tone::Plain)]));
    }
    section.extend(body.map(|body| Entry::line(body, Tone::Dim)));
    section.extend(notes(answer).iter().map(|message| note(message)));
    section
}

/// Remarks about an answer: the meaning of its status, and whether the body is incomplete.
pub fn notes(answer: &ProviderAnswer) -> Vec<String> {
    let hint = answer.credential_hint.as_ref().map(|hint| Clean::brief(hint).to_string());
    let meaning = hint.or_else(|| meaning(answer.status).map(str::to_owned));
    let cut = match answer.cut_here {
        Some(size) => {
            let least = if matches!(size, BodySize::AtLeast(_)) { "at least " } else { "" };
            let (kept, all) = (words::count(answer.body.len() as u64), words::count(size.bytes()));
            Some(format!("Truncated: first {kept} of {least}{all} bytes."))
        }
        None => answer.truncated.then(|| "Alter truncated the body.".to_owned()),
    };
    meaning.into_iter().chain(cut).collect()
}

/// What a provider's status means for the caller.
fn meaning(status: u16) -> Option<&'static str> {
    match status {
        300..=399 => Some("A redirect; redirects are never followed."),
        401 => Some("The provider rejects the credential; reconnect, or rotate the stored key."),
        403 => Some("The provider forbids this; the grant may lack a scope."),
        404 => Some("Not found at the provider; check the path."),
        429 => Some("The provider asks to slow down; see its Retry-After header."),
        500.. => Some("The provider failed; the same call may work later."),
        _ => None,
    }
}

/// The headline of a failure that was stored by its code. Of a code that only a newer version knows, its words.
pub(super) fn code_in_words(code: &str) -> String {
    match code.parse() {
        Ok(code) => crate::remedy::for_code(code).headline.clone(),
        Err(_) => Clean::brief(&code.replace('_', " ")).to_string(),
    }
}

/// The symbol of a provider's status.
fn sign(status: u16) -> (&'static str, Tone) {
    match status {
        0..400 => ("●", Tone::Good),
        400..500 => ("◐", Tone::Bad),
        _ => ("✗", Tone::Bad),
    }
}

/// Why the history has no body.
pub fn omitted(why: Omitted) -> &'static str {
    match why {
        Omitted::Production => "Body not stored (production profiles never store bodies).",
        Omitted::Encoded => "Body not stored (its encoding cannot be searched for secrets).",
        Omitted::Secret => "Body not stored (it contained a credential).",
        Omitted::Probe => "Only the account name of a probe's answer is stored.",
    }
}

impl RecordSummary {
    /// The result as a symbol with a word, or the provider's status.
    pub fn result(&self) -> Span {
        let (sign, word, tone) = match self.ending {
            Ending::Answered => {
                let status = self.provider_status.unwrap_or_default();
                let (sign, tone) = sign(status);
                return Span::new(format!("{sign} {status}"), tone);
            }
            Ending::Held => ("◌", "held", Tone::Soon),
            Ending::Failed => ("✗", "failed", Tone::Bad),
            Ending::Cancelled => ("○", "cancelled", Tone::Ended),
            Ending::Unfinished => ("○", "unfinished", Tone::Ended),
        };
        Span::new(format!("{sign} {word}"), tone)
    }

    /// A further explanation for people, beyond the statuses.
    pub fn sentence(&self) -> Option<String> {
        let ended = match self.ending {
            Ending::Unfinished => Some("unfinished: it may have happened".to_owned()),
            Ending::Held => Some("held for approval; its id is kept".to_owned()),
            Ending::Cancelled => Some("cancelled here".to_owned()),
            Ending::Failed => self.code.as_deref().map(code_in_words),
            Ending::Answered => None,
        };
        if !self.is_unaudited() {
            return ended;
        }
        let unaudited = "not audited";
        Some(ended.map_or_else(
            || unaudited.to_owned(),
            |ended| format!("{}; {unaudited}", ended.trim_end_matches('.')),
        ))
    }

    /// Whether it is a retrieve-mode call without an audit row.
    pub fn is_unaudited(&self) -> bool {
        self.audited.is_missing(self.mode, self.ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_cut_or_refused_says_so() {
        let message = |answer: ProviderAnswer| notes(&answer).join(" ");
        assert_eq!(message(ProviderAnswer::new(200, Vec::new(), "{}")), "");
        let cut =
            |size| ProviderAnswer { cut_here: Some(size), ..ProviderAnswer::new(200, Vec::new(), "{}") };
        assert_eq!(
            message(cut(BodySize::AtLeast(64_000_000))),
            "Truncated: first 2 of at least 64,000,000 bytes."
        );
        assert_eq!(message(cut(BodySize::Exactly(9))), "Truncated: first 2 of 9 bytes.");
        let refused = ProviderAnswer::new(403, Vec::new(), "");
        assert!(
            message(ProviderAnswer { truncated: true, ..refused.clone() }).ends_with("truncated the body.")
        );
        assert!(message(refused.clone()).starts_with("The provider forbids this"));
        let hinted = ProviderAnswer { credential_hint: Some("the admin\u{7} API".to_owned()), ..refused };
        assert_eq!(message(hinted), "the admin� API", "Alter knows better why");
    }
}
