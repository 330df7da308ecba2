//! What the backend says: harmless questions only.

use std::time::Duration;

use jiff::SignedDuration;

use super::check::{Check, CheckState};
use super::mode;
use crate::api::{ApiError, Client};
use crate::domain::{Code, Diagnosis, Mode, Retry, ServerFilter, Who, words};
use crate::jobs::Context;
use crate::platform::clock::Clock;

/// Clocks that differ by more are worth a word; signatures are refused beyond five minutes (docs/protocol/transport.md
/// section 3).
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Asks the backend, for so long all in all.
pub(super) async fn checks(context: &Context, patience: Duration) -> Vec<Check> {
    let client = &context.client;
    let begun = Clock::start();
    let Ok(answer) = tokio::time::timeout(patience, client.key_scopes()).await else {
        let slow = Diagnosis::new(Code::TimedOut, Who::Network, Retry::Later(None))
            .fact("host", client.host())
            .fact("after", &format!("{} ms", patience.as_millis()));
        return vec![Check::of("backend", CheckState::Problem, &slow)];
    };
    let took = begun.elapsed();
    let mut checks = Vec::new();
    match answer {
        Ok(_) => checks
            .push(Check::ok("backend", &format!("{} answers in {} ms", client.host(), took.as_millis()))),
        Err(error) => {
            let diagnosis = error.diagnose();
            checks.push(Check::of("backend", CheckState::Problem, &diagnosis));
            // Nothing else would get through.
            if matches!(diagnosis.who, Who::Network | Who::You) {
                return checks;
            }
        }
    }
    let left = patience.saturating_sub(begun.elapsed());
    match tokio::time::timeout(left, jobs(client)).await {
        Ok(found) => checks.extend(found),
        Err(_) => checks.push(Check::new("jobs", CheckState::Unknown, "the backend took too long")),
    }
    checks.extend(reading(context));
    if let Some(notice) = context.key_notice() {
        checks.push(Check::of("key", CheckState::Warning, &notice));
    }
    checks
}

/// What the clocks and the budget say.
fn reading(context: &Context) -> Vec<Check> {
    let Some(reading) = context.client.reading() else {
        return vec![Check::new("rate budget", CheckState::Unknown, "the backend does not report it")];
    };
    let budget = reading.budget;
    let found = format!("{} of {} requests left in this window", budget.remaining, budget.limit);
    let state = if budget.remaining == 0 { CheckState::Warning } else { CheckState::Ok };
    let mut checks = vec![Check::new("rate budget", state, &found)];
    if let Some(theirs) = reading.theirs {
        let apart = reading.ours.duration_since(theirs);
        let check = if apart.abs() > SKEW {
            let way = if apart.is_negative() { "behind" } else { "ahead of" };
            let found = format!("this machine is {} {way} the backend", words::length(apart));
            Check::new("clock", CheckState::Problem, &found).remedy(
                "Set the clock (timedatectl set-ntp true); beyond five minutes every call is refused.",
            )
        } else {
            Check::ok("clock", "agrees with the backend's")
        };
        checks.push(check);
    }
    checks
}

/// Which jobs this key can do, as far as a question that changes nothing tells.
async fn jobs(client: &Client) -> Vec<Check> {
    let everything = ServerFilter::default();
    let (list, agents, catalog, specs) = tokio::join!(
        client.list_page(&everything, 1, 0),
        client.agents_page(false, 1, 0),
        client.catalog(),
        client.specs(None),
    );
    let mut checks = vec![
        job("list grants", list.map(|_| ())),
        job("list agents", agents.map(|_| ())),
        job("read the catalog", catalog.map(|_| ())),
        job("read operations", specs.map(|_| ())),
    ];
    // A call would be recorded, and its end user may see it.
    for way in [Mode::Proxy, Mode::Retrieve] {
        checks.push(Check::new(mode(way), CheckState::Unknown, "unknown: only a call would show it"));
    }
    checks
}

fn job(name: &'static str, answer: Result<(), ApiError>) -> Check {
    match answer {
        Ok(()) => Check::ok(name, "allowed"),
        Err(error) => {
            let diagnosis = error.diagnose();
            let state = match diagnosis.code {
                Code::InsufficientScope | Code::Forbidden => CheckState::Warning,
                _ => CheckState::Problem,
            };
            Check::of(name, state, &diagnosis)
        }
    }
}
