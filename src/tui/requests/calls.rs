//! Test calls: their events become answers, followed by the remaining rate budget.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::{Run, Running, budget};
use crate::app::Msg;
use crate::app::requests::{FollowCall, Request as _, SendCall};
use crate::domain::CallEvent;
use crate::jobs;
use crate::tui::delivery::Delivery;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// Capacity of the channel for a call's events.
const EVENTS: usize = 8;

/// A cancelled call ends by itself soon; it is never cut off.
impl Run for SendCall {
    const ENDING: Ending = Ending::LastWords;

    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<CallEvent> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let cancel = running.cancel.clone();
        let call = async move { jobs::call(&context, *self.0, cancel, sender).await };
        run_call(call.boxed(), events, &live, &running).await
    }
}

impl Run for FollowCall {
    const ENDING: Ending = Ending::LastWords;

    async fn run(self, live: Arc<LiveSession>, running: Running<Self>) -> Option<CallEvent> {
        let context = match live.context() {
            Ok(context) => context,
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let cancel = running.cancel.clone();
        let call = async move { jobs::follow(&context, *self.0, cancel, sender).await };
        run_call(call.boxed(), events, &live, &running).await
    }
}

/// Runs a call to its end and reports its events.
async fn run_call<R: Run<Answer = CallEvent>>(
    call: BoxFuture<'static, ()>,
    mut events: mpsc::Receiver<CallEvent>,
    live: &Arc<LiveSession>,
    running: &Running<R>,
) -> Option<CallEvent> {
    let reported = async {
        while let Some(event) = events.recv().await {
            running.report(event).await;
        }
    };
    tokio::join!(call, reported);
    budget::report(live, &running.answers, &mut None).await;
    // The call is over, but recording it may fail later.
    let (live, answers) = (Arc::clone(live), running.answers.clone());
    tokio::spawn(async move {
        if let Some(why) = live.settled().await {
            answers.send(Delivery::Msg(Msg::Fault(why))).await;
        }
    });
    None
}
