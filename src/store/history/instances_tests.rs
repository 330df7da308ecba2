//! Several instances of the program sharing a history.

use super::*;

#[test]
fn instances_that_begin_and_write_at_once_lose_nothing() {
    let (_home, file) = fresh();
    let write = |from: u32| {
        let file = file.clone();
        std::thread::spawn(move || {
            let mut history = open(&file);
            for number in from..from + 125 {
                let id = history.insert(&record(number)).unwrap();
                history.finish(id, &CallRecord { outcome: answered(200, b"x"), ..record(number) }).unwrap();
            }
        })
    };
    let writers: Vec<_> = [0, 200, 400, 600].map(write).into_iter().collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let all = open(&file).list(&RecordQuery { limit: 1000, ..RecordQuery::default() }).unwrap();
    assert_eq!(all.len(), 500);
    assert!(all.iter().all(|summary| summary.ending == Ending::Answered));
    let mut accounts: Vec<_> = all.iter().map(|summary| summary.account.clone()).collect();
    accounts.sort();
    accounts.dedup();
    assert_eq!(accounts.len(), 500);
}

/// An instance that starts while another creates the tables must see all of them or none: a partial file would be
/// reported as damaged.
#[test]
fn instances_that_begin_at_once_all_find_a_history() {
    for _ in 0..40 {
        let (_home, file) = fresh();
        let start = std::sync::Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    start.wait();
                    open(&file);
                });
            }
        });
    }
}
