use uuid::Uuid;

use super::*;
use crate::Retention;
use crate::domain::{CopyFormat, CopyRoute};

fn whose(profile: &str) -> Whose {
    Whose { profile: profile.to_owned(), backend: "http://127.0.0.1:8787".to_owned() }
}

fn copy(grant: u128, second: i64) -> IdCopy {
    let at = Timestamp::from_second(second).unwrap();
    IdCopy { grant: GrantId(Uuid::from_u128(grant)), format: CopyFormat::Env, route: CopyRoute::Osc52, at }
}

#[test]
fn copies_are_counted_for_each_profile_and_forgotten_in_time() {
    let retention = Retention { days: 1, ..Retention::default() };
    let mut history = History::in_memory(retention).unwrap();
    history.keep_copies(&whose("shop"), &[copy(1, 100), copy(2, 100)]).unwrap();
    history.keep_copies(&whose("shop"), &[copy(1, 500)]).unwrap();
    history.keep_copies(&whose("lab"), &[copy(1, 900)]).unwrap();
    let found = history.copies(&whose("shop")).unwrap();
    let last = |second| Timestamp::from_second(second).unwrap();
    assert_eq!(found.get(&copy(1, 0).grant), Some(&Copies { times: 2, last: last(500) }));
    assert_eq!(found.get(&copy(2, 0).grant), Some(&Copies { times: 1, last: last(100) }));
    history.prune(last(86_400 + 200)).unwrap();
    let found = history.copies(&whose("shop")).unwrap();
    assert_eq!(found.into_values().collect::<Vec<_>>(), [Copies { times: 1, last: last(500) }]);
    history.clear().unwrap();
    assert!(history.copies(&whose("lab")).unwrap().is_empty(), "forgetting all forgets these too");
}

#[test]
fn what_was_copied_is_nowhere_in_it() {
    let mut history = History::in_memory(Retention::default()).unwrap();
    history.keep_copies(&whose("shop"), &[copy(1, 100)]).unwrap();
    let columns: Vec<String> = {
        let mut statement =
            history.connection.prepare("SELECT name FROM pragma_table_info('copies')").unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.collect::<rusqlite::Result<_>>().unwrap()
    };
    assert_eq!(columns, ["id", "at", "profile", "backend", "grant_id", "format", "route"]);
}
