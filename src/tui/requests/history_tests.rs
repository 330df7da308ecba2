use tempfile::TempDir;

use super::*;
use crate::app::{Answer, Effect, Job, Msg, Slot, Ticket};
use crate::domain::{Audited, Code, GrantId, HistoryPolicy, HistoryQuery, HistoryRow, Mode, Outcome};
use crate::jobs::Recorder;
use crate::platform::panic::Record;
use crate::store::{History, Place, Retention};
use crate::tui::delivery::{Delivery, channel};
use crate::tui::effects::{EffectRunner as _, Effects};

fn call(url: &str) -> CallRecord {
    CallRecord {
        at: jiff::Timestamp::UNIX_EPOCH,
        profile: "default".to_owned(),
        host: "localhost".to_owned(),
        grant: GrantId(uuid::Uuid::nil()),
        provider: Some("github".to_owned()),
        account: None,
        mode: Mode::Proxy,
        method: "GET".to_owned(),
        url: url.to_owned(),
        path_parameters: Vec::new(),
        query: Vec::new(),
        request_headers: Vec::new(),
        request_body: None,
        request_is_json: false,
        reason: None,
        context: Vec::new(),
        elapsed_ms: None,
        duration_ms: None,
        approval: None,
        outcome: Outcome::Unfinished,
        audited: Audited::No,
    }
}

/// Three recorded calls, on disk.
struct Rig {
    runner: Effects,
    deliveries: tokio::sync::mpsc::Receiver<Delivery>,
    ids: Vec<RecordId>,
    _home: TempDir,
}

impl Rig {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("grantdeck/history.db");
        let mut history = History::open(&file, Retention::default()).unwrap();
        let urls = ["https://a.example/", "https://b.example/", "https://c.example/"];
        let ids = urls.map(|url| history.insert(&call(url)).unwrap()).to_vec();
        let recorder =
            Recorder::new(Place::File(file), Retention::default(), "default", HistoryPolicy::WithoutBodies);
        let (answers, deliveries) = channel();
        let runner = Effects::new(LiveSession::with_history(recorder), answers, Record::default());
        Self { runner, deliveries, ids, _home: home }
    }

    async fn ask(&mut self, slot: Slot, job: Job) -> Answer {
        let ticket = Ticket { slot, epoch: 1 };
        self.runner.carry_out(Effect::Start { ticket, job });
        let Some(Delivery::Msg(Msg::Answer { ticket: answered, answer })) = self.deliveries.recv().await
        else {
            panic!("no answer came")
        };
        assert_eq!(answered, ticket);
        assert!(matches!(self.deliveries.recv().await, Some(Delivery::Ended(_))));
        *answer
    }

    async fn found(&mut self, which: Which) -> Option<RecordId> {
        match self.ask(Slot::Record, Job::ReadRecord(ReadRecord(which))).await {
            Answer::ReadRecord(Ok(found)) => found.map(|(id, _)| id),
            other => panic!("{other:?}"),
        }
    }

    async fn listed(&mut self, query: HistoryQuery) -> Vec<RecordId> {
        match self.ask(Slot::Records, Job::ListRecords(ListRecords(query))).await {
            Answer::ListRecords(Ok(page)) => {
                assert_eq!(page.keep, HistoryPolicy::WithoutBodies);
                page.slice.rows.iter().filter_map(HistoryRow::call).map(|call| call.id).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn calls_are_listed_found_by_their_neighbours_and_forgotten() {
    let mut rig = Rig::new();
    let [first, second, third] = rig.ids[..] else { panic!() };
    assert_eq!(rig.listed(HistoryQuery::default()).await, [third, second, first]);
    let search = HistoryQuery { text: "b.example".to_owned(), ..HistoryQuery::default() };
    assert_eq!(rig.listed(search).await, [second]);
    assert_eq!(rig.found(Which::This(second)).await, Some(second));
    assert_eq!(rig.found(Which::Older(second)).await, Some(first));
    assert_eq!(rig.found(Which::Newer(second)).await, Some(third));
    assert_eq!(rig.found(Which::Newer(third)).await, None);
    let gone = rig.ask(Slot::Forget, Job::ForgetRecords(ForgetRecords(Some(second)))).await;
    assert!(matches!(gone, Answer::ForgetRecords(Ok(1))), "{gone:?}");
    assert_eq!(rig.listed(HistoryQuery::default()).await, [third, first]);
    let gone = rig.ask(Slot::Forget, Job::ForgetRecords(ForgetRecords(None))).await;
    assert!(matches!(gone, Answer::ForgetRecords(Ok(2))), "{gone:?}");
}

#[tokio::test]
async fn two_calls_are_compared_and_one_that_is_gone_is_reported() {
    let mut rig = Rig::new();
    let (first, second) = (rig.ids[0], rig.ids[1]);
    let Answer::CompareRecords(Ok(Some(found))) =
        rig.ask(Slot::Compare, Job::CompareRecords(CompareRecords(first, second))).await
    else {
        panic!()
    };
    assert_eq!((found.left.id, found.right.id), (first, second));
    assert_eq!((found.added, found.removed), (1, 1), "the URL");
    let gone = rig.ask(Slot::Compare, Job::CompareRecords(CompareRecords(first, RecordId(99)))).await;
    assert!(matches!(gone, Answer::CompareRecords(Ok(None))), "{gone:?}");
}

#[tokio::test]
async fn without_a_history_each_question_is_answered_with_why() {
    let (answers, mut deliveries) = channel();
    let mut runner = Effects::new(LiveSession::closed(), answers, Record::default());
    let id = RecordId(1);
    for (slot, job) in [
        (Slot::Records, Job::ListRecords(ListRecords(HistoryQuery::default()))),
        (Slot::Record, Job::ReadRecord(ReadRecord(Which::This(id)))),
        (Slot::Compare, Job::CompareRecords(CompareRecords(id, id))),
        (Slot::Forget, Job::ForgetRecords(ForgetRecords(None))),
    ] {
        runner.carry_out(Effect::Start { ticket: Ticket { slot, epoch: 1 }, job });
        let Some(Delivery::Msg(Msg::Answer { answer, .. })) = deliveries.recv().await else { panic!() };
        let why = match *answer {
            Answer::ListRecords(Err(why))
            | Answer::ReadRecord(Err(why))
            | Answer::CompareRecords(Err(why))
            | Answer::ForgetRecords(Err(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(why.code, Code::Cancelled);
        assert!(matches!(deliveries.recv().await, Some(Delivery::Ended(_))));
    }
}
