//! From the list to a run, and what the list says afterwards.

use std::collections::HashMap;

use grantdeck::app::nav::Kind;
use grantdeck::app::requests::{ReadVerdicts, RowsFound, SearchRows};
use grantdeck::app::{Answer, Effect, Job, Msg, Slot, update};
use grantdeck::domain::smoke::{Past, RunId, SmokeEvent, Verdict};
use grantdeck::domain::{Clean, Code, Diagnosis, GrantId, ListEvent, Retry, Who};
use insta::assert_snapshot;
use jiff::SignedDuration;

use super::super::fixtures;
use super::super::stage::{Stage, loaded, noon};
use super::{SIZES, apply, done, ids, job, opened, plan, result, runs};

/// The grants that the history was asked about, question by question.
fn asked(stage: &Stage) -> Vec<&Vec<GrantId>> {
    let jobs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::ReadVerdicts(ReadVerdicts(ids)), .. } => Some(ids),
        _ => None,
    });
    jobs.collect()
}

pub(super) fn past(run: i64, grant: GrantId, verdict: Verdict, hours: i64) -> Past {
    Past {
        run: RunId(run),
        grant,
        verdict,
        why: (verdict != Verdict::Works).then(|| Clean::line("the provider answered 503")),
        code: None,
        provider_status: Some(200),
        latency_ms: Some(100 + 40 * run.unsigned_abs()),
        at: noon().wall - SignedDuration::from_hours(hours),
    }
}

#[test]
fn one_grant_is_tested_in_its_row() {
    let mut stage = loaded();
    assert!(!stage.picture().contains("TEST"), "nothing was tested yet: {}", stage.picture());
    stage.press("t");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(1, 1))));
    assert!(stage.picture().contains("TEST"), "{}", stage.picture());
    assert_eq!(ids(job(&stage)), [fixtures::id(1)]);
    apply(&mut stage, vec![SmokeEvent::Planned(plan(1, 1)), SmokeEvent::Started(fixtures::id(1))]);
    let picture = stage.picture();
    assert!(
        stage.model.shared.nav.screen() == Kind::Grants && picture.contains("◐ scopes     testing"),
        "{picture}"
    );
    apply(&mut stage, vec![result(&fixtures::company()[0], Verdict::Works, |_| ())]);
    done(&mut stage, 0, false);
    assert_snapshot!("smoke_one", stage.picture());
    stage.press("j");
    stage.press("t");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(1, 1))));
    let refused = result(&fixtures::company()[1], Verdict::MissingScopes, |result| {
        result.why = Some(Clean::line("the provider asks for chat:write"));
    });
    apply(&mut stage, vec![SmokeEvent::Planned(plan(1, 1)), refused]);
    done(&mut stage, 0, false);
    let picture = stage.picture();
    assert!(picture.contains("✗ scopes, 142 ms. The provider asks for chat:write."), "{picture}");
}

#[test]
fn marked_grants_are_tested_in_the_order_of_the_list() {
    let mut stage = loaded();
    stage.press("G");
    stage.press("space");
    stage.press("g g");
    stage.press("space");
    stage.press("t");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(2, 2))));
    assert_eq!(ids(job(&stage)), [fixtures::id(1), fixtures::id(8)]);
    assert_eq!(stage.model.shared.nav.screen(), Kind::Smoke);
    assert!(stage.picture().contains("Smoke test of 2 marked grants"), "{}", stage.picture());
}

#[test]
fn all_that_is_shown_is_tested_and_many_are_asked_about() {
    for size in SIZES {
        let mut stage = opened(size.0, size.1);
        stage.press("T");
        let mut slow = plan(128, 112);
        slow.estimate.per_minute = Some(45);
        slow.estimate.length = std::time::Duration::from_mins(3);
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(slow)));
        assert_eq!(runs(&stage), 0, "somebody is asked first");
        assert_snapshot!(format!("smoke_question_{}x{}", size.0, size.1), stage.picture());
        stage.press("esc");
        assert_eq!((runs(&stage), stage.model.shared.nav.screen()), (0, Kind::Grants));
        stage.press("T");
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(128, 112))));
        stage.decide("y");
        assert_eq!(
            (runs(&stage), ids(job(&stage)).len(), stage.model.shared.nav.screen()),
            (1, 128, Kind::Smoke)
        );
    }
    // Through the filters, and at the bound nobody is asked.
    let mut stage = opened(120, 36);
    stage.press("/");
    stage.type_text("provider:slack");
    stage.press("enter");
    stage.press("T");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(100, 100))));
    let tested = job(&stage).grants();
    assert!(!tested.is_empty() && tested.iter().all(|grant| &*grant.provider == "slack"));
    assert!(stage.picture().contains("that the list shows"), "{}", stage.picture());
}

#[test]
fn what_a_filter_leaves_out_is_not_tested_while_the_search_is_under_way() {
    let previewed = |stage: &Stage| {
        let asked = stage
            .pending
            .iter()
            .filter(|effect| matches!(effect, Effect::Start { job: Job::PlanSmoke(_), .. }));
        asked.count()
    };
    let mut stage = opened(120, 36);
    // As far as the worker: its answer is still to come.
    let mut search = None;
    for key in ["/", "s", "l", "a", "c", "k", "enter"] {
        for key in key.parse::<grantdeck::app::keymap::Chord>().unwrap().0 {
            let pending = update(&mut stage.model, Msg::Key(key), stage.now);
            let asked = pending.into_iter().filter_map(|effect| match effect {
                Effect::Start { ticket, job: Job::SearchRows(SearchRows(plan)) } => Some((ticket, plan)),
                _ => None,
            });
            search = asked.last().or(search);
        }
    }
    stage.press("T");
    assert!(stage.picture().contains("still running"), "{}", stage.picture());
    assert_eq!(previewed(&stage), 0);
    let (ticket, plan) = search.unwrap();
    let found = grantdeck::search::run(&plan, &|| false, &mut |_| ()).unwrap();
    let answer = |last| {
        let found = Answer::SearchRows(RowsFound { found: found.clone(), last });
        Msg::Answer { ticket, answer: Box::new(found) }
    };
    // The best hits come first; they are not all.
    stage.send(answer(false));
    stage.press("T");
    assert_eq!(previewed(&stage), 0);
    stage.send(answer(true));
    stage.press("T");
    assert_eq!(previewed(&stage), 1);
}

#[test]
fn rows_that_stream_in_keep_nobody_from_testing_what_was_found() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(100), 300, Some(100));
    stage.press("/");
    stage.type_text("provider:slack");
    stage.press("enter");
    let more = ListEvent::Page { grants: fixtures::crowd(200), offset: 100, total: 300, next: Some(200) };
    let more = Msg::Answer { ticket: stage.ticket(Slot::Walk), answer: Box::new(Answer::WalkList(more)) };
    let pending = update(&mut stage.model, more, stage.now);
    assert!(
        pending.iter().any(|effect| matches!(effect, Effect::Start { job: Job::SearchRows(_), .. })),
        "{pending:?}"
    );
    stage.press("T");
    assert!(!stage.picture().contains("still running"), "{}", stage.picture());
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(10, 10))));
    let tested = job(&stage).grants();
    assert!(!tested.is_empty() && tested.iter().all(|grant| &*grant.provider == "slack"));
}

#[test]
fn nothing_opens_over_what_somebody_went_on_to() {
    for (key, calls) in [("?", 100), ("?", 112), ("p", 112), ("/", 100), ("enter", 112), ("enter", 8)] {
        let mut stage = opened(120, 36);
        stage.press("T");
        stage.press(key);
        let before = (
            stage.model.shared.nav.screen(),
            stage.model.shared.nav.popups().len(),
            stage.model.grants.typing,
        );
        stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(128, calls))));
        let after = (
            stage.model.shared.nav.screen(),
            stage.model.shared.nav.popups().len(),
            stage.model.grants.typing,
        );
        assert_eq!((before, runs(&stage)), (after, 0), "{key}");
        assert!(stage.picture().contains("Not tested: cancelled"), "{key}\n{}", stage.picture());
    }
    // One grant alone opens nothing: its row says what was found.
    let mut stage = opened(120, 36);
    stage.press("t");
    stage.press("?");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(1, 1))));
    assert_eq!((runs(&stage), stage.model.shared.nav.popups().len()), (1, 1));
}

#[test]
fn a_part_of_the_list_does_not_pass_for_all() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(300), 4_112, Some(300));
    stage.press("T");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(300, 300))));
    let picture = stage.picture();
    assert!(
        picture.contains("only loaded grants are tested") && picture.contains("300 grants loaded so far"),
        "{picture}"
    );
}

#[test]
fn what_cannot_be_tested_is_said() {
    let mut stage = loaded();
    stage.press("t");
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Ok(plan(0, 0))));
    assert!(stage.picture().contains("These ids are unreadable"), "{}", stage.picture());
    stage.press("t");
    let why = Diagnosis::new(Code::Cancelled, Who::Grantdeck, Retry::AfterRemedy);
    stage.answer(Slot::Smoke, Answer::PlanSmoke(Err(why)));
    assert_eq!(runs(&stage), 0);
    stage.press("b");
    assert!(stage.picture().contains("Nothing tested yet"), "{}", stage.picture());
    let mut empty = Stage::open(120, 36);
    empty.page(Vec::new(), 0, None);
    empty.done(0);
    empty.press("T");
    assert!(empty.picture().contains("No grant is shown."), "{}", empty.picture());
}

#[test]
fn the_history_is_asked_about_the_rows_that_are_seen_once() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::crowd(500), 500, None);
    assert_eq!(asked(&stage).len(), 1);
    let first = asked(&stage)[0].clone();
    assert!(first.len() >= stage.model.shared.list_height() && first.len() < 120, "{}", first.len());
    stage.press("j");
    stage.press("]");
    assert_eq!(asked(&stage).len(), 1, "one question at a time");
    stage.answer(Slot::Verdicts, Answer::ReadVerdicts(Ok(HashMap::new())));
    stage.press("G");
    assert_eq!(asked(&stage).len(), 2);
    assert!(asked(&stage)[1].iter().all(|id| !first.contains(id)), "each once");
    stage.answer(Slot::Verdicts, Answer::ReadVerdicts(Ok(HashMap::new())));
    stage.press("k");
    stage.press("g g");
    assert_eq!(asked(&stage).len(), 2, "nothing new is on the screen");
}

#[test]
fn verdicts_of_earlier_runs_stand_in_the_list_and_fade() {
    for size in SIZES {
        let mut stage = Stage::open(size.0, size.1);
        stage.page(fixtures::company(), 8, None);
        stage.done(8);
        stage.names(fixtures::catalog(), fixtures::agents());
        let read = HashMap::from([
            (
                fixtures::id(1),
                vec![
                    past(6, fixtures::id(1), Verdict::ProviderDown, 2),
                    past(5, fixtures::id(1), Verdict::Works, 30),
                    past(2, fixtures::id(1), Verdict::Works, 60),
                ],
            ),
            (fixtures::id(2), vec![past(4, fixtures::id(2), Verdict::NeedsReconnect, 24 * 5)]),
            (fixtures::id(3), vec![past(3, fixtures::id(3), Verdict::Works, 1)]),
        ]);
        stage.answer(Slot::Verdicts, Answer::ReadVerdicts(Ok(read)));
        assert_snapshot!(format!("smoke_remembered_{}x{}", size.0, size.1), stage.picture());
        stage.press("enter");
        let picture = stage.picture();
        for part in ["Tested      ✗ provider down  340 ms, 2 hours ago", "▆█×"] {
            assert!(picture.contains(part), "{part}\n{picture}");
        }
    }
    let mut stage = loaded();
    let why = Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy);
    stage.answer(Slot::Verdicts, Answer::ReadVerdicts(Err(why)));
    assert!(stage.model.shared.toasts.current().is_none(), "nobody asked for it");
}
