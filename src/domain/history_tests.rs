use proptest::prelude::*;

use super::*;
use crate::{Audited, Ending, Mode, WriteAct, WriteRecord};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn call(id: i64, second: i64) -> RecordSummary {
    RecordSummary {
        id: RecordId(id),
        at: at(second),
        profile: "acme".to_owned(),
        grant: GrantId(uuid::Uuid::nil()),
        provider: None,
        account: None,
        mode: Mode::Proxy,
        method: "GET".to_owned(),
        url: String::new(),
        called: String::new(),
        ending: Ending::Unfinished,
        alter_status: None,
        provider_status: None,
        code: None,
        elapsed_ms: None,
        approval: None,
        audited: Audited::No,
    }
}

fn write(id: i64, second: i64) -> StoredWrite {
    StoredWrite { id: WriteId(id), record: WriteRecord::begin(WriteAct::Revoke, at(second)) }
}

/// Rows as text: `c` or `w` with the id.
fn named(rows: &[HistoryRow]) -> Vec<String> {
    let name = |row: &HistoryRow| match row.id() {
        HistoryRowId::Call(id) => format!("c{}", id.0),
        HistoryRowId::Write(id) => format!("w{}", id.0),
    };
    rows.iter().map(name).collect()
}

/// Things of these times, the one of the highest id first.
fn latest_first<T>(times: &[i64], thing: impl Fn(i64, i64) -> T) -> Vec<T> {
    times.iter().enumerate().rev().map(|(at, second)| thing(at as i64 + 1, *second)).collect()
}

#[test]
fn writes_stand_between_the_calls_of_their_time() {
    let (calls, writes) = (latest_first(&[10, 20, 40], call), latest_first(&[5, 20, 30, 50], write));
    let rows = merged(calls.clone(), writes.clone(), 10);
    assert_eq!(named(&rows), ["w4", "c3", "w3", "c2", "w2", "c1", "w1"]);
    assert_eq!(named(&merged(calls.clone(), writes.clone(), 3)), ["w4", "c3", "w3"]);
    assert_eq!(named(&merged(calls, Vec::new(), 10)), ["c3", "c2", "c1"]);
    assert_eq!(named(&merged(Vec::new(), writes, 2)), ["w4", "w3"]);
    let before = HistoryEnd { call: RecordId(90), write: WriteId(80) };
    assert_eq!(before.after(&[]), before);
    assert_eq!(before.after(&rows[..2]), HistoryEnd { call: RecordId(3), write: WriteId(4) });
}

proptest! {
    /// Whatever the times, pages of any size show each row once, in the order of the whole.
    #[test]
    fn pages_are_the_whole_in_pieces(
        calls in prop::collection::vec(0_i64..40, 0..30),
        writes in prop::collection::vec(0_i64..40, 0..30),
        size in 1_usize..9,
    ) {
        let (calls, writes) = (latest_first(&calls, call), latest_first(&writes, write));
        let whole = merged(calls.clone(), writes.clone(), usize::MAX);
        prop_assert_eq!(whole.len(), calls.len() + writes.len());
        let mut end = HistoryEnd { call: RecordId(i64::MAX), write: WriteId(i64::MAX) };
        let mut found = Vec::new();
        loop {
            let calls = calls.iter().filter(|call| call.id < end.call).take(size).cloned().collect();
            let writes = writes.iter().filter(|write| write.id < end.write).take(size).cloned().collect();
            let rows = merged(calls, writes, size);
            end = end.after(&rows);
            let is_last = rows.len() < size;
            found.extend(rows);
            if is_last {
                break;
            }
        }
        prop_assert_eq!(found, whole);
    }
}
