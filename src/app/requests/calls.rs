//! Test calls.

use super::Request;
use crate::app::screens::call;
use crate::app::{Effect, Model, Ticket};
use crate::domain::{CallEvent, CallRequest, Diagnosis, FollowRequest, Now};

/// Make a test call; answered many times. Boxed: it is large and rare.
#[derive(Debug, PartialEq)]
pub struct SendCall(pub Box<CallRequest>);

impl Request for SendCall {
    type Answer = CallEvent;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<CallEvent> {
        Some(CallEvent::Failed(fault))
    }

    fn answered(model: &mut Model, ticket: Ticket, event: CallEvent, now: Now) -> Vec<Effect> {
        call::answer(&mut model.call, &mut model.shared, ticket, event, now)
    }
}

/// Ask again about a call that is held; answered as a call is. Boxed as that one.
#[derive(Debug, PartialEq)]
pub struct FollowCall(pub Box<FollowRequest>);

impl Request for FollowCall {
    type Answer = CallEvent;

    const SEVERAL: bool = true;

    fn failed(fault: Diagnosis) -> Option<CallEvent> {
        Some(CallEvent::Failed(fault))
    }

    fn answered(model: &mut Model, ticket: Ticket, event: CallEvent, now: Now) -> Vec<Effect> {
        call::answer(&mut model.call, &mut model.shared, ticket, event, now)
    }
}
