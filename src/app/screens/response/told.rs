//! What came of a call in words: who answered what, who refused, and what to do.

use std::time::Duration;

use crate::app::screens::call::{approve_at, beside_or_below};
use crate::domain::{BodySize, CallOutcome, CallReport, Clean, Diagnosis, Mode, remedy, words};
use crate::ui::Role;
use crate::ui::paint::Piece;

type Line = Vec<Piece>;

/// What can be done about a call that stays held.
pub(crate) const HELD: &str = "r checks again. In a shell: grantdeck approvals.";

/// The lines above the body, or in place of one.
pub(super) fn lines(outcome: &CallOutcome, summary: Option<&str>, cells: usize) -> Vec<Line> {
    match outcome {
        CallOutcome::Done(report) => answered(report, summary),
        CallOutcome::Failed(diagnosis) => failed(diagnosis),
        CallOutcome::Kept(held) => {
            let mut lines = vec![
                vec![
                    Piece::new("◌ ", Role::HealthSoon),
                    Piece::new("Still held for approval.", Role::TextStrong),
                ],
                Vec::new(),
            ];
            let label = vec![Piece::new(format!("{:<12}", "Approve at"), Role::Head)];
            lines.extend(beside_or_below(label, approve_at(held), cells));
            lines.push(field("Approval", &held.id.to_string(), Role::TextDim));
            lines.push(Vec::new());
            lines.push(vec![Piece::new(HELD, Role::TextDim)]);
            lines
        }
        CallOutcome::Cancelled { may_have_happened } => {
            let told = if *may_have_happened {
                "It was on its way: it may have happened all the same."
            } else {
                "It was not sent."
            };
            vec![
                vec![Piece::new("○ ", Role::HealthEnded), Piece::new("Cancelled.", Role::TextStrong)],
                vec![Piece::new(told, Role::Text)],
            ]
        }
    }
}

fn answered(report: &CallReport, summary: Option<&str>) -> Vec<Line> {
    let answer = &report.answer;
    let (sign, role) = match answer.status {
        0..400 => ("●", Role::HealthOk),
        400..500 => ("◐", Role::HealthBroken),
        _ => ("✗", Role::HealthBroken),
    };
    let whole = words::millis(report.elapsed);
    let mut first = vec![
        Piece::new(format!("{sign} "), role),
        Piece::new(format!("provider {}", answer.status), role),
        Piece::new(format!("  Alter {}", report.alter_status), Role::Text),
        Piece::new(format!("   {whole}"), Role::TextDim),
    ];
    if let (Some(millis), Mode::Proxy) = (answer.duration_ms, report.mode) {
        first.push(Piece::new(format!(", provider {millis} ms"), Role::TextDim));
    }
    // Of an answer that came in one go it says nothing new, and a narrow pane would cut it.
    let slow_body = |first_byte: &Duration| *first_byte < report.elapsed.mul_f64(0.9);
    if let Some(first_byte) = report.first_byte.filter(slow_body) {
        first.push(Piece::new(format!(", first byte {}", words::millis(first_byte)), Role::TextDim));
    }
    let mut lines = vec![first];
    if let Some(summary) = summary {
        lines.push(vec![Piece::new(summary, Role::TextDim)]);
    }
    if let Some(hint) = &answer.credential_hint {
        lines.push(vec![
            Piece::new("! ", Role::HealthSoon),
            Piece::new(Clean::brief(hint).as_str(), Role::Text),
        ]);
    } else if let Some(told) = meaning(answer.status) {
        lines.push(vec![Piece::new("! ", Role::HealthSoon), Piece::new(told, Role::Text)]);
    }
    if let Some(size) = answer.cut_here {
        let least = if matches!(size, BodySize::AtLeast(_)) { "at least " } else { "" };
        let told = format!("Only the beginning is kept: the body has {least}{}.", words::bytes(size.bytes()));
        lines.push(vec![Piece::new("! ", Role::HealthSoon), Piece::new(told, Role::Text)]);
    } else if answer.truncated {
        lines.push(vec![
            Piece::new("! ", Role::HealthSoon),
            Piece::new("Alter cut the body; it is not whole.", Role::Text),
        ]);
    }
    lines
}

/// What a status of the provider means for the one who called.
fn meaning(status: u16) -> Option<&'static str> {
    match status {
        300..=399 => Some("A redirect: it is shown and never followed."),
        401 => Some("The provider rejects the credential: reconnect, or rotate the stored key."),
        403 => Some("The provider forbids this: the grant may lack a scope for it."),
        404 => Some("The provider knows nothing there: check the path."),
        429 => Some("The provider asks to slow down; its Retry-After header says for how long."),
        500.. => Some("The provider failed; the same call may work later."),
        _ => None,
    }
}

fn failed(diagnosis: &Diagnosis) -> Vec<Line> {
    let told = remedy::render(diagnosis);
    let mut lines = vec![
        vec![Piece::new("✗ ", Role::HealthBroken), Piece::new(told.first_line(), Role::TextStrong)],
        field("Refused by", diagnosis.who.name(), Role::Text),
    ];
    if let Some(said) = &diagnosis.said {
        lines.push(field("Said", said.as_str(), Role::Text));
    } else if !told.cause.is_empty() {
        lines.push(field("Why", told.cause, Role::Text));
    }
    for (label, value) in &told.facts {
        lines.push(field(label, value.as_str(), Role::TextDim));
    }
    lines.push(Vec::new());
    lines.push(field("Do", told.remedy, Role::Text));
    lines
}

fn field(label: &str, value: &str, role: Role) -> Line {
    vec![Piece::new(format!("{label:<12}"), Role::Head), Piece::new(value, role)]
}
