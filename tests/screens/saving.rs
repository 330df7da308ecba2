//! What of an answer is saved and copied, and that a file is written as it was asked for.

use grantdeck::app::requests::{CopyOut, Filtered, SaveBody};
use grantdeck::app::{Answer, Effect, Job, Msg, Slot};
use grantdeck::domain::{Clean, Saved};

use super::bodies::{document, gives, job, looked_at, wrong};
use super::stage::Stage;

/// The prompt over an answer, with another path in it.
pub(crate) fn prompt(stage: &mut Stage, path: &str) {
    stage.press("S");
    stage.press("ctrl-u");
    stage.type_text(path);
}

pub(crate) fn exists(path: &str) -> Answer {
    Answer::SaveBody(Ok(Saved::Exists { path: Clean::line(path), bytes: 12 }))
}

#[test]
fn a_prompt_that_was_left_while_it_was_busy_answers_to_no_other_prompt() {
    for written in [true, false] {
        let mut stage = looked_at((120, 36));
        prompt(&mut stage, "one.json");
        stage.press("enter");
        let late = stage.ticket(Slot::Save);
        stage.press("esc");
        assert!(stage.pending.contains(&Effect::Cancel(Slot::Save)));
        assert!(stage.picture().contains("may still be written"), "{}", stage.picture());
        prompt(&mut stage, "two.json");
        let before = stage.model.shared.nav.popups().len();
        let answer = if written {
            Answer::SaveBody(Ok(Saved::Written { path: Clean::line("one.json"), bytes: 12 }))
        } else {
            exists("one.json")
        };
        stage.send(Msg::Answer { ticket: late, answer: Box::new(answer) });
        assert_eq!(
            stage.model.shared.nav.popups().len(),
            before,
            "the prompt for another file stands as it was"
        );
        stage.press("enter");
        assert!(
            matches!(job(&stage, Slot::Save), Job::SaveBody(SaveBody { path, replace: false, .. }) if path == "two.json"),
            "{:?}",
            job(&stage, Slot::Save)
        );
    }
}

#[test]
fn what_is_replaced_is_the_file_that_the_question_was_about() {
    let mut stage = looked_at((120, 36));
    prompt(&mut stage, "one.json");
    stage.press("enter");
    stage.answer(Slot::Save, exists("/home/me/one.json"));
    // Whatever the prompt below holds by then.
    let overlay = stage.model.shared.nav.popups_mut().iter_mut().find_map(|overlay| match overlay {
        grantdeck::app::nav::View::Save(save) => Some(save),
        _ => None,
    });
    overlay.unwrap().input = "two.json".into();
    stage.decide("y");
    assert!(
        matches!(job(&stage, Slot::Save), Job::SaveBody(SaveBody { path, replace: true, .. }) if path == "one.json"),
        "{:?}",
        job(&stage, Slot::Save)
    );
}

/// Presses the keys that save and copy all of it; neither may do anything.
fn takes_nothing(stage: &mut Stage, why: &str) {
    for key in ["S", "Y"] {
        stage.model.shared.toasts.dismiss(stage.now);
        let copies = copied(stage).len();
        stage.press(key);
        assert!(
            stage.model.shared.nav.popups().is_empty() && copied(stage).len() == copies,
            "{key} took what was left"
        );
        assert!(stage.picture().contains(why), "{key}: {}", stage.picture());
    }
}

fn copied(stage: &Stage) -> Vec<String> {
    let copies = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::CopyOut(CopyOut(text)), .. } => Some(text.label.to_string()),
        _ => None,
    });
    copies.collect()
}

#[test]
fn what_another_filter_gave_is_neither_saved_nor_copied() {
    let mut stage = looked_at((120, 36));
    stage.press("|");
    stage.type_text(".x");
    stage.press("enter");
    takes_nothing(&mut stage, "The filter has not run yet");
    stage.answer(Slot::Filter, gives("7\n", 1));
    stage.press("Y");
    assert_eq!(copied(&stage), ["the filter result"]);
    stage.press("|");
    stage.type_text("y");
    stage.press("enter");
    takes_nothing(&mut stage, "The filter has not run yet");
    stage.answer(Slot::Filter, wrong("jq: it is wrong"));
    takes_nothing(&mut stage, "The filter is invalid");
    stage.model.shared.toasts.dismiss(stage.now);
    stage.press("esc");
    stage.press("Y");
    assert_eq!(copied(&stage).last().map(String::as_str), Some("the body"), "{}", stage.picture());
}

#[test]
fn what_a_filter_gave_is_said_to_be_cut_where_it_is() {
    let mut stage = looked_at((120, 36));
    stage.press("|");
    stage.type_text(".x");
    let filtered = Filtered { document: document("7\n"), values: 1, truncated: true };
    stage.answer(Slot::Filter, Answer::FilterBody(Ok(filtered)));
    stage.press("enter");
    stage.press("Y");
    assert_eq!(copied(&stage), ["the beginning of the filter result"]);
    stage.press("S");
    let picture = stage.picture();
    assert!(picture.contains("Beginning of the filter result, 2 bytes"), "{picture}");
    assert!(picture.contains("was truncated"), "{picture}");
}
