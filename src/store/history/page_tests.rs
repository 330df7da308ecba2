use uuid::Uuid;

use super::super::tests::{day, record};
use super::*;
use crate::Retention;
use crate::domain::{CallRecord, GrantId, HistoryRow, WriteAct, WriteOutcome, WriteRecord};

fn grant(number: u128) -> GrantId {
    GrantId(Uuid::from_u128(number))
}

fn call(history: &mut History, days: i64, number: u32) {
    let call = CallRecord { at: day(days), ..record(number) };
    history.insert(&call).unwrap();
}

fn write(history: &mut History, days: i64, change: impl FnOnce(&mut WriteRecord)) -> WriteId {
    let mut write = WriteRecord::begin(WriteAct::Revoke, day(days));
    "environment".clone_into(&mut write.profile);
    write.grant = Some(grant(1));
    change(&mut write);
    history.keep_write(&write).unwrap()
}

/// Calls as their number, writes as theirs behind a `w`.
fn named(rows: &[HistoryRow]) -> String {
    let name = |row: &HistoryRow| match row {
        HistoryRow::Call(call) => call.id.0.to_string(),
        HistoryRow::Write(write) => format!("w{}", write.id.0),
    };
    rows.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn found(history: &History, query: &HistoryQuery) -> String {
    named(&history.page(query).unwrap().rows)
}

/// Calls on the days 1, 3, 5 and writes on the days 2, 4, 6.
fn mixed() -> History {
    let mut history = History::in_memory(Retention::default()).unwrap();
    for (number, days) in [(1, 1), (2, 3), (3, 5)] {
        call(&mut history, days, number);
        write(&mut history, days + 1, |write| match number {
            1 => write.new_grant = Some(grant(2)),
            2 => "other".clone_into(&mut write.profile),
            _ => (write.grant, write.reason) = (None, Some("Left the TEAM".to_owned())),
        });
    }
    history
}

#[test]
fn calls_and_writes_are_found_by_the_same_conditions() {
    let history = mixed();
    let all = HistoryQuery::default();
    let of = |profile: &str| HistoryQuery { profile: Some(profile.to_owned()), ..HistoryQuery::default() };
    let with = |number| HistoryQuery { grant: Some(grant(number)), ..HistoryQuery::default() };
    let text = |text: &str| HistoryQuery { text: text.to_owned(), ..HistoryQuery::default() };
    for (query, want) in [
        (all, "w3 3 w2 2 w1 1"),
        (of("environment"), "w3 3 2 w1 1"),
        (of("other"), "w2"),
        (with(1), "w2 w1 1"),
        (with(2), "2 w1"),
        (with(9), ""),
        (text("account-2"), "2"),
        (text("team LEFT"), "w3"),
        (text("revoke"), "w3 w2 w1"),
        (text("because"), "3 2 1"),
        (HistoryQuery { limit: 3, ..HistoryQuery::default() }, "w3 3 w2"),
    ] {
        assert_eq!(found(&history, &query), want, "{query:?}");
    }
}

#[test]
fn pages_show_each_row_once_whatever_comes_meanwhile() {
    for size in 1..8 {
        let mut history = mixed();
        let mut query = HistoryQuery { limit: size, ..HistoryQuery::default() };
        let mut rows = Vec::new();
        loop {
            let page = history.page(&query).unwrap();
            let is_last = page.rows.len() < size;
            rows.extend(page.rows);
            query.after = Some(page.end);
            // Another instance calls and writes: that belongs in front of the first page.
            call(&mut history, 9, 9);
            write(&mut history, 9, |_| {});
            if is_last {
                break;
            }
        }
        assert_eq!(named(&rows), "w3 3 w2 2 w1 1", "pages of {size}");
    }
}

#[test]
fn a_first_page_without_a_write_or_a_call_ends_where_the_history_ended() {
    let mut history = History::in_memory(Retention::default()).unwrap();
    let page = history.page(&HistoryQuery::default()).unwrap();
    assert_eq!((page.rows.len(), page.end), (0, HistoryEnd { call: RecordId(1), write: WriteId(1) }));
    call(&mut history, 1, 1);
    write(&mut history, 2, |_| {});
    let rest = HistoryQuery { after: Some(page.end), ..HistoryQuery::default() };
    assert_eq!(found(&history, &rest), "");
}

#[test]
fn deleting_all_calls_keeps_the_writes_and_their_outcome() {
    let mut history = mixed();
    let id = write(&mut history, 7, |_| {});
    history.clear().unwrap();
    assert_eq!(found(&history, &HistoryQuery::default()), "w4 w3 w2 w1");
    let rows = history.writes(&HistoryQuery { limit: 1, ..HistoryQuery::default() }).unwrap();
    let ended = rows[0].record.clone().ended(WriteOutcome::Done, None);
    history.end_write(id, &ended).unwrap();
    let rows = history.writes(&HistoryQuery { limit: 1, ..HistoryQuery::default() }).unwrap();
    assert_eq!((rows[0].id, &rows[0].record), (id, &ended));
}
