//! Writes to grants beside the calls.

use grantdeck::app::nav::View;
use grantdeck::domain::history::merged;
use grantdeck::domain::{GrantId, HistoryRowId, StoredWrite, WriteAct, WriteOutcome, WriteRecord};

use super::*;

fn write(ago: i64, act: WriteAct, outcome: WriteOutcome) -> WriteRecord {
    WriteRecord {
        profile: "acme-production".to_owned(),
        backend: "backend.alterauth.com".to_owned(),
        grant: Some(fixtures::id(3)),
        provider: Some("slack".to_owned()),
        account: Some("acme-hq".to_owned()),
        outcome,
        ..WriteRecord::begin(act, noon().wall - jiff::SignedDuration::from_secs(ago))
    }
}

/// One of each outcome, the latest first.
fn writes() -> Vec<StoredWrite> {
    let mut revoked = write(MINUTE, WriteAct::Revoke, WriteOutcome::Done);
    revoked.reason = Some("Dana left the team".to_owned());
    revoked.request_id = Some("req-5f0c".to_owned());
    let mut refused = write(5 * MINUTE, WriteAct::Reconnect, WriteOutcome::Failed);
    refused.code = Some("policy_violation".to_owned());
    let mut lost = write(45 * MINUTE, WriteAct::RevokeDelegation, WriteOutcome::Uncertain);
    lost.agent = Some("agent-1".to_owned());
    lost.code = Some("network_failed".to_owned());
    let mut connected = write(75 * MINUTE, WriteAct::Connect, WriteOutcome::Done);
    (connected.grant, connected.new_grant) = (None, Some(fixtures::id(1)));
    (connected.provider, connected.account) = (Some("google".to_owned()), Some("work@acme.com".to_owned()));
    let mut waiting = write(85 * MINUTE, WriteAct::Connect, WriteOutcome::Begun);
    (waiting.grant, waiting.account) = (None, None);
    let gone = write(86 * MINUTE, WriteAct::Revoke, WriteOutcome::Gone);
    let stopped = write(87 * MINUTE, WriteAct::Revoke, WriteOutcome::Stopped);
    let mut hostile = write(27 * 60 * MINUTE, WriteAct::RevokeDelegation, WriteOutcome::Failed);
    hostile.provider = Some("evil\u{1b}[31m".to_owned());
    hostile.account = Some("\u{1b}[2Jwiped\u{202e}moc".to_owned());
    hostile.agent = Some("ag\u{7}ent\u{202e}".to_owned());
    hostile.reason = Some(format!("\u{1b}]0;x\u{7}{}", "why not ".repeat(2_000)));
    hostile.code = Some("of_a\u{1b}newer_version".to_owned());
    hostile.request_id = Some("re\u{9b}q".to_owned());
    "ba\u{1b}ck".clone_into(&mut hostile.backend);
    let records = [revoked, refused, lost, connected, waiting, gone, stopped, hostile];
    let ids = (1..=records.len() as i64).rev().map(WriteId);
    ids.zip(records).map(|(id, record)| StoredWrite { id, record }).collect()
}

/// Calls and writes, as the history has them.
pub(crate) fn rows() -> Vec<HistoryRow> {
    merged(summaries(), writes(), usize::MAX)
}

pub(crate) fn page(rows: Vec<HistoryRow>) -> Answer {
    answer_with(rows, HistoryPolicy::Everything)
}

fn with_writes(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.names(fixtures::catalog(), fixtures::agents());
    stage.press("ctrl-r");
    stage.answer(Slot::Records, page(rows()));
    stage
}

/// Moves the cursor to the nth write of the list.
fn go_to(stage: &mut Stage, nth: usize) {
    stage.press("g g");
    let wanted = writes()[nth].id;
    for _ in 0..rows().len() {
        if stage.model.history.selected().unwrap().id() == HistoryRowId::Write(wanted) {
            return;
        }
        stage.press("j");
    }
    panic!("no write {nth}: {}", stage.picture());
}

/// All that the open write says.
fn read_all(stage: &mut Stage) -> String {
    let mut seen = String::new();
    for _ in 0..80 {
        seen.push_str(&stage.picture());
        stage.press("j");
    }
    seen
}

#[test]
fn writes_at_every_size() {
    for size in [(120, 36), (60, 16)] {
        let named = |what: &str| format!("history_writes_{what}_{}x{}", size.0, size.1);
        let mut stage = with_writes(size.0, size.1);
        go_to(&mut stage, 0);
        assert_snapshot!(named("list"), stage.picture());
        stage.press("enter");
        assert_snapshot!(named("open"), stage.picture());
        stage.press("esc");
        go_to(&mut stage, 2);
        assert_snapshot!(named("uncertain"), stage.picture());
        stage.press("z");
        stage.model.shared.toasts.dismiss(stage.now);
        assert_snapshot!(named("private"), stage.picture());
        stage.press("enter");
        assert_snapshot!(named("open_private"), stage.picture());
        stage.press("esc");
        stage.press("z");
        stage.model.shared.toasts.dismiss(stage.now);
        go_to(&mut stage, 7);
        stage.press("enter");
        assert_snapshot!(named("hostile"), stage.picture());
        stage.press("esc");
        stage.press("X");
        assert_snapshot!(named("delete_all"), stage.picture());
    }
}

#[test]
fn a_write_opens_at_once_and_closes_to_the_list() {
    let mut stage = with_writes(120, 36);
    go_to(&mut stage, 1);
    let before = stage.picture();
    let asked = stage.pending.len();
    stage.press("enter");
    let picture = stage.picture();
    for text in [
        "reconnect",
        "✗ failed",
        "It was not carried out.",
        "policy_violation: ",
        "2026-11-22 11:55:00 UTC, 5 min ago",
        "slack",
        "acme-hq",
        &fixtures::id(3).to_string(),
        "acme-production",
    ] {
        assert!(picture.contains(text), "{text}\n{picture}");
    }
    assert_eq!(stage.pending.len(), asked, "nothing has to be asked for");
    for close in ["esc", "q", "?"] {
        assert!(matches!(stage.model.shared.nav.top(), View::PastWrite(_)));
        stage.press(close);
        assert_eq!(stage.picture(), before, "{close}");
        stage.press("enter");
    }
}

#[test]
fn a_call_that_was_being_read_does_not_open_below_a_write() {
    let mut stage = with_writes(120, 36);
    stage.press("enter");
    let late = stage.ticket(Slot::Record);
    go_to(&mut stage, 0);
    stage.press("enter");
    assert!(stage.pending.contains(&Effect::Cancel(Slot::Record)));
    let (id, record) = calls().swap_remove(0);
    let answer = Box::new(Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
    stage.send(grantdeck::app::Msg::Answer { ticket: late, answer });
    assert_eq!(stage.model.shared.nav.screen(), Kind::History);
}

#[test]
fn what_only_a_call_can_have_done_says_why_and_changes_nothing() {
    for (key, why) in [
        ("s", "Only calls can be sent again."),
        ("space", "Only calls can be marked."),
        ("d", "Only calls can be compared."),
        ("x", "Writes stay in the history; only calls can be deleted."),
    ] {
        let mut stage = with_writes(120, 36);
        go_to(&mut stage, 0);
        let (asked, place) = (stage.pending.len(), stage.model.history.place);
        stage.press(key);
        let picture = stage.picture();
        assert!(picture.contains(why), "{key}\n{picture}");
        assert_eq!((stage.pending.len(), stage.model.history.place), (asked, place), "{key}");
        assert!(stage.model.history.marks.is_empty() && stage.model.shared.nav.popups().is_empty(), "{key}");
    }
}

#[test]
fn two_marked_calls_are_compared_from_a_write() {
    let mut stage = with_writes(120, 36);
    let calls: Vec<usize> =
        (0..).zip(rows()).filter(|(_, row)| row.call().is_some()).map(|(at, _)| at).take(2).collect();
    for at in calls {
        stage.press("g g");
        (0..at).for_each(|_| stage.press("j"));
        stage.press("space");
    }
    assert_eq!(stage.model.history.marks, [RecordId(8), RecordId(7)]);
    go_to(&mut stage, 0);
    stage.press("d");
    assert_eq!(compared(&stage), [(RecordId(7), RecordId(8))]);
}

#[test]
fn one_key_shows_only_the_grant_of_a_write_and_none_where_it_has_none() {
    let opened = |nth| {
        let mut stage = Stage::open(120, 36);
        stage.press("ctrl-r");
        stage.answer(Slot::Records, page(rows()));
        go_to(&mut stage, nth);
        stage.press("o");
        stage
    };
    for (nth, grant) in [(0, fixtures::id(3)), (3, fixtures::id(1))] {
        let stage = opened(nth);
        assert_eq!(asked(&stage).grant, Some(grant), "of a connection, the grant that it made");
    }
    let stage = opened(4);
    assert_eq!(asked(&stage).grant, None::<GrantId>);
    assert!(stage.picture().contains("This write has no grant."), "{}", stage.picture());
}

#[test]
fn pages_of_calls_and_writes_are_read_on_and_the_cursor_stays_on_its_write() {
    let all: Vec<HistoryRow> = {
        let (_, record) = calls().swap_remove(0);
        let calls = (1..=120).rev().map(|id| record.summary(RecordId(id))).collect();
        let write = writes().swap_remove(0);
        let writes = (1..=70).rev().map(|id| StoredWrite { id: WriteId(id), ..write.clone() }).collect();
        merged(calls, writes, usize::MAX)
    };
    let mut stage = entered(120, 36);
    assert_eq!(asked(&stage).limit, 100);
    stage.answer(Slot::Records, page(all[..100].to_vec()));
    stage.press("G");
    let after = asked(&stage).after.unwrap();
    // Here the calls come first: no write was read so far.
    assert_eq!((after.call, after.write), (RecordId(21), WriteId(i64::MAX)));
    stage.answer(Slot::Records, page(all[100..].to_vec()));
    assert_eq!(stage.model.history.rows, all);
    stage.press("G");
    assert_eq!(stage.model.history.selected().unwrap().id(), HistoryRowId::Write(WriteId(1)));
    // The same page once more adds nothing.
    stage.press("r");
    assert_eq!((asked(&stage).after, asked(&stage).limit), (None, 190));
    let mut newer = rows().into_iter().find(|row| row.write().is_some()).unwrap();
    if let HistoryRow::Write(write) = &mut newer {
        write.id = WriteId(71);
    }
    let fresh = [vec![newer], all].concat();
    stage.answer(Slot::Records, page(fresh));
    assert_eq!(stage.model.history.selected().unwrap().id(), HistoryRowId::Write(WriteId(1)));
    assert_eq!(stage.model.history.place, 190);
}

#[test]
fn deleting_all_calls_is_offered_only_where_there_are_calls() {
    let mut stage = entered(120, 36);
    stage.answer(Slot::Records, page(writes().into_iter().map(HistoryRow::Write).collect()));
    stage.press("X");
    assert!(stage.picture().contains("No call to delete."), "{}", stage.picture());
    let mut stage = with_writes(120, 36);
    stage.press("X");
    assert!(stage.picture().contains("Writes to grants stay"), "{}", stage.picture());
}

#[test]
fn privacy_hides_who_a_write_was_about() {
    let names = [
        "acme-hq",
        "work@acme.com",
        "Dana",
        "Scheduler",
        "agent-1",
        "req-5f0c",
        "acme-production",
        "7c1f0a52",
    ];
    let mut stage = with_writes(200, 50);
    stage.press("z");
    stage.model.shared.toasts.dismiss(stage.now);
    for nth in 0..writes().len() {
        go_to(&mut stage, nth);
        let list = stage.picture();
        stage.press("enter");
        let open = read_all(&mut stage);
        stage.press("esc");
        for name in names {
            assert!(!list.contains(name) && !open.contains(name), "{name} of write {nth}\n{list}\n{open}");
        }
    }
}

#[test]
fn hostile_texts_of_a_write_are_shown_clean_and_to_their_end() {
    for (width, height) in [(120, 36), (60, 16)] {
        let mut stage = with_writes(width, height);
        go_to(&mut stage, 7);
        let list = stage.picture();
        stage.press("enter");
        let open = read_all(&mut stage);
        for picture in [&list, &open] {
            let bad = picture.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
            assert_eq!(bad, None, "{picture}");
        }
        assert!(open.contains("Request") && open.contains("newer_version"), "{open}");
    }
}
