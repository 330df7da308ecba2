//! The request as a form: fields are filled one after the other, and nothing that is typed runs a command.

use grantdeck::app::keymap::Place;
use grantdeck::app::requests::{CopyOut, SendCall};
use grantdeck::app::{Answer, Effect, Job, Msg, Slot};
use grantdeck::domain::{CallEvent, DraftBody, PendingApproval, RequestDraft};
use insta::assert_snapshot;

use super::calls::{answered, opened};
use super::stage::Stage;

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

fn draft(stage: &Stage) -> &RequestDraft {
    stage.model.call.as_ref().unwrap().composer.draft()
}

/// Presses a key of the form, after which a field is still edited.
fn edits(stage: &mut Stage, key: &str) {
    stage.press(key);
    let place = stage.model.place();
    assert!(matches!(place, Place::Field | Place::Editor), "{key} left edit mode: {}", stage.picture());
    assert!(stage.model.shared.nav.popups().is_empty(), "{key} opened something: {}", stage.picture());
}

/// Fills method, URL, two places, a header and a body.
fn filled(width: u16, height: u16) -> Stage {
    let mut stage = opened(width, height);
    stage.press("j");
    edits(&mut stage, "enter");
    stage.type_text("POST");
    edits(&mut stage, "tab");
    edits(&mut stage, "ctrl-u");
    stage.type_text("https://api.github.com/repos/{owner}/{repo}/issues");
    edits(&mut stage, "down");
    stage.type_text("octo-acme");
    edits(&mut stage, "tab");
    stage.type_text("web");
    edits(&mut stage, "down");
    edits(&mut stage, "tab");
    stage.type_text("X-GitHub-Api-Version: 2022-11-28");
    edits(&mut stage, "down");
    edits(&mut stage, "down");
    stage.type_text("{");
    edits(&mut stage, "enter");
    stage.type_text("  \"title\": \"web\"");
    edits(&mut stage, "enter");
    stage.type_text("}");
    stage
}

#[test]
fn a_form_is_filled_from_top_to_bottom_without_leaving_edit_mode() {
    for (width, height) in SIZES {
        let mut stage = filled(width, height);
        assert_snapshot!(format!("form_body_{width}x{height}"), stage.picture());
        let cursor = stage.model.call.as_ref().unwrap().composer.fields().len();
        assert!(cursor > 10);
        // The body keeps the arrow keys until its edge.
        edits(&mut stage, "up");
        edits(&mut stage, "up");
        assert_eq!(stage.model.place(), Place::Editor, "{}", stage.picture());
        edits(&mut stage, "up");
        assert_eq!(stage.model.place(), Place::Field, "the field before: {}", stage.picture());
        edits(&mut stage, "up");
        assert!(stage.picture().contains("X-GitHub-Api-Version: 2022-11-28"), "{}", stage.picture());
        // And back, past the body, to the end; there is no further field.
        for _ in 0..9 {
            edits(&mut stage, "tab");
        }
        stage.type_text("30");
        edits(&mut stage, "down");
        assert_snapshot!(format!("form_end_{width}x{height}"), stage.picture());
        for _ in 0..20 {
            edits(&mut stage, "shift-tab");
        }
        stage.press("enter");
        assert_eq!(stage.model.place(), Place::Composer);
        assert_snapshot!(format!("form_filled_{width}x{height}"), stage.picture());
        let draft = draft(&stage);
        assert_eq!(draft.method, "POST");
        assert_eq!(draft.url, "https://api.github.com/repos/{owner}/{repo}/issues");
        let place = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(draft.path_parameters, [place("owner", "octo-acme"), place("repo", "web")]);
        assert_eq!(draft.headers, [place("X-GitHub-Api-Version", "2022-11-28")]);
        let DraftBody::Json(body) = &draft.body else { panic!("{:?}", draft.body) };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, serde_json::json!({ "title": "web" }));
        let sent = draft.clone();
        stage.press("s");
        stage.decide("y");
        let calls = stage.pending.iter().filter_map(|effect| match effect {
            Effect::Start { job: Job::SendCall(SendCall(request)), .. } => Some(&request.draft),
            _ => None,
        });
        assert_eq!(calls.collect::<Vec<_>>(), [&sent]);
    }
}

#[test]
fn what_cannot_stand_in_a_field_keeps_it_open_and_a_list_takes_several() {
    let mut stage = opened(120, 36);
    for _ in 0..4 {
        stage.press("j");
    }
    edits(&mut stage, "enter");
    stage.type_text("no colon");
    edits(&mut stage, "tab");
    assert!(stage.picture().contains("Write headers as Name: value."), "{}", stage.picture());
    edits(&mut stage, "ctrl-u");
    for header in ["A: 1", "B: 2", "C: 3"] {
        stage.type_text(header);
        edits(&mut stage, "down");
    }
    let names = |stage: &Stage| draft(stage).headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&stage), ["A", "B", "C"]);
    // One that is emptied is gone, and the one below it is edited.
    edits(&mut stage, "up");
    edits(&mut stage, "up");
    edits(&mut stage, "ctrl-u");
    edits(&mut stage, "down");
    assert_eq!(names(&stage), ["A", "C"]);
    edits(&mut stage, "ctrl-u");
    stage.type_text("D: 4");
    edits(&mut stage, "ctrl-z");
    edits(&mut stage, "up");
    assert_eq!(names(&stage), ["A", "C"], "the field was restored");
}

#[test]
fn the_mode_is_switched_inside_the_form() {
    let mut stage = opened(120, 36);
    stage.press("b");
    for _ in 0..3 {
        edits(&mut stage, "tab");
    }
    stage.type_text("web");
    assert!(stage.picture().contains("Mode     proxy"), "letters switch nothing: {}", stage.picture());
    edits(&mut stage, "space");
    assert!(stage.picture().contains("Mode     retrieve"), "{}", stage.picture());
    edits(&mut stage, "left");
    stage.press("esc");
    assert!(stage.picture().contains("Mode     proxy"), "{}", stage.picture());
}

/// What stands in the request's pane, without frames and line breaks.
fn request(stage: &Stage) -> String {
    let pane = |line: &str| line.chars().skip(1).take_while(|c| !matches!(c, '│' | '┃')).collect::<String>();
    stage.picture().lines().map(|line| pane(line).replace('▌', " ").trim().to_owned()).collect()
}

#[test]
fn a_long_url_is_read_to_its_end() {
    let default = "https://openidconnect.googleapis.com/v1/userinfo";
    for (width, height) in [(120, 36), (80, 24)] {
        let stage = opened(width, height);
        assert!(request(&stage).contains(default), "{}", stage.picture());
    }
    let long =
        format!("https://www.googleapis.com/calendar/v3/calendars/{}/events", "work-at-acme-".repeat(8));
    for open in [false, true] {
        let mut stage = opened(120, 36);
        stage.send(Msg::Paste(format!("curl {long}")));
        stage.press("j");
        stage.press("j");
        if open {
            edits(&mut stage, "enter");
        }
        assert!(request(&stage).contains(&long), "{}", stage.picture());
    }
}

#[test]
fn what_is_only_a_hint_stands_in_parentheses() {
    let mut stage = opened(120, 36);
    let picture = stage.picture();
    for hint in [
        "(name=value)",
        "(Name: value)",
        "(none)",
        "(why; ",
        "(name=value, sent to Alter)",
        "(backend's default)",
    ] {
        assert!(picture.contains(hint), "{hint}: {picture}");
    }
    stage.send(Msg::Paste("curl https://api.github.com/repos/{owner}".to_owned()));
    assert!(stage.picture().contains("{owner} (required)"), "{}", stage.picture());
    stage.press("p");
    assert!(stage.picture().contains("(type to filter)"), "{}", stage.picture());
    for _ in 0..3 {
        stage.press("esc");
    }
    stage.press("/");
    assert!(stage.picture().contains("(account, provider"), "{}", stage.picture());
}

#[test]
fn undo_brings_back_what_a_preset_or_a_paste_replaced() {
    let mut stage = opened(120, 36);
    stage.press("b");
    stage.type_text("{\"title\":\"an hour of work\"}");
    stage.press("esc");
    let mine = draft(&stage).clone();
    stage.press("p");
    stage.press("enter");
    stage.send(Msg::Paste("curl https://www.googleapis.com/other".to_owned()));
    assert_ne!(draft(&stage), &mine);
    stage.press("ctrl-z");
    stage.press("ctrl-z");
    assert_eq!(draft(&stage), &mine);
    stage.press("ctrl-z");
    assert_eq!(draft(&stage).body, DraftBody::Empty);
    stage.press("ctrl-z");
    assert!(stage.picture().contains("Nothing to undo."), "{}", stage.picture());
    // Undo in a body that was only opened takes nothing.
    stage.press("b");
    stage.type_text("{}");
    stage.press("esc");
    stage.press("b");
    stage.press("ctrl-u");
    stage.press("ctrl-z");
    stage.press("esc");
    assert_eq!(draft(&stage).body, DraftBody::Json("{}".to_owned()));
}

#[test]
fn only_what_somebody_wrote_and_did_not_send_is_asked_about() {
    let quits = |stage: &Stage| stage.pending.iter().any(|effect| matches!(effect, Effect::Quit(_)));
    let as_it_comes: [fn(&mut Stage); 4] = [
        |_| (),
        |stage| {
            stage.press("p");
            stage.press("enter");
        },
        |stage| stage.press("m"),
        |stage| {
            stage.press("b");
            stage.type_text("{}");
            stage.press("ctrl-s");
            stage.decide("y");
            stage.answer(Slot::Call, answered(200, b"{}"));
        },
    ];
    for (at, prepare) in as_it_comes.iter().enumerate() {
        let mut stage = opened(120, 36);
        prepare(&mut stage);
        stage.press("q");
        assert!(quits(&stage), "{at}: {}", stage.picture());
    }
    let mut stage = opened(120, 36);
    stage.send(Msg::Paste("curl https://www.googleapis.com/mine".to_owned()));
    stage.press("q");
    assert!(!quits(&stage) && stage.picture().contains("was edited and not sent"), "{}", stage.picture());
}

/// A held call with this link.
fn held(width: u16, height: u16, url: &str) -> Stage {
    let mut stage = opened(width, height);
    stage.press("s");
    let held = PendingApproval { url: url.to_owned(), ..super::bodies::held() };
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Held(held)));
    stage
}

#[test]
fn the_link_of_a_held_call_is_whole_and_is_copied_by_a_key() {
    let link = format!("https://wallet.alterauth.com/approve/{}", "a".repeat(32));
    for stop in [false, true] {
        let mut stage = held(120, 36, &link);
        if stop {
            stage.press("esc");
        }
        assert!(stage.picture().contains(&link), "{}", stage.picture());
        stage.press("y");
        let copied = stage.pending.iter().rev().find_map(|effect| match effect {
            Effect::Start { job: Job::CopyOut(CopyOut(text)), .. } => Some(text.text.to_string()),
            _ => None,
        });
        assert_eq!(copied.as_deref(), Some(link.as_str()));
    }
    // Where a pane has no room for it, the window with the picture has.
    let long = format!("https://wallet.alterauth.com/approve/{}", uuid::Uuid::from_u128(7));
    let mut stage = held(80, 24, &long);
    assert!(stage.picture().contains(&long), "{}", stage.picture());
    stage.press("p");
    assert!(stage.picture().contains(&long), "{}", stage.picture());
}
