//! Privacy mode on every screen of a call: nothing that is drawn names a person or an id, but for a body that says so.

use grantdeck::app::{Answer, Msg, Slot};
use grantdeck::domain::{CallEvent, Code, Diagnosis, Retry, Who};

use super::calls::{answered, opened};
use super::held;
use super::stage::Stage;

/// Whatever is about a person here.
const NAMES: [&str; 8] =
    ["work@acme", "lena", "Lena", "0123456789ab", "octo-acme", "req_8f3a", "00000000-0000", "approve/1"];

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

fn names_nobody(stage: &Stage, what: &str) {
    let picture = stage.picture();
    for name in NAMES {
        assert!(!picture.contains(name), "{what} shows {name}\n{picture}");
    }
}

/// Both panes, from top to bottom.
fn look(stage: &mut Stage, what: &str) {
    for _ in 0..2 {
        stage.press("g g");
        for _ in 0..16 {
            names_nobody(stage, what);
            stage.press("j");
        }
        stage.press("tab");
    }
}

/// A request that names somebody wherever it can.
fn named(width: u16, height: u16) -> Stage {
    let mut stage = opened(width, height);
    stage.paste(
        "curl -X POST 'https://api.github.com/repos/octo-acme/lena?login=lena' -H 'X-User: lena' \
         -H 'Content-Type: application/json' -d '{\"to\": \"work@acme.com\"}'",
    );
    stage.press("z");
    stage
}

fn refused() -> Diagnosis {
    Diagnosis::new(Code::PolicyViolation, Who::Alter, Retry::AfterRemedy)
        .said("Lena may not do this")
        .fact("status", "403")
        .fact("alter code", "outside_hours")
        .fact("grant_id", "7c1f0a52-11aa-4c1e-9e2a-0123456789ab")
        .fact("path", "/users/lena")
        .fact("hint", "ask work@acme.com about 7c1f0a52-11aa-4c1e-9e2a-0123456789ab")
        .fact("request", "req_8f3a")
}

#[test]
fn a_request_names_nobody() {
    for (width, height) in SIZES {
        let mut stage = named(width, height);
        look(&mut stage, "the request");
        assert!(stage.picture().contains("api.github.com/repos/•••"), "{}", stage.picture());
        stage.press("s");
        assert!(stage.picture().contains("Send a call that may change data?"), "{}", stage.picture());
        names_nobody(&stage, "the question");
        stage.decide("y");
        names_nobody(&stage, "sending");
        stage.press("z");
        stage.press("tab");
        assert!(stage.picture().contains("work@acme.com"), "it is shown again\n{}", stage.picture());
    }
}

#[test]
fn what_came_of_a_call_names_nobody() {
    for (width, height) in SIZES {
        let mut stage = named(width, height);
        stage.press("s");
        stage.decide("y");
        stage.answer(Slot::Call, Answer::SendCall(CallEvent::Failed(refused())));
        look(&mut stage, "a failed call");
        stage.send(Msg::Fault(refused()));
        names_nobody(&stage, "the notice");
        assert!(stage.picture().contains("Alter's code: outside_hours"), "{}", stage.picture());
    }
}

#[test]
fn a_body_is_shown_and_said_not_to_be_masked() {
    for (width, height) in SIZES {
        let mut stage = named(width, height);
        stage.press("s");
        stage.decide("y");
        stage.answer(Slot::Call, answered(200, b"{\"name\": \"Tomas\"}"));
        let picture = stage.picture();
        assert!(picture.contains("Tomas") && picture.contains("; not masked"), "{picture}");
        names_nobody(&stage, "an answer");
        stage.press("z");
        assert!(!stage.picture().contains("not masked"), "{}", stage.picture());
    }
}

#[test]
fn a_held_call_shows_neither_its_id_nor_its_link() {
    for (width, height) in SIZES {
        let mut stage = held::waiting(width, height);
        stage.press("z");
        names_nobody(&stage, "a held call");
        stage.press("p");
        assert!(stage.model.shared.nav.popups().is_empty(), "{}", stage.picture());
        assert!(stage.picture().contains("Hidden in privacy mode; z shows it."), "{}", stage.picture());
        // A picture that is open is hidden by the same key.
        stage.press("z");
        stage.press("p");
        stage.press("z");
        names_nobody(&stage, "the picture");
        assert!(!stage.picture().contains('▀'), "{}", stage.picture());
        stage.press("esc");
        // A notice may go first.
        stage.press("esc");
        stage.press("esc");
        names_nobody(&stage, "a call that stays held");
    }
}

#[test]
fn a_past_call_is_masked_by_the_key_of_the_moment() {
    let mut stage = super::history::held_one(120, 36);
    assert!(stage.picture().contains("00000000-0000"), "{}", stage.picture());
    stage.press("z");
    look(&mut stage, "a past call");
}
