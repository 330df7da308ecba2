//! What is left of the rate budget, told beside the answers of whatever spends it.

use std::time::Duration;

use tokio::time::sleep;

use super::Backend;
use crate::app::Msg;
use crate::domain::Budget;
use crate::tui::delivery::{Answers, Delivery};

/// How often the rate budget is told during a run.
const EVERY: Duration = Duration::from_millis(500);

/// Tells what is left of the rate budget, where that is known and was not told.
pub(super) async fn tell<B: Backend>(backend: &B, answers: &Answers, told: &mut Option<Budget>) {
    let budget = backend.budget();
    if let Some(left) = budget.filter(|_| budget != *told) {
        *told = budget;
        answers.send(Delivery::Msg(Msg::Budget(left))).await;
    }
}

/// Tells what is left of the rate budget, again and again; never ends.
pub(super) async fn count_down<B: Backend>(backend: &B, answers: &Answers, told: &mut Option<Budget>) {
    loop {
        sleep(EVERY).await;
        tell(backend, answers, told).await;
    }
}
