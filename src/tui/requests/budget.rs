//! What is left of the rate budget, told beside the answers of whatever spends it.

use std::time::Duration;

use tokio::time::sleep;

use crate::app::Msg;
use crate::domain::Budget;
use crate::tui::delivery::{Answers, Delivery};
use crate::tui::live::LiveSession;

/// How often the rate budget is told during a run.
const EVERY: Duration = Duration::from_millis(500);

/// Tells what is left of the rate budget, where that is known and was not told.
pub(super) async fn report(live: &LiveSession, answers: &Answers, reported: &mut Option<Budget>) {
    let budget = live.budget();
    if let Some(left) = budget.filter(|_| budget != *reported) {
        *reported = budget;
        answers.send(Delivery::Msg(Msg::Budget(left))).await;
    }
}

/// Tells what is left of the rate budget, again and again; never ends.
pub(super) async fn count_down(live: &LiveSession, answers: &Answers, reported: &mut Option<Budget>) {
    loop {
        sleep(EVERY).await;
        report(live, answers, reported).await;
    }
}
