//! What is missing in a request, or not wanted, is said before anybody is asked, and can be typed at once.

use grantdeck::app::keymap::Place;
use grantdeck::app::requests::SendCall;
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::change::{ChangePlan, DiffKind, DiffLine, FileChange, Piece, PieceKind, PlanId};
use grantdeck::domain::smoke::{SmokeEvent, SmokeSummary, Verdict};
use grantdeck::domain::{CallEvent, CallRequest, Clean, DraftBody, PendingApproval, RequestDraft};
use insta::assert_snapshot;

use super::calls::opened;
use super::stage::Stage;
use super::{bodies, fixtures, scanning, testing};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

fn sent(stage: &Stage) -> Vec<&CallRequest> {
    let calls = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::SendCall(SendCall(request)), .. } => Some(&**request),
        _ => None,
    });
    calls.collect()
}

fn draft(stage: &Stage) -> &RequestDraft {
    stage.model.call.as_ref().unwrap().composer.draft()
}

fn words(picture: &str) -> String {
    let text = picture.replace(['│', '┃', '║'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn sending_with_an_empty_place_goes_there_to_be_typed() {
    for (width, height) in SIZES {
        let mut stage = opened(width, height);
        stage.paste("curl https://www.googleapis.com/{one}/{two}");
        stage.press("s");
        assert!(sent(&stage).is_empty());
        assert_eq!(stage.model.place(), Place::Field, "{}", stage.picture());
        assert!(stage.picture().contains("Fill in {one} first."), "{}", stage.picture());
        assert_snapshot!(format!("place_missing_{width}x{height}"), stage.picture());
        stage.type_text("a");
        stage.press("enter");
        stage.press("s");
        stage.type_text("b");
        // What is typed there is not missing any more.
        let below = stage.picture().matches("Fill in {two} first.").count();
        assert_eq!(below, 1, "the notice alone: {}", stage.picture());
        stage.press("enter");
        stage.press("s");
        assert_eq!(sent(&stage).len(), 1, "{}", stage.picture());
    }
}

#[test]
fn what_is_missing_is_typed_from_the_other_pane_too() {
    let mut stage = opened(80, 24);
    stage.paste("curl https://www.googleapis.com/{one}");
    stage.press("tab");
    assert_eq!(stage.model.place(), Place::Response);
    stage.press("s");
    assert_eq!(stage.model.place(), Place::Field, "{}", stage.picture());
    assert!(stage.picture().contains("{one}"), "{}", stage.picture());
}

#[test]
fn braces_of_a_query_are_no_fields() {
    let mut stage = opened(120, 36);
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.press("ctrl-u");
    stage.type_text("https://www.googleapis.com/x?fields=posts{message}");
    stage.press("enter");
    assert!(!stage.picture().contains("(required)"), "{}", stage.picture());
    stage.press("s");
    assert_eq!(sent(&stage).len(), 1, "{}", stage.picture());
    // What a pasted command leaves open is one; it can be made plain.
    let mut stage = opened(120, 36);
    stage.paste("curl 'https://www.googleapis.com/x?q={term}'");
    stage.press("s");
    assert!(stage.picture().contains("Fill in {term} first."), "{}", stage.picture());
    stage.press("esc");
    stage.press("d");
    assert!(!stage.picture().contains("(required)"), "{}", stage.picture());
    stage.press("s");
    assert_eq!(sent(&stage).len(), 1, "{}", stage.picture());
}

#[test]
fn a_paste_into_a_field_goes_on_editing_and_enter_does_not_send() {
    let mut stage = opened(120, 36);
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.paste("curl https://www.googleapis.com/pasted");
    assert_eq!(stage.model.place(), Place::Field, "{}", stage.picture());
    stage.type_text("/on");
    stage.press("enter");
    assert_eq!(draft(&stage).url, "https://www.googleapis.com/pasted/on");
    assert!(sent(&stage).is_empty() && stage.model.place() == Place::Composer, "{}", stage.picture());
    // A field that no request fills keeps what was typed.
    let mut stage = opened(120, 36);
    stage.press("j");
    stage.press("enter");
    // URL, query, headers, body, reason.
    for _ in 0..5 {
        stage.press("tab");
    }
    stage.type_text("a reason");
    stage.paste("curl https://www.googleapis.com/other");
    stage.type_text(" more");
    stage.press("enter");
    assert!(sent(&stage).is_empty());
    assert_eq!(draft(&stage).reason.as_deref(), Some("a reason more"), "{}", stage.picture());
    assert_eq!(draft(&stage).url, "https://www.googleapis.com/other");
}

#[test]
fn a_pasted_form_is_taken_without_its_body_which_has_to_be_written() {
    for (options, why) in [
        ("-F file=@a.png", "-F sends a multipart form."),
        ("-d @body.json", "-d reads it from a file, which is not read here."),
    ] {
        let paste = format!("curl https://www.googleapis.com/upload -H 'X-A: 1' {options}");
        let mut stage = opened(80, 24);
        stage.paste(&paste);
        let picture = words(&stage.picture());
        assert!(picture.contains("Body skipped:") && picture.contains(why), "{picture}");
        assert_eq!(draft(&stage).method, "POST");
        stage.press("s");
        assert!(sent(&stage).is_empty() && stage.model.shared.nav.popups().is_empty(), "{}", stage.picture());
        assert!(stage.picture().contains("Write the body first"), "{}", stage.picture());
        assert_eq!(stage.model.place(), Place::Editor, "{}", stage.picture());
        stage.type_text("{\"a\":1}");
        stage.press("esc");
        assert!(!words(&stage.picture()).contains("not taken over"), "{}", stage.picture());
        stage.press("s");
        assert_eq!(stage.model.shared.nav.popups().len(), 1, "it is asked about: {}", stage.picture());

        let mut stage = opened(80, 24);
        stage.paste(&paste);
        stage.press("s");
        stage.press("esc");
        stage.press("d");
        assert!(!words(&stage.picture()).contains("not taken over"), "{}", stage.picture());
        stage.press("s");
        assert_eq!(stage.model.shared.nav.popups().len(), 1, "sent without one: {}", stage.picture());
        assert_eq!(draft(&stage).body, DraftBody::Empty);
    }
    for (width, height) in SIZES {
        let mut stage = opened(width, height);
        stage.paste("curl https://www.googleapis.com/upload -F file=@a.png");
        assert_snapshot!(format!("pasted_form_{width}x{height}"), stage.picture());
    }
}

#[test]
fn a_body_that_is_no_json_is_as_it_was_when_the_mode_comes_back() {
    let mut stage = opened(120, 36);
    stage.paste("curl https://www.googleapis.com/upload -d To=+123 -d Body=hi");
    let raw = draft(&stage).body.clone();
    assert_eq!(raw, DraftBody::Raw(b"To=+123&Body=hi".to_vec()));
    stage.press("m");
    assert_eq!(
        draft(&stage).body,
        DraftBody::Json("To=+123&Body=hi".to_owned()),
        "proxy mode, which takes JSON only"
    );
    stage.press("m");
    assert_eq!(draft(&stage).body, raw);
    assert!(stage.picture().contains("raw, 15 bytes"), "{}", stage.picture());
}

#[test]
fn a_host_that_is_not_allowed_is_said_before_anything_is_asked() {
    let mut stage = opened(120, 36);
    stage.paste("curl -X DELETE https://evil.example/all");
    assert!(stage.picture().contains("may change data; Alter may refuse the host"), "{}", stage.picture());
    stage.press("s");
    assert!(stage.picture().contains("Alter may refuse this host: it is not a known"), "{}", stage.picture());
    stage.decide("n");
    stage.press("m");
    let picture = stage.picture();
    assert!(picture.contains("! This host may not receive the credential."), "{picture}");
    assert_snapshot!("host_strange_120x36", picture);
    stage.press("s");
    let picture = stage.picture();
    assert!(sent(&stage).is_empty() && stage.model.shared.nav.popups().is_empty(), "{picture}");
    let message = words(&picture);
    assert!(message.contains("This host may not receive the credential. Check the URL."), "{picture}");
    stage.press("A");
    stage.type_text("evil.example");
    stage.decide("enter");
    assert!(stage.picture().contains("Send a call that may change data?"), "{}", stage.picture());
    stage.decide("y");
    assert_eq!(sent(&stage).iter().map(|call| &call.allowed[..]).collect::<Vec<_>>(), [["evil.example"]]);
    // The provider's own hosts, and what only its sender can judge, are not spoken of.
    for url in ["https://www.googleapis.com/x", "https://127.0.0.1/x", "https://münchen.example/x"] {
        let mut stage = opened(120, 36);
        stage.press("m");
        stage.paste(&format!("curl '{url}'"));
        assert!(!stage.picture().contains("this host"), "{url}: {}", stage.picture());
    }
}

#[test]
fn the_link_of_a_held_call_is_on_one_line_or_shortened() {
    let link = format!("https://wallet.alterauth.com/approve/{}", uuid::Uuid::from_u128(7));
    for (width, height) in SIZES {
        for stop in [false, true] {
            let mut stage = opened(width, height);
            stage.press("s");
            let held = PendingApproval { url: link.clone(), ..bodies::held() };
            stage.answer(Slot::Call, Answer::SendCall(CallEvent::Held(held)));
            if stop {
                stage.press("esc");
            }
            let picture = stage.picture();
            let is_whole = picture.lines().any(|line| line.contains(&link));
            assert_eq!(is_whole, width >= 80, "{picture}");
            assert!(is_whole || picture.contains("…"), "{picture}");
            if !stop {
                assert_snapshot!(format!("held_link_{width}x{height}"), picture);
            }
        }
    }
}

#[test]
fn what_a_scan_asks_is_read_whole() {
    for (width, height) in SIZES {
        let mut stage = opened(width, height);
        stage.press("esc");
        stage.press("i");
        let picture = words(&stage.picture());
        assert!(picture.contains("and files over 5 MiB."), "{picture}");
    }
}

#[test]
fn a_change_that_is_longer_than_its_window_says_how_it_is_scrolled() {
    let plan = |count: usize| {
        let line = DiffLine {
            kind: DiffKind::Added,
            old: None,
            new: Some(1),
            pieces: vec![Piece::new(PieceKind::Name, "google")],
        };
        let lines = vec![line; count];
        let file = FileChange { path: Clean::line("/w/.env"), is_new: false, notes: Vec::new(), lines };
        let summary = "2 ids in 2 files".to_owned();
        ChangePlan { id: PlanId(1), summary, files: vec![file], failed: Vec::new() }
    };
    for (count, scrolls) in [(60, true), (1, false)] {
        let mut stage = scanning::scanned(80, 24);
        stage.press("R");
        stage.answer(Slot::Change, Answer::PlanChange(Ok(plan(count))));
        assert_eq!(stage.picture().contains("j scroll"), scrolls, "{}", stage.picture());
    }
}

#[test]
fn a_question_covers_the_bar_of_the_list_behind_it() {
    for width in [60, 80] {
        let mut stage = opened(width, 24);
        stage.paste("curl -X DELETE https://www.googleapis.com/x");
        stage.press("s");
        let picture = stage.picture();
        let mut lines =
            picture.lines().skip_while(|line| !line.contains("╭ Send a call that may change data?"));
        assert!(lines.next().is_some_and(|title| title.starts_with("│╭")), "{picture}");
        assert!(lines.take_while(|line| !line.contains('╰')).all(|line| !line.contains('▌')), "{picture}");
    }
}

#[test]
fn the_remedy_of_a_grant_that_is_over_is_said_once() {
    // The list's rows stand between the lines of the detail.
    let remedy = "A revoked grant cannot be restored; connect the account";
    let mut stage = Stage::open(200, 50);
    let mut company = fixtures::company();
    company[0].status = grantdeck::domain::Status::Revoked;
    let event = testing::result(&company[0], Verdict::Revoked, |_| ());
    stage.page(company, 8, None);
    stage.done(8);
    stage.press("t");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(testing::plan(1, 0))));
    testing::apply(&mut stage, vec![SmokeEvent::Planned(testing::plan(1, 0)), event]);
    testing::apply(&mut stage, vec![SmokeEvent::Done(SmokeSummary::default())]);
    stage.press("esc");
    let picture = words(&stage.picture());
    assert!(picture.contains("Tested ✗ revoked"), "{picture}");
    assert_eq!(picture.matches(remedy).count(), 1, "{picture}");
}
