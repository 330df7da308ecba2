//! Every question that is asked before something happens: a key that was pressed before it could be read, comes in a
//! burst or is held down answers none of them.

use grantdeck::app::requests::SaveBody;
use grantdeck::app::{Answer, Effect, Job, Msg, Slot};
use grantdeck::domain::{CallEvent, Code, Diagnosis, Retry, RowId, Who};

use super::stage::Stage;
use super::{bodies, calls, copying, history, revoking, saving, scanning, testing, write_policy};

/// One way to a question.
struct Question {
    name: &'static str,
    /// The screen before the key.
    before: fn() -> Stage,
    /// The key that opens it.
    key: &'static str,
    /// What has to be answered first.
    arrives: fn(&mut Stage),
    /// What must be typed.
    word: Option<&'static str>,
}

const fn asks(name: &'static str, before: fn() -> Stage, key: &'static str) -> Question {
    Question { name, before, key, arrives: |_| (), word: None }
}

const fn plans(name: &'static str, before: fn() -> Stage, key: &'static str) -> Question {
    Question { name, before, key, arrives: change_planned, word: None }
}

const fn typed(name: &'static str, before: fn() -> Stage, key: &'static str, word: &'static str) -> Question {
    Question { name, before, key, arrives: |_| (), word: Some(word) }
}

const QUESTIONS: &[Question] = &[
    asks("send a write", deleting, "s"),
    asks("send a pasted write", deleting, "enter"),
    asks("send from a field", in_a_field, "ctrl-s"),
    asks("send from the body", in_the_body, "ctrl-s"),
    asks("send a write again", answered_write, "s"),
    typed("send in production", in_production, "s", "acme-live"),
    Question {
        name: "send a past write again",
        before: at_a_past_write,
        key: "s",
        arrives: |stage| answer_if(stage, Slot::Record, |stage| history::answer_record(stage, 2)),
        word: None,
    },
    asks("forget a call", in_history, "x"),
    typed("delete all calls", in_history, "X", "forget"),
    typed("allow a host", host_refused, "A", "api.acme.example"),
    Question {
        name: "replace a file",
        before: saving_over,
        key: "enter",
        arrives: |stage| {
            answer_if(stage, Slot::Save, |stage| stage.answer(Slot::Save, saving::exists("/a.json")));
        },
        word: None,
    },
    Question {
        name: "test many",
        before: || testing::opened(120, 36),
        key: "T",
        arrives: |stage| {
            let plan = Answer::PlanSmoke(Ok(testing::plan(128, 112)));
            answer_if(stage, Slot::Smoke, |stage| stage.answer(Slot::Smoke, plan));
        },
        word: None,
    },
    asks("revoke a grant", || revoking::one(120, 36), "enter"),
    typed("revoke several", || revoking::many(120, 36, 3), "enter", "3"),
    asks("take a grant away from an agent", revoking::at_an_agent, "enter"),
    asks("quit during a revocation", while_revoking, "q"),
    plans("write an id", copy_menu, "w"),
    plans("replace an id", scanned, "s"),
    plans("replace an id by Enter", scanned, "enter"),
    plans("repair all", scanned, "R"),
    asks("quit while a call runs", sending, "q"),
    asks("quit by ctrl-c", sending, "ctrl-c"),
    asks("quit during a smoke test", || testing::running(120, 36), "q"),
    asks("quit with an unsent request", edited, "q"),
    asks("switch with an unsent request", switching, "enter"),
    asks("compose anew over an unsent request", at_another_grant, "c"),
];

fn answer_if(stage: &mut Stage, slot: Slot, answer: impl FnOnce(&mut Stage)) {
    if stage.model.shared.slots.is_open(slot) {
        answer(stage);
    }
}

fn change_planned(stage: &mut Stage) {
    answer_if(stage, Slot::Change, |stage| copying::planned(stage, Ok(copying::plan(1))));
}

fn deleting() -> Stage {
    let mut stage = calls::opened(120, 36);
    stage.send(Msg::Paste("curl -X DELETE https://www.googleapis.com/calendar/v3/calendars/x".to_owned()));
    stage
}

fn in_a_field() -> Stage {
    let mut stage = deleting();
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage
}

fn in_the_body() -> Stage {
    let mut stage = deleting();
    stage.press("b");
    stage
}

fn answered_write() -> Stage {
    let mut stage = deleting();
    stage.press("s");
    stage.decide("y");
    stage.answer(Slot::Call, calls::answered(200, b"{}"));
    stage
}

fn in_production() -> Stage {
    write_policy::writing(120, 36, write_policy::write_policy(true, false))
}

fn in_history() -> Stage {
    history::opened(120, 36)
}

fn at_a_past_write() -> Stage {
    let mut stage = in_history();
    stage.press("j");
    stage.press("j");
    stage
}

fn host_refused() -> Stage {
    let mut stage = calls::opened(120, 36);
    stage.press("s");
    let refused = Diagnosis::new(Code::HostNotAllowed, Who::You, Retry::AfterRemedy);
    let refused = refused.fact("host", "api.acme.example");
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Failed(refused)));
    stage
}

fn saving_over() -> Stage {
    let mut stage = bodies::looked_at((120, 36));
    saving::prompt(&mut stage, "a.json");
    stage
}

fn copy_menu() -> Stage {
    let mut stage = copying::listed(120, 36);
    stage.press("Y");
    stage
}

fn scanned() -> Stage {
    scanning::scanned(120, 36)
}

fn while_revoking() -> Stage {
    let mut stage = revoking::one(120, 36);
    revoking::confirm(&mut stage, None);
    stage
}

fn sending() -> Stage {
    let mut stage = calls::opened(120, 36);
    stage.press("s");
    stage
}

fn edited() -> Stage {
    let mut stage = calls::opened(120, 36);
    stage.press("b");
    stage.type_text("{\"title\":\"an hour of work\"}");
    stage.press("esc");
    stage
}

fn switching() -> Stage {
    let mut stage = edited();
    stage.press("@");
    stage
}

fn at_another_grant() -> Stage {
    let mut stage = edited();
    stage.press("esc");
    stage.press("j");
    stage
}

/// What was done so far that is asked about first, and whose call is on the screen.
fn done(stage: &Stage) -> (usize, Option<RowId>) {
    let is_done = |effect: &&Effect| match effect {
        Effect::Start { job, .. } => match job {
            Job::SendCall(_)
            | Job::ForgetRecords(_)
            | Job::RunSmoke(_)
            | Job::WriteChange(_)
            | Job::RunRevoke(_)
            | Job::RevokeAccess(_) => true,
            Job::SaveBody(SaveBody { replace, .. }) => *replace,
            _ => false,
        },
        Effect::Quit(_) => true,
        _ => false,
    };
    let acts = stage.pending.iter().filter(is_done).count();
    (acts, stage.model.call.as_ref().map(|call| call.grant.row))
}

impl Question {
    /// The question, open; and what was done before.
    fn open(&self) -> (Stage, (usize, Option<RowId>)) {
        let mut stage = (self.before)();
        stage.now.millis += 60_000;
        let before = done(&stage);
        stage.press(self.key);
        (self.arrives)(&mut stage);
        assert!(
            !stage.model.shared.nav.popups().is_empty(),
            "{}: nothing is asked: {}",
            self.name,
            stage.picture()
        );
        // A past call takes the screen to be shown, before it is asked whether it is sent.
        let shown = done(&stage);
        assert_eq!(shown.0, before.0, "{}: done without a question", self.name);
        (stage, shown)
    }

    fn unanswered(&self, stage: &Stage, before: (usize, Option<RowId>), how: &str) {
        assert_eq!(done(stage), before, "{}: {how} answered it\n{}", self.name, stage.picture());
    }

    fn yes(&self) -> &'static str {
        if self.word.is_some() { "enter" } else { "y" }
    }
}

#[test]
fn a_doubled_or_held_key_answers_no_question() {
    for question in QUESTIONS {
        let (mut stage, before) = question.open();
        stage.press(question.key);
        question.unanswered(&stage, before, "the same key at once");
        // As a terminal repeats a key that is held down.
        stage.now.millis += 500;
        for _ in 0..40 {
            stage.press(question.key);
            (question.arrives)(&mut stage);
            stage.now.millis += 30;
        }
        let (acts, _) = done(&stage);
        assert_eq!(acts, before.0, "{}: the held key answered it\n{}", question.name, stage.picture());
    }
}

#[test]
fn an_answer_that_comes_in_the_same_burst_or_is_held_counts_for_nothing() {
    for question in QUESTIONS {
        let (mut stage, before) = question.open();
        if let Some(word) = question.word {
            stage.type_text(word);
            stage.press("enter");
            question.unanswered(&stage, before, "the name and Enter in one burst");
            continue;
        }
        stage.press("y");
        question.unanswered(&stage, before, "y in the same burst");
        for _ in 0..40 {
            stage.now.millis += 30;
            stage.press("y");
        }
        question.unanswered(&stage, before, "a held y");
        assert!(stage.picture().contains("Too fast"), "{}: {}", question.name, stage.picture());
        stage.decide("y");
        assert_ne!(done(&stage), before, "{}: then it is answered", question.name);
    }
}

#[test]
fn every_question_is_answered_by_its_own_keys() {
    for question in QUESTIONS {
        for no in ["n", "esc", "ctrl-c"] {
            let is_text = question.word.is_some() && no == "n";
            // In a change of files ctrl-c leaves the program, as it does on the screen below.
            let leaves = no == "ctrl-c" && question.yes() == "y";
            if is_text || leaves {
                continue;
            }
            let (mut stage, before) = question.open();
            let open = stage.model.shared.nav.popups().len();
            stage.decide(no);
            question.unanswered(&stage, before, no);
            let picture = stage.picture();
            assert!(
                stage.model.shared.nav.popups().len() < open,
                "{}: {no} leaves it\n{picture}",
                question.name
            );
        }
        let (mut stage, before) = question.open();
        stage.decide("enter");
        question.unanswered(&stage, before, "Enter alone");
        match question.word {
            Some(word) => stage.type_text(word),
            None => assert!(stage.picture().contains("y "), "{}: {}", question.name, stage.picture()),
        }
        stage.decide(question.yes());
        assert_ne!(done(&stage), before, "{}: yes is yes\n{}", question.name, stage.picture());
    }
}

#[test]
fn a_held_enter_goes_through_a_preset_that_writes_without_sending_it() {
    let mut stage = copying::listed(120, 36);
    stage.press("j");
    stage.press("j");
    stage.press("c");
    let before = done(&stage).0;
    stage.press("p");
    stage.type_text("post a message");
    for _ in 0..60 {
        stage.press("enter");
        stage.now.millis += 30;
    }
    let writes = stage.model.call.as_ref().is_some_and(|call| call.composer.draft().is_write());
    assert!(writes, "a preset that writes was picked: {}", stage.picture());
    assert_eq!(done(&stage).0, before, "{}", stage.picture());
}

#[test]
fn a_question_says_when_its_key_answers() {
    let (mut stage, _) = QUESTIONS[0].open();
    stage.model.shared.toasts.dismiss(stage.now);
    let opens = stage.model.next_wake(stage.now).expect("it changes by itself");
    assert_eq!(opens, stage.now.millis + 250);
    stage.now.millis = opens;
    assert!(stage.model.next_wake(stage.now).is_none_or(|at| at > opens));
    stage.press("y");
    assert!(stage.model.shared.nav.popups().is_empty(), "{}", stage.picture());
}
