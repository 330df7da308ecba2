//! Test calls: their events become answers, and what is left of the rate budget follows.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::{Asked, Run, budget};
use crate::app::Msg;
use crate::app::requests::{FollowCall, Request as _, SendCall};
use crate::domain::CallEvent;
use crate::jobs;
use crate::tui::delivery::Delivery;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// How many events of a call wait between the call and the one who hands them on.
const EVENTS: usize = 8;

/// A call ends by itself soon after it was asked to; nothing cuts it off.
impl Run for SendCall {
    const ENDING: Ending = Ending::LastWords;

    async fn run(self, live: Arc<LiveSession>, asked: Asked<Self>) -> Option<CallEvent> {
        let context = match live.context() {
            Ok(context) => context.clone(),
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let cancel = asked.cancel.clone();
        let call = async move { jobs::call(&context, *self.0, cancel, sender).await };
        carry(call.boxed(), events, &live, &asked).await
    }
}

impl Run for FollowCall {
    const ENDING: Ending = Ending::LastWords;

    async fn run(self, live: Arc<LiveSession>, asked: Asked<Self>) -> Option<CallEvent> {
        let context = match live.context() {
            Ok(context) => context.clone(),
            Err(diagnosis) => return Self::failed(diagnosis),
        };
        let (sender, events) = mpsc::channel(EVENTS);
        let cancel = asked.cancel.clone();
        let call = async move { jobs::follow(&context, *self.0, cancel, sender).await };
        carry(call.boxed(), events, &live, &asked).await
    }
}

/// Carries a call to its end and tells of it.
async fn carry<R: Run<Answer = CallEvent>>(
    call: BoxFuture<'static, ()>,
    mut events: mpsc::Receiver<CallEvent>,
    live: &Arc<LiveSession>,
    asked: &Asked<R>,
) -> Option<CallEvent> {
    let reported = async {
        while let Some(event) = events.recv().await {
            asked.report(event).await;
        }
    };
    tokio::join!(call, reported);
    budget::report(live, &asked.answers, &mut None).await;
    // The call is over; whether it is kept may be known later.
    let (live, answers) = (Arc::clone(live), asked.answers.clone());
    tokio::spawn(async move {
        if let Some(why) = live.settled().await {
            answers.send(Delivery::Msg(Msg::Fault(why))).await;
        }
    });
    None
}
