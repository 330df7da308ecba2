//! What the board says in words.

use jiff::SignedDuration;

use super::super::{Board, Subject};
use crate::app::private;
use crate::app::shared::Shared;
use crate::domain::smoke::{Pause, SmokeResult, Standing, Tally, Verdict, left_words};
use crate::domain::words::{count, countdown, length, millis};
use crate::domain::{Clean, Code, Now};
use crate::ui::Role;

/// What is tested: "3 marked grants".
pub(in crate::app::screens::smoke) fn subject(subject: &Subject) -> String {
    let grants = |number: usize, kind: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{} {kind}grant{plural}", count(number as u64))
    };
    match *subject {
        Subject::Nothing => "nothing".to_owned(),
        Subject::One(_) => "one grant".to_owned(),
        Subject::Marked { count: number, hidden: 0 } => grants(number, "marked "),
        Subject::Marked { count: number, hidden } => {
            format!("{}, {} of them not shown", grants(number, "marked "), count(hidden as u64))
        }
        Subject::Shown { count: number, narrowed: false, partial: false } => {
            format!("all {}", grants(number, ""))
        }
        Subject::Shown { count: number, narrowed: false, partial: true } => {
            format!("the {} loaded so far", grants(number, ""))
        }
        Subject::Shown { count: number, .. } => format!("the {} that the list shows", grants(number, "")),
        Subject::Siblings(number) => format!("{} on the same credential", grants(number, "")),
        Subject::Failed(number) => format!("{} that failed", grants(number, "")),
    }
}

/// Whose a result is, as it may be shown: "google · work@acme.com #mail".
pub(in crate::app::screens::smoke) fn whose(shared: &Shared, result: &SmokeResult) -> String {
    let provider = private::provider(shared, &result.provider);
    match account(shared, result) {
        account if account.is_empty() => provider,
        account => format!("{provider} · {account}"),
    }
}

/// The account and the label, as they may be shown.
pub(super) fn account(shared: &Shared, result: &SmokeResult) -> String {
    let account = private::account(shared, &result.account);
    match result.label.as_deref().map(|label| private::name(shared, label)) {
        Some(label) if account.is_empty() => format!("#{label}"),
        Some(label) => format!("{account} #{label}"),
        None => account,
    }
}

/// What was found, as it may be shown: the provider's own words may name somebody.
pub(super) fn reason(shared: &Shared, result: &SmokeResult) -> String {
    if shared.privacy {
        return result.verdict.meaning().trim_end_matches('.').to_owned();
    }
    Clean::brief(&result.reason()).to_string()
}

/// Whether it goes on, in a word or two, and how that looks.
pub(super) fn state(board: &Board, now: Now) -> (String, Role) {
    let Some(summary) = &board.summary else {
        return match board.pause_now(now) {
            _ if board.stopping => ("stopping".to_owned(), Role::HealthSoon),
            Some(_) => ("waiting".to_owned(), Role::HealthSoon),
            None if board.plan.is_none() => ("beginning".to_owned(), Role::TextDim),
            None => ("testing".to_owned(), Role::TextStrong),
        };
    };
    let took = millis(summary.elapsed);
    let took = match summary.elapsed.as_secs() {
        0..60 => took,
        seconds => length(SignedDuration::from_secs(seconds.cast_signed())),
    };
    match (&summary.stopped, summary.cancelled && summary.left > 0) {
        (Some(_), _) => (format!("aborted after {took}"), Role::HealthBroken),
        (None, true) => (format!("stopped after {took}"), Role::HealthSoon),
        (None, false) => (format!("done in {took}"), Role::HealthOk),
    }
}

/// How it goes, in a sentence.
pub(super) fn standing(board: &Board, privacy: bool, now: Now) -> (String, Role) {
    if let Some(summary) = &board.summary {
        let left = left_words(summary.left, summary.unreadable);
        if let Some(why) = &summary.stopped {
            let message = why.advice();
            let left = left.map(|left| format!("; {left}")).unwrap_or_default();
            return (format!("{message}{left}"), Role::HealthBroken);
        }
        return (left.unwrap_or_default(), Role::HealthSoon);
    }
    if board.stopping {
        return ("Waiting for running probes; results are kept.".to_owned(), Role::Text);
    }
    if let Some(pause) = board.pause_now(now) {
        return (paused(pause, now), Role::HealthSoon);
    }
    let rate = board.rate().map(|tenths| format!("{}.{} a second", tenths / 10, tenths % 10));
    let left = board.seconds_left().map(|seconds| match seconds {
        0..60 => "under a minute left".to_owned(),
        seconds => format!("about {} left", length(SignedDuration::from_secs(seconds.cast_signed()))),
    });
    let under_way = match board.under_way.len() {
        0 => None,
        asked => Some(format!("{asked} running")),
    };
    let parts: Vec<String> = [left, rate, under_way].into_iter().flatten().collect();
    let resting = board.resting_now(now).next().map(|(host, pause)| {
        let seconds = countdown(pause.until.duration_since(now.wall));
        // A host may name a customer.
        let host = if privacy { "A provider" } else { host.as_str() };
        (format!("pausing calls to {host} for {seconds}; {}", parts.join(", ")), Role::HealthSoon)
    });
    resting.unwrap_or_else(|| {
        let message = if parts.is_empty() { "Preparing …".to_owned() } else { parts.join(", ") };
        (message, Role::Text)
    })
}

/// Why nothing is sent, and for how long.
fn paused(pause: &Pause, now: Now) -> String {
    let left = countdown(pause.until.duration_since(now.wall));
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other code has a headline that says it")]
    let why = match pause.reason.code {
        Code::KeepingAQuarter => "A quarter of the rate budget is reserved for others.",
        Code::BudgetUsedUp => "The rate budget for this minute is used up.",
        _ => pause.reason.headline(),
    };
    format!("Waiting {left}. {why}")
}

/// What it comes to, for whoever reads one line: "3 fail   1 not judged   36 work".
pub(super) fn glance(tally: &Tally) -> Vec<(String, Role)> {
    let number = |standing| tally.standing(standing);
    let verb = |number: u32, one: &str, more: &str| {
        format!("{} {}", count(number.into()), if number == 1 { one } else { more })
    };
    let (failing, untold, fine) =
        (number(Standing::Failing), number(Standing::Untold), number(Standing::Fine));
    let caveat = match tally.count(Verdict::WorksBut) {
        0 => String::new(),
        caveat => format!(", {} with warnings", count(caveat.into())),
    };
    let parts = [
        (failing > 0, verb(failing, "fails", "fail"), Role::HealthBroken),
        (untold > 0, format!("{} not tested", count(untold.into())), Role::HealthUnknown),
        (fine > 0, format!("{}{caveat}", verb(fine, "works", "work")), Role::HealthOk),
    ];
    let parts = parts.into_iter().filter(|(any, ..)| *any).enumerate();
    parts
        .map(|(place, (_, message, role))| (if place == 0 { message } else { format!("   {message}") }, role))
        .collect()
}

/// What became of the grants since the last time; None where none was tested before.
pub(super) fn since(tally: &Tally) -> Option<Vec<(String, Role)>> {
    if tally.compared == 0 {
        return None;
    }
    let mut message = vec![("Since the last run  ".to_owned(), Role::TextDim)];
    match (tally.broke, tally.healed) {
        (0, 0) => message.push(("nothing changed".to_owned(), Role::Text)),
        (broke, healed) => {
            if broke > 0 {
                message.push((format!("{} broke   ", count(broke.into())), Role::HealthBroken));
            }
            if healed > 0 {
                message.push((format!("{} healed", count(healed.into())), Role::HealthOk));
            }
        }
    }
    Some(message)
}

/// What stands where results will be.
pub(super) fn nothing_yet(board: &Board) -> &'static str {
    match &board.summary {
        Some(summary) if summary.stopped.is_some() => "Aborted before any result.",
        Some(_) => "Stopped before any result.",
        None => "Failures will be listed first.",
    }
}
