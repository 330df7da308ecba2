//! Copying ids, and writing them into files: what is shown is what is copied, and nothing is written unseen.

use std::collections::HashMap;

use grantdeck::app::requests::{CopyOut, CopyReport, PlanChange, WriteChange};
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::change::{
    ChangePlan, ChangeRequest, Changed, DiffKind, DiffLine, FileChange, Piece, PieceKind, PlanId,
};
use grantdeck::domain::{Clean, Code, Copied, CopyRoute, CopyText, Diagnosis, Retry, Who};
use insta::assert_snapshot;

use super::fixtures;
use super::stage::{Stage, loaded};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];
const ID: &str = "00000001-0000-4000-8000-000000000000";

pub(crate) fn listed(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage
}

/// The texts that were to be copied.
fn copied(stage: &Stage) -> Vec<&CopyText> {
    let texts = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::CopyOut(CopyOut(text)), .. } => Some(text),
        _ => None,
    });
    texts.collect()
}

fn route(stage: &mut Stage, route: CopyRoute) {
    let ticket = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { ticket, job: Job::CopyOut(CopyOut(text)) } => Some((*ticket, text.clone())),
        _ => None,
    });
    let (ticket, text) = ticket.unwrap();
    let copied = Copied { route, verified: false, clears_after: None, note: Some(Clean::line("no desktop")) };
    let answer = Box::new(Answer::CopyOut(CopyReport {
        label: text.label.clone(),
        result: Ok(copied),
        shown: Some(text),
        ids: [].into(),
    }));
    stage.send(grantdeck::app::Msg::Answer { ticket, answer });
}

/// The changes that were asked for.
fn asked(stage: &Stage) -> Vec<&ChangeRequest> {
    let requests = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::PlanChange(PlanChange(request)), .. } => Some(request),
        _ => None,
    });
    requests.collect()
}

fn written(stage: &Stage) -> Vec<PlanId> {
    let plans = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::WriteChange(WriteChange(id)), .. } => Some(*id),
        _ => None,
    });
    plans.collect()
}

fn line(kind: DiffKind, number: usize, pieces: &[(PieceKind, &str)]) -> DiffLine {
    let pieces = pieces.iter().map(|(kind, text)| Piece::new(*kind, text)).collect();
    DiffLine { kind, old: None, new: Some(number), pieces }
}

pub(crate) fn plan(id: u64) -> ChangePlan {
    use PieceKind::{Comment, Hidden, Id, Name, Sign};
    let lines = vec![
        line(DiffKind::Same, 1, &[(Name, "SECRET"), (Sign, "="), (Hidden, "•••")]),
        line(DiffKind::Added, 2, &[(Sign, "# "), (Comment, "google · work@acme.com")]),
        line(
            DiffKind::Added,
            3,
            &[(Name, "GOOGLE_WORK_ACME_GRANT_ID"), (Sign, "="), (Id, "00000001-…-0000")],
        ),
    ];
    let file = FileChange { path: Clean::line("/work/app/.env"), is_new: false, notes: Vec::new(), lines };
    let summary = "GOOGLE_WORK_ACME_GRANT_ID added".to_owned();
    ChangePlan { id: PlanId(id), summary, files: vec![file], failed: Vec::new() }
}

pub(crate) fn planned(stage: &mut Stage, result: Result<ChangePlan, Diagnosis>) {
    stage.answer(Slot::Change, Answer::PlanChange(result));
}

#[test]
fn y_copies_the_bare_id_and_says_which_way_it_went() {
    let mut stage = listed(120, 36);
    stage.press("y");
    let text = copied(&stage)[0];
    assert!(text.sensitive);
    let id = text.text.trim().to_owned();
    assert_eq!((id.len(), text.label.as_str()), (36, "the id of google · work@acme.com"));
    route(&mut stage, CopyRoute::Osc52);
    assert!(stage.picture().contains("Copied the id of google · work@acme.com"), "{}", stage.picture());

    // Marked ones are one block, in the order of the list.
    stage.press("space");
    stage.press("space");
    stage.press("y");
    let text = &copied(&stage)[1];
    assert_eq!((text.text.lines().count(), text.text.lines().next().unwrap()), (2, id.as_str()));
    assert_eq!(text.label.as_str(), "the ids of 2 grants");
}

#[test]
fn without_a_clipboard_the_text_is_shown_but_not_in_privacy_mode() {
    let mut stage = listed(120, 36);
    stage.press("y");
    let id = copied(&stage)[0].text.trim().to_owned();
    route(&mut stage, CopyRoute::Shown);
    let picture = stage.picture();
    assert!(picture.lines().any(|line| line == id), "nothing stands beside it: {picture}");
    assert!(picture.contains("No clipboard: select and copy the id of google"), "{picture}");
    stage.press("esc");
    assert!(!stage.picture().contains("No clipboard"));

    stage.press("z");
    stage.press("y");
    route(&mut stage, CopyRoute::Shown);
    let picture = stage.picture();
    assert!(!picture.contains(&id) && picture.contains("privacy mode (z)"), "{picture}");
    assert!(!copied(&stage)[1].label.as_str().contains("work@"), "{:?}", copied(&stage)[1].label);
}

#[test]
fn the_menu_shows_what_is_copied_and_remembers_the_format() {
    let mut stage = listed(120, 36);
    stage.press("Y");
    for _ in 0..3 {
        stage.press("j");
    }
    let picture = stage.picture();
    stage.press("enter");
    let text = copied(&stage)[0].text.to_string();
    assert!(text.contains("GOOGLE_WORK_ACME_GRANT_ID: \""), "{text}");
    assert!(text.lines().all(|line| picture.contains(line)), "{picture}");
    assert_eq!(copied(&stage)[0].label.as_str(), "google · work@acme.com as YAML");
    stage.press("Y");
    stage.press("enter");
    assert_eq!(copied(&stage)[1].text.as_str(), text, "the format of the last time");
}

#[test]
fn a_name_of_ones_own_is_checked() {
    let mut stage = listed(120, 36);
    stage.press("Y");
    stage.press("r");
    stage.press("ctrl-u");
    stage.type_text("9 lives");
    stage.press("enter");
    assert!(stage.picture().contains("try `GRANT_9_lives`"), "{}", stage.picture());
    stage.press("ctrl-u");
    stage.type_text("MAIL_GRANT");
    stage.press("enter");
    assert!(stage.picture().contains("MAIL_GRANT="), "{}", stage.picture());
    // Dropped: the name is as it was before.
    stage.press("r");
    stage.type_text("_2");
    stage.press("esc");
    stage.press("enter");
    assert!(copied(&stage)[0].text.contains("\nMAIL_GRANT="), "{}", &*copied(&stage)[0].text);
}

#[test]
fn an_id_is_in_a_file_after_three_keys_and_the_change_is_seen_before_the_last() {
    let mut stage = listed(120, 36);
    stage.press("Y");
    stage.press("w");
    let ChangeRequest::Entries { path, grants, name } = asked(&stage)[0] else { panic!() };
    assert_eq!((path.to_str(), grants.len(), name.as_deref()), (Some(".env"), 1, None));
    stage.decide("y");
    assert!(written(&stage).is_empty(), "nothing is written that was not shown");
    planned(&mut stage, Ok(plan(1)));
    assert_snapshot!("write_120x36", stage.picture());
    assert!(!stage.picture().contains("hunter2"), "what stays is not shown");
    stage.press("y");
    assert!(written(&stage).is_empty(), "nor what nobody could have read");
    stage.decide("y");
    assert_eq!(written(&stage), [PlanId(1)]);
    stage.decide("y");
    stage.press("esc");
    assert_eq!(written(&stage).len(), 1, "while it is written, keys do nothing");
    let done = Changed {
        summary: "GOOGLE_WORK_ACME_GRANT_ID added".to_owned(),
        files: vec![Clean::line("/work/app/.env")],
        failed: Vec::new(),
    };
    stage.answer(Slot::Change, Answer::WriteChange(Ok(done)));
    let picture = stage.picture();
    assert!(picture.contains("Wrote /work/app/.env: GOOGLE_WORK_ACME_GRANT_ID added."), "{picture}");
    assert!(stage.model.shared.nav.popups().is_empty(), "menu and change are closed");
}

#[test]
fn another_file_and_another_name_are_planned_anew() {
    let mut stage = listed(120, 36);
    stage.press("Y");
    stage.press("w");
    planned(&mut stage, Ok(plan(1)));
    stage.press("p");
    stage.press("ctrl-u");
    stage.type_text("config.toml");
    stage.press("enter");
    stage.press("r");
    stage.press("ctrl-u");
    stage.type_text("alter.google");
    stage.press("enter");
    let ChangeRequest::Entries { path, name, .. } = asked(&stage)[2] else { panic!() };
    assert_eq!((path.to_str(), name.as_deref()), (Some("config.toml"), Some("alter.google")));
    let refused = Diagnosis::new(Code::EditRefused, Who::You, Retry::AfterRemedy)
        .fact("problem", "/work/config.toml: line 3: `alter` is a text, which has no names in it");
    planned(&mut stage, Err(refused));
    assert_snapshot!("write_refused_120x36", stage.picture());
    stage.press("y");
    assert_eq!((asked(&stage).len(), written(&stage).len()), (4, 0), "y retries");
    // Left: an answer that comes late belongs to nobody.
    let late = stage.ticket(Slot::Change);
    stage.press("esc");
    stage.send(grantdeck::app::Msg::Answer {
        ticket: late,
        answer: Box::new(Answer::PlanChange(Ok(plan(4)))),
    });
    assert!(stage.picture().contains("Copy google · work@acme.com"), "{}", stage.picture());
}

#[test]
fn what_changed_meanwhile_is_reported_and_nothing_is_lost() {
    let mut stage = listed(120, 36);
    stage.press("Y");
    stage.press("w");
    planned(&mut stage, Ok(plan(1)));
    stage.decide("y");
    let changed = Diagnosis::new(Code::FileChanged, Who::You, Retry::AfterRemedy)
        .fact("problem", "/work/app/.env was changed after it was read");
    stage.answer(Slot::Change, Answer::WriteChange(Err(changed)));
    let picture = stage.picture();
    assert!(picture.contains("was changed after it was read") && picture.contains("y retries"), "{picture}");
    let same = ChangePlan { files: Vec::new(), summary: "A has this id already".to_owned(), ..plan(2) };
    stage.decide("y");
    planned(&mut stage, Ok(same));
    stage.decide("y");
    assert!(stage.picture().contains("Nothing to write: A has this id already."), "{}", stage.picture());
    assert_eq!(written(&stage).len(), 1);
}

#[test]
fn the_menu_is_readable_at_every_size() {
    for (width, height) in SIZES {
        let mut stage = listed(width, height);
        stage.press("Y");
        for _ in 0..5 {
            stage.press("j");
        }
        assert_snapshot!(format!("copy_menu_{width}x{height}"), stage.picture());
        stage.press("w");
        planned(&mut stage, Ok(plan(1)));
        if width != 120 {
            assert_snapshot!(format!("write_{width}x{height}"), stage.picture());
        }
    }
}

#[test]
fn privacy_masks_the_menu_and_the_change() {
    let mut stage = listed(120, 36);
    stage.press("z");
    stage.press("Y");
    let picture = stage.picture();
    assert_snapshot!("copy_menu_private", picture);
    stage.press("w");
    planned(&mut stage, Ok(plan(1)));
    let picture = stage.picture();
    assert!(!picture.contains("ACME_GRANT_ID added") && !picture.contains(ID), "{picture}");
    assert!(!picture.contains("work@acme.com"), "{picture}");
    stage.press("esc");
    stage.press("enter");
    assert!(copied(&stage)[0].text.contains("work@acme.com"), "copied in full");
}

#[test]
fn accounts_that_would_break_out_are_harmless_in_the_menu() {
    let mut stage = Stage::open(120, 36);
    let hostile = fixtures::hostile();
    let count = hostile.len() as u64;
    stage.page(hostile, count, None);
    stage.done(count);
    stage.press("*");
    stage.press("Y");
    for _ in 0..11 {
        let picture = stage.picture();
        assert!(picture.chars().all(|one| one == '\n' || !one.is_control()), "{picture:?}");
        stage.press("j");
    }
}

#[test]
fn copies_are_counted_in_the_detail_without_what_was_copied() {
    let mut stage = loaded();
    let copy = |stage: &mut Stage, route: CopyRoute| {
        stage.press("y");
        let Some(Effect::Start { job: Job::CopyOut(CopyOut(text)), .. }) = stage
            .pending
            .iter()
            .rev()
            .find(|effect| matches!(effect, Effect::Start { job: Job::CopyOut(_), .. }))
        else {
            panic!("nothing is copied")
        };
        let (ids, _) = text.ids.clone().expect("it is made of ids");
        let copied = Copied { route, verified: false, clears_after: None, note: None };
        let shown = (route == CopyRoute::Shown).then(|| text.clone());
        let label = text.label.clone();
        stage.answer(Slot::Clipboard, Answer::CopyOut(CopyReport { label, result: Ok(copied), shown, ids }));
        stage.press("esc");
    };
    copy(&mut stage, CopyRoute::Tmux);
    assert!(!stage.picture().contains("Id copied"), "it is not known whether it is kept");
    stage.answer(Slot::Copies, Answer::CountCopies(Some(HashMap::new())));
    copy(&mut stage, CopyRoute::Shown);
    assert!(!stage.picture().contains("Id copied"), "nothing took it");
    copy(&mut stage, CopyRoute::Osc52);
    assert!(stage.picture().contains("Id copied   once, "), "{}", stage.picture());
    copy(&mut stage, CopyRoute::Native);
    assert!(stage.picture().contains("Id copied   2 times, last "), "{}", stage.picture());
    stage.press("j");
    assert!(!stage.picture().contains("Id copied"), "another grant");
}
