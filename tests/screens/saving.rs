//! What of an answer is saved and copied, and that a file is written as it was asked for.

use grantdeck::app::msg::Saved;
use grantdeck::app::{Answer, Effect, Job, Msg, Slot};
use grantdeck::domain::Clean;

use super::bodies::{job, looked_at};
use super::stage::Stage;

/// The prompt over an answer, with another path in it.
fn prompt(stage: &mut Stage, path: &str) {
    stage.press("S");
    stage.press("ctrl-u");
    stage.type_text(path);
}

fn exists(path: &str) -> Answer {
    Answer::Saved(Ok(Saved::Exists { path: Clean::line(path), bytes: 12 }))
}

#[test]
fn a_prompt_that_was_left_while_it_was_busy_answers_to_no_other_prompt() {
    for written in [true, false] {
        let mut stage = looked_at((120, 36));
        prompt(&mut stage, "one.json");
        stage.press("enter");
        let late = stage.ticket(Slot::Save);
        stage.press("esc");
        assert!(stage.wishes.contains(&Effect::Cancel(Slot::Save)));
        assert!(stage.picture().contains("may be written all the same"), "{}", stage.picture());
        prompt(&mut stage, "two.json");
        let before = stage.model.overlays.len();
        let answer = if written {
            Answer::Saved(Ok(Saved::Written { path: Clean::line("one.json"), bytes: 12 }))
        } else {
            exists("one.json")
        };
        stage.send(Msg::Answer { ticket: late, answer: Box::new(answer) });
        assert_eq!(stage.model.overlays.len(), before, "the prompt for another file stands as it was");
        stage.press("enter");
        assert!(
            matches!(job(&stage, Slot::Save), Job::Save { path, replace: false, .. } if path == "two.json"),
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
    let overlay = stage.model.overlays.iter_mut().find_map(|overlay| match overlay {
        grantdeck::app::overlays::Overlay::Save(save) => Some(save),
        _ => None,
    });
    overlay.unwrap().input = "two.json".into();
    stage.press("enter");
    assert!(
        matches!(job(&stage, Slot::Save), Job::Save { path, replace: true, .. } if path == "one.json"),
        "{:?}",
        job(&stage, Slot::Save)
    );
}
