//! What came of a past call, as the response shows it: its outcome, and what only the history has to say.

use super::super::response::{HELD, PastLines};
use crate::domain::describe::diagnosis::MESSAGE;
use crate::domain::describe::outcome::{NOT_AUDITED, headed, note, omitted};
use crate::domain::describe::{Entry, Section, Tone};
use crate::domain::{
    BodySize, CallOutcome, CallRecord, CallReport, Clean, Code, Diagnosis, KeptBody, Now, Outcome,
    PendingApproval, ProviderAnswer, Retry, Who, words,
};

/// The outcome, and the lines that tell the rest.
pub(super) fn describe(record: &CallRecord, now: Now) -> (CallOutcome, PastLines) {
    let mut entries = Section::new();
    let mut instead = false;
    let field = |label, value: &str| Entry::field(label, Clean::brief(value).as_str(), Tone::Plain);
    let outcome = match &record.outcome {
        Outcome::Answered { .. } => answered(record, &mut entries),
        Outcome::Held { approval, expires_at } => {
            instead = true;
            let over = *expires_at <= now.wall;
            entries = vec![
                headed("◌", Tone::Soon, "Held for approval."),
                Entry::line("Not checked since.", Tone::Plain),
                field(if over { "Expired" } else { "Expires" }, &words::relative(*expires_at, now.wall)),
                field("Approval", &approval.to_string()),
                Entry::Line(Vec::new()),
                Entry::line(HELD, Tone::Dim),
            ];
            CallOutcome::Kept(PendingApproval::remembered(*approval, *expires_at))
        }
        Outcome::Unfinished => {
            instead = true;
            let message = "grantdeck ended before the call finished, or another instance is still running it; it may have happened.";
            entries = vec![headed("○", Tone::Ended, "Unfinished."), Entry::line(message, Tone::Plain)];
            CallOutcome::Cancelled { may_have_happened: true }
        }
        Outcome::Cancelled { may_have_happened } => {
            CallOutcome::Cancelled { may_have_happened: *may_have_happened }
        }
        Outcome::Failed { code, who, headline, said } => {
            if let (Ok(code), Ok(who)) = (code.parse::<Code>(), who.parse::<Who>()) {
                let failed = Diagnosis::new(code, who, Retry::No);
                CallOutcome::Failed(match said {
                    Some(said) => failed.said(said),
                    None => failed,
                })
            } else {
                // A newer version knows it; its sentence is all there is.
                instead = true;
                entries = vec![headed("✗", Tone::Bad, Clean::brief(headline).as_str())];
                entries.extend(said.as_ref().map(|said| field(MESSAGE, said)));
                CallOutcome::Cancelled { may_have_happened: true }
            }
        }
    };
    (outcome, PastLines { entries, instead })
}

fn answered(record: &CallRecord, entries: &mut Section) -> CallOutcome {
    let Outcome::Answered { alter_status, provider_status, headers, body, truncated } = &record.outcome
    else {
        return CallOutcome::Cancelled { may_have_happened: true };
    };
    let nothing = KeptBody::default();
    let kept = body.as_ref().unwrap_or(&nothing);
    if let Some(why) = kept.omitted {
        entries.push(note(omitted(why)));
    }
    if record.audited.is_missing(record.mode, record.outcome.ending()) {
        entries.push(note(NOT_AUDITED));
    }
    CallOutcome::Done(CallReport {
        mode: record.mode,
        alter_status: *alter_status,
        answer: ProviderAnswer {
            approval: record.approval,
            truncated: *truncated,
            cut_here: kept.cut.then_some(BodySize::Exactly(kept.whole_length)),
            duration_ms: record.duration_ms,
            ..ProviderAnswer::new(*provider_status, headers.clone(), kept.bytes.clone())
        },
        first_byte: None,
        elapsed: std::time::Duration::from_millis(record.elapsed_ms.unwrap_or_default()),
    })
}

/// That a call is a past one, and since when.
pub(crate) fn when(past: &super::Past, now: Now) -> String {
    format!("from the history, {}", ago(past.at, now))
}

/// How long ago a call was made, in words.
pub(super) fn ago(at: jiff::Timestamp, now: Now) -> String {
    if now.wall.duration_since(at).as_secs() < 60 {
        "just now".to_owned()
    } else {
        words::relative(at, now.wall)
    }
}
