//! Grant ids in files: found, judged, and swapped only after one question.

use std::path::PathBuf;
use std::sync::Arc;

use grantdeck::app::requests::{PlanChange, ScanFiles, WriteChange};
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::change::{
    ChangePlan, ChangeRequest, Changed, DiffKind, DiffLine, FileChange, Piece, PieceKind, PlanId,
};
use grantdeck::domain::scan::{Finding, Known, Obstacle, ScanCounts, ScanEvent, Skip, Standing};
use grantdeck::domain::{Clean, GrantId, Health};
use insta::assert_snapshot;
use uuid::Uuid;

use super::fixtures;
use super::stage::Stage;

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x7c1f_0a52_1111_4222_8333_4444_5555_0000 + number)
}

fn finding(path: &str, line: usize, number: u128, standing: Standing, replacements: &[u128]) -> ScanEvent {
    let known = Known {
        provider: "google".into(),
        account: "work@acme.com".into(),
        label: Some(Arc::from("mail")),
        health: if standing == Standing::Stale { Health::Revoked } else { Health::Ok },
        standing,
        replacements: replacements.iter().map(|number| GrantId(id(*number))).collect(),
        successor: match replacements {
            [one] if standing == Standing::Stale => Some(GrantId(id(*one))),
            _ => None,
        },
        obstacle: match (standing, replacements) {
            (Standing::Stale, []) => Some(Obstacle::OtherOwner),
            (Standing::Stale, [_, _, ..]) => Some(Obstacle::Several),
            (Standing::Superseded, _) => Some(Obstacle::StillGood),
            _ => None,
        },
    };
    ScanEvent::Found(Box::new(Finding {
        path: PathBuf::from(path),
        line,
        column: 3,
        id: id(number),
        standing,
        name: Some(Clean::line("GOOGLE_GRANT_ID")),
        context: Clean::line("GOOGLE_GRANT_ID=7c1f0a52-…-0001 # •••"),
        known: (standing != Standing::Unknown).then_some(known),
    }))
}

fn found() -> Vec<ScanEvent> {
    vec![
        finding("./b/settings.toml", 12, 4, Standing::Alive, &[]),
        finding("./.env", 2, 1, Standing::Stale, &[4]),
        finding("./a.yaml", 7, 1, Standing::Stale, &[4]),
        finding("./a.yaml", 9, 2, Standing::Superseded, &[4, 5]),
        finding("./a.yaml", 11, 6, Standing::Stale, &[]),
        finding(
            "./deep/er/and/deeper/still/in/a/folder/with/a/long/name/config.json",
            3,
            3,
            Standing::Unknown,
            &[],
        ),
        ScanEvent::Skipped { path: "./big".into(), why: Skip::TooLarge { bytes: 1 << 30 }, asked: false },
    ]
}

fn counts() -> ScanCounts {
    ScanCounts { files: 1_204, bytes: 9_000_000, ..ScanCounts::default() }
}

fn opened(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("i");
    stage
}

pub(crate) fn scanned(width: u16, height: u16) -> Stage {
    let mut stage = opened(width, height);
    stage.press("enter");
    stage.now.millis += 2_000;
    stage.answer(Slot::Scan, Answer::ScanFiles(found()));
    stage.answer(Slot::Scan, Answer::ScanFiles(vec![ScanEvent::Done(counts())]));
    stage
}

fn scans(stage: &Stage) -> Vec<&ScanFiles> {
    let jobs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::ScanFiles(job), .. } => Some(job),
        _ => None,
    });
    jobs.collect()
}

fn swaps(stage: &Stage) -> Vec<(Vec<(Uuid, Uuid)>, usize)> {
    let plans = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::PlanChange(PlanChange(ChangeRequest::Swaps { pairs, found })), .. } => {
            Some((pairs.clone(), found.len()))
        }
        _ => None,
    });
    plans.collect()
}

#[test]
fn a_path_is_asked_for_and_then_looked_through() {
    let mut stage = opened(120, 36);
    assert_snapshot!("scan_asks", stage.picture());
    stage.press("ctrl-u");
    stage.type_text("src");
    stage.press("enter");
    let job = scans(&stage)[0];
    assert_eq!((job.paths.as_slice(), job.grants.len()), (&[PathBuf::from("src")][..], 8));
    stage.now.millis += 1_500;
    stage.answer(
        Slot::Scan,
        Answer::ScanFiles(vec![ScanEvent::Progress(ScanCounts { files: 300, ..counts() })]),
    );
    assert!(stage.picture().contains("200 files/s"), "{}", stage.picture());
    // Stopped: what comes late belongs to nobody.
    let late = stage.ticket(Slot::Scan);
    stage.press("esc");
    assert!(stage.pending.iter().any(|effect| matches!(effect, Effect::Cancel(Slot::Scan))));
    stage.send(grantdeck::app::Msg::Answer { ticket: late, answer: Box::new(Answer::ScanFiles(found())) });
    assert!(stage.model.scan.findings.is_empty() && stage.picture().contains("stopped after"));
    stage.press("esc");
    assert!(stage.picture().contains("Grants"), "a second Esc leaves");
    stage.press("i");
    assert!(stage.picture().contains("stopped after"), "the scan is still there");
}

#[test]
fn findings_are_in_order_and_readable_at_every_size() {
    for (width, height) in SIZES {
        assert_snapshot!(format!("scan_{width}x{height}"), scanned(width, height).picture());
    }
}

#[test]
fn one_question_repairs_all_that_has_a_successor() {
    let mut stage = scanned(120, 36);
    stage.press("R");
    assert_eq!(swaps(&stage), [(vec![(id(1), id(4))], 2)], "where somebody must choose, nothing is chosen");
    let file =
        FileChange { path: Clean::line("/w/.env"), is_new: false, notes: Vec::new(), lines: Vec::new() };
    let summary = "2 ids in 2 files".to_owned();
    let plan = ChangePlan { id: PlanId(1), summary: summary.clone(), files: vec![file], failed: Vec::new() };
    stage.answer(Slot::Change, Answer::PlanChange(Ok(plan)));
    assert!(stage.picture().contains("Replace 2 ids in 2 files?  y writes"));
    stage.decide("y");
    assert!(
        stage.pending.iter().any(|effect| matches!(
            effect,
            Effect::Start { job: Job::WriteChange(WriteChange(PlanId(1))), .. }
        ))
    );
    let done = Changed { summary, files: vec![Clean::line("/w/.env")], failed: Vec::new() };
    stage.answer(Slot::Change, Answer::WriteChange(Ok(done)));
    assert!(stage.picture().contains("Replaced 2 ids in 2 files."), "{}", stage.picture());
    assert_eq!(scans(&stage).len(), 2, "it is scanned again");
    // What stays is said, and why: once it was written, and by a key that has nothing left to do.
    let stays =
        ["2 ids stay; s: choose", "1 – the live grant has another kind of owner", "1 – it is still active"];
    let gives_reason = |stage: &Stage| stays.iter().all(|words| stage.picture().contains(words));
    assert!(gives_reason(&stage), "{}", stage.picture());
    let rest = found().into_iter().filter(|event| match event {
        ScanEvent::Found(finding) => finding.id != id(1),
        _ => true,
    });
    stage.answer(Slot::Scan, Answer::ScanFiles(rest.chain([ScanEvent::Done(counts())]).collect()));
    stage.model.shared.toasts.dismiss(stage.now);
    assert!(!gives_reason(&stage));
    stage.press("R");
    assert_eq!(swaps(&stage).len(), 1);
    assert!(
        gives_reason(&stage) && stage.picture().contains("No stale id has a unique"),
        "{}",
        stage.picture()
    );
}

#[test]
fn where_it_is_not_certain_somebody_chooses_and_the_reason_is_said() {
    for (replacements, obstacle, why) in [
        (&[4][..], Obstacle::LacksScopes, "s: choose a grant; the live grant lacks scopes."),
        (&[4], Obstacle::OtherLabel, "s: choose a grant; the live grant has another label."),
        (&[4, 5], Obstacle::Several, "2 grants could replace it; s: choose."),
    ] {
        let mut stage = opened(80, 24);
        stage.press("enter");
        let mut event = finding("./.env", 2, 1, Standing::Stale, replacements);
        if let ScanEvent::Found(finding) = &mut event
            && let Some(known) = &mut finding.known
        {
            // Grants of the list, the better one last in it.
            known.replacements =
                replacements.iter().map(|number| GrantId(fixtures::id(7 - number).0)).collect();
            (known.successor, known.obstacle) = (None, Some(obstacle));
        }
        stage.answer(Slot::Scan, Answer::ScanFiles(vec![event, ScanEvent::Done(counts())]));
        assert!(stage.picture().contains(why), "{}", stage.picture());
        stage.press("s");
        assert!(
            swaps(&stage).is_empty() && stage.picture().contains("Replace google"),
            "{}",
            stage.picture()
        );
        stage.press("enter");
        let first = fixtures::id(3).0;
        assert_eq!(swaps(&stage), [(vec![(id(1), first)], 1)], "what fits best is first");
    }
}

#[test]
fn nothing_is_repaired_by_a_list_that_is_not_whole() {
    let mut stage = Stage::open(120, 36);
    stage.page(fixtures::company(), 9, None);
    stage.press("i");
    stage.press("enter");
    stage.answer(Slot::Scan, Answer::ScanFiles(found()));
    stage.answer(Slot::Scan, Answer::ScanFiles(vec![ScanEvent::Done(counts())]));
    stage.press("R");
    assert!(swaps(&stage).is_empty());
    assert!(stage.picture().contains("The list of grants is incomplete; refresh it"), "{}", stage.picture());
    stage.press("s");
    assert_eq!(swaps(&stage).len(), 1, "what somebody chooses is swapped all the same");
}

#[test]
fn rows_that_are_gone_are_not_known() {
    let mut stage = opened(120, 36);
    stage.press("esc");
    stage.press("esc");
    stage.press("r");
    let mut later = fixtures::company();
    later.remove(6);
    stage.page(later, 7, None);
    stage.done(7);
    assert_eq!(stage.model.grants.shown(), 8, "what is gone is still shown");
    stage.press("i");
    stage.press("enter");
    let known = scans(&stage)[0].known(stage.now.wall);
    assert_eq!(known.len(), 7);
    assert!(known.get(fixtures::id(7).0).is_none() && known.get(fixtures::id(6).0).is_some());
}

#[test]
fn one_id_is_swapped_and_where_several_fit_somebody_chooses() {
    let mut stage = scanned(120, 36);
    assert_eq!(stage.model.scan.selected().unwrap().id, id(1));
    stage.press("s");
    assert_eq!(swaps(&stage), [(vec![(id(1), id(4))], 2)], "wherever it stands");
    stage.press("esc");
    for _ in 0..3 {
        stage.press("j");
    }
    stage.press("enter");
    assert!(stage.picture().contains("Replace google · work@acme.com  #mail with"), "{}", stage.picture());
    stage.press("down");
    stage.press("enter");
    assert_eq!(swaps(&stage)[1].0, [(id(2), fixtures::id(2).0)]);
    stage.press("esc");
    stage.press("G");
    stage.press("s");
    assert!(stage.picture().contains("This id is live; only stale"), "{}", stage.picture());
    assert_eq!(swaps(&stage).len(), 2);
}

/// A plan of one file with one id in it.
fn one_swap() -> ChangePlan {
    use PieceKind::{Hidden, Id, Name, Sign};
    let line = |kind, id: &str| {
        let pieces = [(Name, "google"), (Sign, " = \""), (Id, id), (Sign, "\" # "), (Hidden, "•••")];
        let pieces = pieces.into_iter().map(|(kind, text)| Piece::new(kind, text)).collect();
        DiffLine { kind, old: Some(12), new: Some(12), pieces }
    };
    let path = vec![Piece::new(Name, "alter.grants.google")];
    let lines = vec![
        DiffLine { kind: DiffKind::Path, old: None, new: None, pieces: path },
        line(DiffKind::Removed, "7c1f0a52-…-0006"),
        line(DiffKind::Added, "7c1f0a52-…-0003"),
    ];
    let file = FileChange { path: Clean::line("/w/a.toml"), is_new: false, notes: Vec::new(), lines };
    ChangePlan { id: PlanId(1), summary: "1 id in 1 file".to_owned(), files: vec![file], failed: Vec::new() }
}

#[test]
fn an_id_whose_replacement_is_not_known_is_replaced_by_a_grant_that_is_chosen() {
    // The fifth one is stale and has no successor, the sixth is in no list.
    for (down, old, words) in [
        (2, 6, "Replace google · work@acme.com  #mail with"),
        (4, 3, "Replace 7c1f0a52… (GOOGLE_GRANT_ID) with"),
    ] {
        let mut stage = scanned(120, 36);
        for _ in 0..down {
            stage.press("j");
        }
        assert_eq!(stage.model.scan.selected().unwrap().id, id(old));
        stage.press("s");
        let picture = stage.picture();
        assert!(picture.contains(words), "{picture}");
        for (shown, is_offered) in [("slack · acme-hq", true), ("octo-acme", false), ("dana@acme.com", false)]
        {
            assert_eq!(
                picture.contains(shown),
                is_offered,
                "what is over is not offered: {shown}\n{picture}"
            );
        }
        stage.type_text("slack");
        stage.press("enter");
        assert_eq!(swaps(&stage), [(vec![(id(old), fixtures::id(3).0)], 1)]);
        stage.answer(Slot::Change, Answer::PlanChange(Ok(one_swap())));
        assert!(stage.picture().contains("slack · acme-hq  reconnect"), "{}", stage.picture());
    }
    for (width, height) in [(120, 36), (80, 24)] {
        let mut stage = scanned(width, height);
        for _ in 0..2 {
            stage.press("j");
        }
        stage.press("s");
        assert_snapshot!(format!("scan_choose_{width}x{height}"), stage.picture());
        stage.type_text("slack");
        stage.press("enter");
        stage.answer(Slot::Change, Answer::PlanChange(Ok(one_swap())));
        assert_snapshot!(format!("scan_swap_{width}x{height}"), stage.picture());
    }
    let mut stage = scanned(120, 36);
    stage.press("z");
    stage.press("j");
    stage.press("j");
    stage.press("s");
    let picture = stage.picture();
    assert!(!picture.contains("acme-hq") && !picture.contains("work@acme.com"), "{picture}");
    stage.press("enter");
    stage.answer(Slot::Change, Answer::PlanChange(Ok(one_swap())));
    let picture = stage.picture();
    for hidden in ["acme-hq", "work@acme.com", "alter.grants", "7c1f0a52"] {
        assert!(!picture.contains(hidden), "{hidden}\n{picture}");
    }
}

#[test]
fn privacy_masks_what_was_found() {
    let mut stage = scanned(120, 36);
    stage.press("z");
    let picture = stage.picture();
    for hidden in ["work@acme.com", "7c1f0a52", "GOOGLE_GRANT_ID", "#mail"] {
        assert!(!picture.contains(hidden), "{hidden}\n{picture}");
    }
}

#[test]
fn the_prompt_says_what_a_dot_means() {
    for (width, height) in [(120, 36), (60, 16)] {
        let mut stage = opened(width, height);
        let picture = stage.picture();
        assert!(picture.contains("File or folder to scan: ."), "{picture}");
        assert!(picture.contains("A dot is the folder in which grantdeck was started."), "{picture}");
        stage.press("enter");
        assert!(stage.picture().contains("Ids in this folder"), "{}", stage.picture());
    }
}
