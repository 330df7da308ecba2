//! Test calls: their events become answers, and what is left of the rate budget follows.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Backend, EVENTS, Effects, budget};
use crate::app::{Answer, Msg, Ticket};
use crate::domain::CallEvent;
use crate::tui::delivery::Delivery;

impl<B: Backend> Effects<B> {
    /// A call ends by itself soon after it was asked to; nothing cuts it off.
    pub(super) fn start_call<W>(
        &mut self,
        ticket: Ticket,
        run: impl FnOnce(CancellationToken, mpsc::Sender<CallEvent>) -> W,
    ) where
        W: Future<Output = ()> + Send + 'static,
    {
        let (answers, backend) = (self.answers.clone(), Arc::clone(&self.backend));
        let late = (answers.clone(), Arc::clone(&backend));
        let (sender, mut events) = mpsc::channel(EVENTS);
        let call = run(self.take_slot(ticket), sender);
        let work = async move {
            let told = async {
                while let Some(event) = events.recv().await {
                    answers.answer(ticket, Answer::Call(event)).await;
                }
            };
            tokio::join!(call, told);
            budget::tell(&*backend, &answers, &mut None).await;
            // The call is over; whether it is kept may be known later.
            tokio::spawn(async move {
                if let Some(why) = late.1.settled().await {
                    late.0.send(Delivery::Msg(Msg::Fault(why))).await;
                }
            });
        };
        let failed = |fault| Answer::Call(CallEvent::Failed(fault));
        let work = self.watched(ticket, Some(Box::new(failed)), work);
        self.calls.spawn(work);
    }
}
