//! Reports the remaining rate budget besides the answers of requests that use it.

use std::time::Duration;

use tokio::time::sleep;

use crate::app::Msg;
use crate::domain::Budget;
use crate::tui::delivery::{Answers, Delivery};
use crate::tui::live::LiveSession;

/// Interval for reports during a run.
const INTERVAL: Duration = Duration::from_millis(500);

/// Reports the remaining rate budget, if it is known and has changed.
pub(super) async fn report(live: &LiveSession, answers: &Answers, reported: &mut Option<Budget>) {
    let budget = live.budget();
    if let Some(left) = budget.filter(|_| budget != *reported) {
        *reported = budget;
        answers.send(Delivery::Msg(Msg::Budget(left))).await;
    }
}

/// Reports the remaining rate budget at intervals; never returns.
pub(super) async fn count_down(live: &LiveSession, answers: &Answers, reported: &mut Option<Budget>) {
    loop {
        sleep(INTERVAL).await;
        report(live, answers, reported).await;
    }
}
