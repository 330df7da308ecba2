//! What came of a past call, as the response shows it: its outcome, and what only the history has to say.

use super::super::response::{HELD, PastLines};
use crate::app::{Model, private};
use crate::domain::{
    BodySize, CallOutcome, CallRecord, CallReport, Clean, Code, Diagnosis, KeptBody, Now, Omitted, Outcome,
    PendingApproval, ProviderAnswer, Retry, Who, words,
};
use crate::ui::Role;
use crate::ui::paint::Piece;

type Line = Vec<Piece>;

/// The outcome, and the lines that tell the rest.
pub(super) fn of(model: &Model, record: &CallRecord, now: Now) -> (CallOutcome, PastLines) {
    let mut lines: Vec<Line> = Vec::new();
    let mut instead = false;
    let outcome = match &record.outcome {
        Outcome::Answered { .. } => answered(record, &mut lines),
        Outcome::Held { approval, expires_at } => {
            instead = true;
            let over = *expires_at <= now.wall;
            lines = vec![
                vec![
                    Piece::new("◌ ", Role::HealthSoon),
                    Piece::new("It was held for approval.", Role::TextStrong),
                ],
                vec![Piece::new("What became of it was not asked since.", Role::Text)],
                field(if over { "Lapsed" } else { "Lapses" }, &words::relative(*expires_at, now.wall)),
                field("Approval", &private::name(model, &approval.to_string())),
                Vec::new(),
                vec![Piece::new(HELD, Role::TextDim)],
            ];
            CallOutcome::Kept(PendingApproval::remembered(*approval, *expires_at))
        }
        Outcome::Unfinished => {
            instead = true;
            lines = vec![
                vec![Piece::new("○ ", Role::HealthEnded), Piece::new("Unfinished.", Role::TextStrong)],
                vec![Piece::new(
                    "The program ended before the call did, or another one still makes it: it may have happened.",
                    Role::Text,
                )],
            ];
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
                lines = vec![vec![
                    Piece::new("✗ ", Role::HealthBroken),
                    Piece::new(Clean::brief(headline).as_str(), Role::TextStrong),
                ]];
                lines.extend(said.as_ref().map(|said| field("Said", said)));
                CallOutcome::Cancelled { may_have_happened: true }
            }
        }
    };
    (outcome, PastLines { lines, instead })
}

fn answered(record: &CallRecord, lines: &mut Vec<Line>) -> CallOutcome {
    let Outcome::Answered { alter_status, provider_status, headers, body, truncated } = &record.outcome
    else {
        return CallOutcome::Cancelled { may_have_happened: true };
    };
    let nothing = KeptBody::default();
    let kept = body.as_ref().unwrap_or(&nothing);
    if let Some(why) = kept.omitted {
        lines.push(warned(omitted(why)));
    }
    if record.audited.is_missing(record.mode, record.outcome.ending()) {
        lines.push(warned("Not audited: Alter was not told of this call."));
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

/// Why there is no body.
pub(super) fn omitted(why: Omitted) -> &'static str {
    match why {
        Omitted::Production => "The body was not kept: of a production profile none ever is.",
        Omitted::Encoded => "The body was not kept: secrets could not be looked for in its encoding.",
        Omitted::Secret => "The body was not kept: a credential stood in it.",
        Omitted::Probe => "Of a probe's answer only what names the account is kept.",
    }
}

fn warned(told: &str) -> Line {
    vec![Piece::new("! ", Role::HealthSoon), Piece::new(told, Role::Text)]
}

fn field(label: &str, value: &str) -> Line {
    vec![Piece::new(format!("{label:<12}"), Role::Head), Piece::new(Clean::brief(value).as_str(), Role::Text)]
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
