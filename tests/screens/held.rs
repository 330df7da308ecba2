//! Calls that are held for approval: what is said of it before, while it is waited for, and how one asks again.

use grantdeck::app::requests::{FollowCall, SendCall};
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::{
    Approval, ApprovalGate, ApprovalId, ApprovalState, CallEvent, Code, Diagnosis, FollowRequest,
    PendingApproval, PendingGate, Retry, Who,
};
use insta::assert_snapshot;

use super::calls::{answered, opened};
use super::history::held_one;
use super::stage::{Stage, noon};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

fn approval(number: u128) -> ApprovalId {
    ApprovalId(uuid::Uuid::from_u128(number))
}

/// Two people must say yes.
fn pending() -> PendingApproval {
    let expires_at = noon().wall + jiff::SignedDuration::from_mins(59);
    let gate = |number: u128| PendingGate {
        id: approval(number),
        expires_at,
        expires_in: 3_540,
        url: format!("https://wallet.alterauth.com/approve/{number}"),
    };
    PendingApproval {
        id: approval(1),
        group: approval(9),
        expires_at,
        expires_in: 3_540,
        url: "https://wallet.alterauth.com/approve/1".to_owned(),
        gates: vec![gate(1), gate(2)],
    }
}

/// One of the two has.
fn standing() -> Approval {
    let expires_at = pending().expires_at;
    let gate = |number, state| ApprovalGate { id: approval(number), state, expires_at, decided_at: None };
    Approval {
        id: approval(1),
        group: approval(9),
        state: ApprovalState::Pending,
        gates: vec![gate(1, ApprovalState::Approved), gate(2, ApprovalState::Pending)],
        expires_at,
        decided_at: None,
        decision_reason: None,
        executed_at: None,
        execution_error: None,
        has_result: false,
    }
}

fn asked_again(stage: &Stage) -> Vec<&FollowRequest> {
    let jobs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::FollowCall(FollowCall(request)), .. } => Some(&**request),
        _ => None,
    });
    jobs.collect()
}

fn event(stage: &mut Stage, event: CallEvent) {
    stage.answer(Slot::Call, Answer::SendCall(event));
}

/// A call that is held, and waited for.
pub(crate) fn waiting(width: u16, height: u16) -> Stage {
    let mut stage = opened(width, height);
    stage.press("s");
    event(&mut stage, CallEvent::Held(pending()));
    stage
}

#[test]
fn who_stops_waiting_can_ask_again() {
    let mut stage = opened(120, 36);
    stage.press("s");
    event(&mut stage, CallEvent::Held(pending()));
    assert!(stage.picture().contains("Held for approval."));
    stage.press("r");
    assert!(asked_again(&stage).is_empty(), "it is being waited for");
    stage.press("esc");
    assert!(stage.picture().contains("Still held for approval."), "{}", stage.picture());
    stage.press("r");
    assert_eq!(asked_again(&stage).len(), 1);
    assert_eq!(asked_again(&stage)[0].held, pending(), "with its link");
    event(&mut stage, CallEvent::Held(pending()));
    event(&mut stage, CallEvent::Standing(standing()));
    let picture = stage.picture();
    assert!(picture.contains("✓ gate 1") && picture.contains("◌ gate 2"), "{picture}");
    let mut executed = answered(200, b"{\"login\":\"octo\"}");
    if let Answer::SendCall(CallEvent::Done(report)) = &mut executed {
        report.answer.approval = Some(approval(1));
    }
    stage.answer(Slot::Call, executed);
    let picture = stage.picture();
    assert!(picture.contains("octo") && picture.contains("✓ Approved; executed."), "{picture}");
    stage.press("r");
    assert_eq!(asked_again(&stage).len(), 1, "there is nothing to ask any more");
}

#[test]
fn the_window_with_the_picture_is_left_by_nobody_but_the_one_who_reads_it() {
    let mut stage = opened(120, 36);
    stage.press("s");
    stage.press("p");
    assert!(stage.model.shared.nav.popups().is_empty(), "nothing is held yet");
    event(&mut stage, CallEvent::Held(pending()));
    stage.press("p");
    let picture = stage.picture();
    assert!(picture.contains("Scan to approve") && picture.contains('▀'), "{picture}");
    stage.answer(Slot::Call, answered(200, b"{\"login\":\"octo\"}"));
    assert!(stage.picture().contains("This call is decided"), "{}", stage.picture());
    // An Esc that was meant for it closes it, and the answer stays.
    stage.press("esc");
    let picture = stage.picture();
    assert!(!picture.contains("Scan to approve") && picture.contains("octo"), "{picture}");
}

#[test]
fn a_held_call_of_the_history_is_asked_about_again() {
    let mut stage = held_one(120, 36);
    let picture = stage.picture();
    assert!(picture.contains("Held for approval.") && picture.contains("r checks again"), "{picture}");
    stage.press("o");
    assert!(
        !stage.pending.iter().any(|effect| matches!(effect, Effect::Start { job: Job::OpenLink(_), .. })),
        "no link is kept"
    );
    stage.press("r");
    assert_eq!(asked_again(&stage).len(), 1);
    assert_eq!(asked_again(&stage)[0].held.link(), None);
    let message = "Approve at  the link shown when it was sent (not stored)";
    assert!(stage.picture().contains(message), "{}", stage.picture());
    stage.press("esc");
    let message = "Approve at  the link shown when it was sent (not stored)";
    assert!(stage.picture().contains(message), "{}", stage.picture());
    stage.press("r");
    let denied = Diagnosis::new(Code::ApprovalDenied, Who::Alter, Retry::No).said("Not on a Friday.");
    event(&mut stage, CallEvent::Failed(denied));
    assert!(stage.picture().contains("Not on a Friday."), "{}", stage.picture());
}

#[test]
fn what_a_policy_says_is_reported_before_anything_is_sent() {
    let mut stage = super::stage::loaded();
    stage.press("/");
    stage.type_text("policy:approval");
    stage.press("enter");
    stage.press("c");
    stage.press("j");
    let held = "its policy holds this for approval";
    assert!(stage.picture().contains(held), "{}", stage.picture());
    stage.press("m");
    let picture = stage.picture();
    assert!(!picture.contains(held) && picture.contains("this grant needs proxy mode"), "{picture}");
}

#[test]
fn a_host_that_nobody_vouches_for_is_allowed_by_a_key_and_its_name() {
    let mut stage = opened(120, 36);
    stage.press("s");
    let refused = Diagnosis::new(Code::HostNotAllowed, Who::You, Retry::AfterRemedy)
        .fact("host", "api.acme.example:8443")
        .fact("problem", "api.acme.example:8443 is not known as a place of google");
    event(&mut stage, CallEvent::Failed(refused));
    let picture = stage.picture();
    assert!(picture.contains("allow host"), "the key is offered: {picture}");
    stage.press("A");
    assert!(stage.picture().contains("to allow it for this call"), "{}", stage.picture());
    let before = stage.pending.len();
    stage.decide("enter");
    assert_eq!(stage.pending.len(), before, "nothing without the name");
    stage.type_text("api.acme.example:8443");
    stage.decide("enter");
    let allowed = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { job: Job::SendCall(SendCall(request)), .. } => Some(request.allowed.clone()),
        _ => None,
    });
    assert_eq!(allowed, Some(vec!["api.acme.example:8443".to_owned()]));
}

#[test]
fn another_endpoint_is_not_the_preset_any_more() {
    let mut stage = opened(120, 36);
    let preset = "Who am I";
    assert!(stage.picture().contains(preset), "{}", stage.picture());
    super::calls::method(&mut stage, "HEAD");
    assert!(!stage.picture().contains(preset), "{}", stage.picture());
}

#[test]
fn a_held_call_at_every_size() {
    for size in SIZES {
        let named = |what: &str| format!("held_{what}_{}x{}", size.0, size.1);
        let mut stage = opened(size.0, size.1);
        stage.press("s");
        event(&mut stage, CallEvent::Held(pending()));
        event(&mut stage, CallEvent::Standing(standing()));
        assert_snapshot!(named("waiting"), stage.picture());
        stage.press("esc");
        stage.now.millis += 5_000;
        stage.send(grantdeck::app::Msg::Wake);
        assert_snapshot!(named("kept"), stage.picture());
    }
}
