//! The screen of a test call: what is confirmed is what is sent, and an answer belongs to the call that asked.

use grantdeck::app::requests::SendCall;
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::operation::{Operation, OperationSummary};
use grantdeck::domain::{
    Attribution, CallEvent, CallReport, CallRequest, Code, Diagnosis, Mode, ProviderAnswer, Retry, Who,
};
use insta::assert_snapshot;

use super::fixtures;
use super::stage::Stage;

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

pub(crate) fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("c");
    stage
}

/// Types another method into the request.
pub(crate) fn method(stage: &mut Stage, method: &str) {
    stage.press("j");
    stage.press("enter");
    stage.type_text(method);
    stage.press("enter");
}

/// The calls that were sent.
fn sent(stage: &Stage) -> Vec<&CallRequest> {
    let calls = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::SendCall(SendCall(request)), .. } => Some(&**request),
        _ => None,
    });
    calls.collect()
}

pub(crate) fn summary() -> OperationSummary {
    OperationSummary {
        id: "messages/delete".to_owned(),
        method: "DELETE".to_owned(),
        path: "/messages".to_owned(),
        ..OperationSummary::default()
    }
}

fn operation() -> Operation {
    let url = "https://www.googleapis.com/messages".to_owned();
    Operation { summary: summary(), url, parameters: Vec::new(), body: None, schema: None }
}

/// Picks an operation, which is then asked for.
fn pick_operation(stage: &mut Stage) {
    stage.press("o");
    stage.answer(Slot::Operations, Answer::ListOperations(Ok(vec![summary()])));
    stage.press("enter");
}

pub(crate) fn answered(status: u16, body: &[u8]) -> Answer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let answer =
        ProviderAnswer { duration_ms: Some(120), ..ProviderAnswer::new(status, headers, body.to_vec()) };
    let elapsed = std::time::Duration::from_millis(142);
    let report = CallReport { mode: Mode::Proxy, alter_status: 200, answer, first_byte: None, elapsed };
    Answer::SendCall(CallEvent::Done(report))
}

#[test]
fn a_read_is_sent_by_one_key_and_a_write_only_after_a_yes() {
    let mut stage = opened(120, 36);
    stage.press("s");
    assert_eq!(sent(&stage).len(), 1);
    assert!(sent(&stage)[0].permit.is_none());
    let mut stage = opened(120, 36);
    method(&mut stage, "POST");
    stage.press("s");
    assert!(sent(&stage).is_empty(), "it was not confirmed");
    stage.press("esc");
    assert!(sent(&stage).is_empty(), "no is no");
    stage.press("s");
    stage.decide("y");
    assert!(sent(&stage)[0].permit.is_some());
}

#[test]
fn who_comes_back_from_the_list_has_the_request_under_the_keys() {
    let mut stage = opened(120, 36);
    stage.press("s");
    stage.answer(Slot::Call, answered(200, b"{}"));
    stage.press("esc");
    stage.press("c");
    method(&mut stage, "POST");
    assert!(stage.picture().contains("▶ Send   POST"), "{}", stage.picture());
    // A word that is taken back leaves the one before.
    stage.press("enter");
    stage.press("enter");
    assert!(stage.picture().contains("▶ Send   POST"), "{}", stage.picture());
}

#[test]
fn a_cancelled_call_without_an_audit_row_says_so() {
    let mut stage = opened(120, 36);
    stage.press("s");
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Sent));
    stage.press("esc");
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Cancelled { may_have_happened: true }));
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::NotAudited(None)));
    assert!(stage.picture().contains("Not audited"), "{}", stage.picture());
}

#[test]
fn a_call_that_is_cancelled_says_what_that_means() {
    for (left, may_have_happened, said) in [
        (true, true, "Already sent: the provider may still have carried it out."),
        (false, false, "It was not sent."),
        // It left while the key was on its way.
        (false, true, "Already sent: the provider may still have carried it out."),
    ] {
        let mut stage = opened(120, 36);
        stage.press("s");
        assert!(stage.picture().contains("Not sent yet."));
        if left {
            stage.answer(Slot::Call, Answer::SendCall(CallEvent::Sent));
            assert!(stage.picture().contains("Sent; waiting for the answer."));
        }
        stage.press("ctrl-x");
        assert!(stage.pending.contains(&Effect::Cancel(Slot::Call)), "{:?}", stage.pending);
        if left {
            assert!(stage.picture().contains(said), "at once: {}", stage.picture());
            continue;
        }
        assert!(!stage.picture().contains("Cancelled"), "nobody knows yet: {}", stage.picture());
        stage.answer(Slot::Call, Answer::SendCall(CallEvent::Cancelled { may_have_happened }));
        assert!(stage.picture().contains(said), "{}", stage.picture());
    }
}

#[test]
fn what_a_paste_was_read_as_stands_above_the_request() {
    let paste = "curl.exe -k -X PUT \"https://api.acme.example/v1/items/$id?a=1\" `\n  -H \"X-Id: $env:ITEM\" `\n  \
                 -H \"Authorization: Bearer $token\" `\n  -H 'Content-Type: application/json' `\n  -d '{\\\"a\\\": 1}'";
    for (width, height) in SIZES {
        let mut stage = opened(width, height);
        stage.paste(paste);
        assert_snapshot!(format!("pasted_{width}x{height}"), stage.picture());
    }
}

#[test]
fn a_base_url_takes_the_place_of_the_host() {
    let mut stage = opened(120, 36);
    stage.paste("curl '{{base}}/user'");
    for key in ["j", "j", "j", "enter"] {
        stage.press(key);
    }
    stage.type_text("https://api.github.com/");
    stage.press("enter");
    assert!(stage.picture().contains("https://api.github.com/user"), "{}", stage.picture());
}

#[test]
fn a_variable_of_a_paste_stops_the_call_until_it_has_a_value() {
    let mut stage = opened(120, 36);
    stage.paste("curl 'https://api.acme.example/v1/me' -H \"X-Id: $ID\"");
    stage.press("enter");
    assert!(sent(&stage).is_empty(), "{}", stage.picture());
    assert!(stage.picture().contains("Replace $ID in the header X-Id first."), "{}", stage.picture());
    // The cursor is where it is missing.
    assert_eq!(stage.model.place(), grantdeck::app::keymap::Place::Field, "{}", stage.picture());
    stage.press("esc");
    // In single quotes it is no variable.
    stage.paste("curl 'https://api.acme.example/v1/me' -H 'X-Id: $ID'");
    stage.press("enter");
    assert_eq!(sent(&stage).len(), 1, "{}", stage.picture());
}

#[test]
fn a_pasted_body_that_is_no_json_says_that_the_mode_is_another() {
    let paste = |body: &str| {
        let mut stage = opened(120, 36);
        let command = format!("curl https://www.googleapis.com/upload -d '{body}'");
        stage.send(grantdeck::app::Msg::Paste(command));
        stage.picture()
    };
    let words = |picture: &str| picture.split_whitespace().collect::<Vec<_>>().join(" ");
    let raw = paste("a=1&b=2");
    assert!(words(&raw).contains("the mode is now retrieve"), "{raw}");
    let json = paste("{\"a\": 1}");
    assert!(!words(&json).contains("the mode is now") && words(&json).contains("Mode proxy"), "{json}");
}

#[test]
fn what_was_confirmed_is_sent_whatever_comes_meanwhile() {
    let mut stage = opened(120, 36);
    method(&mut stage, "POST");
    pick_operation(&mut stage);
    stage.press("s");
    stage.answer(Slot::Operations, Answer::ReadOperation(Ok(Box::new(operation()))));
    stage.decide("y");
    let calls = sent(&stage);
    assert_eq!((calls.len(), calls[0].draft.method.as_str()), (1, "POST"));
}

#[test]
fn an_operation_that_was_asked_for_another_grant_is_dropped() {
    let mut stage = opened(120, 36);
    pick_operation(&mut stage);
    let late = stage.ticket(Slot::Operations);
    stage.press("esc");
    stage.press("j");
    stage.press("c");
    let before = stage.picture();
    let answer = Box::new(Answer::ReadOperation(Ok(Box::new(operation()))));
    stage.send(grantdeck::app::Msg::Answer { ticket: late, answer });
    assert_eq!(stage.picture(), before);
}

#[test]
fn a_large_body_of_the_call_before_does_not_replace_the_newer_one() {
    let mut stage = opened(120, 36);
    stage.press("s");
    let large = format!("[{}1]", "0,".repeat(100_000));
    stage.answer(Slot::Call, answered(200, large.as_bytes()));
    let late = stage.ticket(Slot::Body);
    stage.press("s");
    stage.answer(Slot::Call, answered(200, b"{\"small\": true}"));
    let document = grantdeck::body::Document::open(large.into_bytes().into(), None, &|| false).unwrap();
    let answer = Box::new(Answer::OpenBody(document));
    stage.send(grantdeck::app::Msg::Answer { ticket: late, answer });
    assert!(stage.picture().contains("\"small\": true"), "{}", stage.picture());
}

#[test]
fn the_screen_of_a_call_at_every_size() {
    for size in SIZES {
        let named = |what: &str| format!("call_{what}_{}x{}", size.0, size.1);
        let mut stage = opened(size.0, size.1);
        assert_snapshot!(named("composed"), stage.picture());
        stage.press("s");
        stage.answer(Slot::Call, Answer::SendCall(CallEvent::Sent));
        stage.now.millis += 6_200;
        assert_snapshot!(named("sending"), stage.picture());
        let hostile = "{\"name\":\"a\u{202e}b\u{7}\",\"n\":[1,true,null],\"empty\":{}}";
        stage.answer(Slot::Call, answered(403, hostile.as_bytes()));
        assert_snapshot!(named("answered"), stage.picture());
        stage.press("s");
        let refused = Diagnosis::new(Code::RateLimitExceeded, Who::Alter, Retry::Later(None))
            .said("Too many requests.")
            .fact("status", "429");
        stage.answer(Slot::Call, Answer::SendCall(CallEvent::Failed(refused)));
        assert_snapshot!(named("failed"), stage.picture());
        let mut stage = opened(size.0, size.1);
        method(&mut stage, "POST");
        stage.press("s");
        assert_snapshot!(named("confirm"), stage.picture());
    }
}

#[test]
fn who_asks_and_why_is_said_at_first_and_can_be_changed() {
    let mut stage = Stage::new(120, 36);
    let context =
        vec![("operator".to_owned(), "ann".to_owned()), ("tool".to_owned(), "grantdeck".to_owned())];
    stage.saying(Attribution { reason: Some("on call".to_owned()), context: context.clone() });
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("c");
    let shown = stage.picture();
    assert!(shown.contains("on call") && shown.contains("operator") && shown.contains("ann"), "{shown}");
    stage.press("s");
    let call = sent(&stage).pop().unwrap();
    assert_eq!((call.draft.reason.as_deref(), &call.draft.context), (Some("on call"), &context));
}

#[test]
fn cause_and_fix_of_a_failed_call_are_seen_without_scrolling() {
    let long =
        "The policy of this grant does not let this application call the endpoint at this hour. ".repeat(4);
    let why = Diagnosis::new(Code::PolicyViolation, Who::Alter, Retry::AfterRemedy)
        .said(&long)
        .fact("status", "403")
        .fact("alter code", "outside_hours")
        .fact("request", "req_8f3a");
    let row = grantdeck::domain::remedy::for_code(Code::PolicyViolation);
    let last = |text: &str| text.split_whitespace().last().unwrap_or_default().to_owned();
    let mut stage = opened(60, 16);
    stage.press("s");
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Failed(why)));
    let picture = stage.picture();
    for want in ["Cause", "Fix", &last(&row.cause), &last(&row.remedy)] {
        assert!(picture.contains(want), "{want}\n{picture}");
    }
}

#[test]
fn a_key_that_means_nothing_now_says_why() {
    let mut stage = opened(120, 36);
    stage.press("A");
    assert!(stage.picture().contains("In proxy mode Alter decides about hosts."), "{}", stage.picture());
    stage.press("m");
    stage.press("A");
    assert!(stage.picture().contains("No host of this request waits"), "{}", stage.picture());
    stage.press("s");
    stage.answer(Slot::Call, answered(200, b"{}"));
    stage.press("m");
    assert!(stage.picture().contains("Nothing demands the other mode"), "{}", stage.picture());
    assert_eq!(sent(&stage).len(), 1, "nothing is sent for it");
}
