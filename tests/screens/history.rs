//! The history of calls: what is shown of it, and that a past call is looked at, compared and sent again safely.

mod again;
mod aside;
mod list;
mod unsent;
mod writes;

use grantdeck::app::nav::Kind;
use grantdeck::app::requests::{CompareRecords, ForgetRecords, ListRecords, SendCall};
use grantdeck::app::screens::history::Comparison;
use grantdeck::app::{Answer, Effect, Job, Slot};
use grantdeck::domain::record::REDACTED;
use grantdeck::domain::{
    ApprovalId, Audited, CallRecord, CallRequest, Code, Diagnosis, HistoryEnd, HistoryPage, HistoryPolicy,
    HistoryQuery, HistoryRow, HistorySlice, KeptBody, Mode, Outcome, RecordId, RecordSummary, Retry, Which,
    Who, WriteId,
};
use insta::assert_snapshot;

use super::fixtures;
use super::stage::{Stage, noon};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];
const SECOND: i64 = 1;
const MINUTE: i64 = 60;

fn kept(text: &str) -> KeptBody {
    let bytes = text.as_bytes().to_vec();
    KeptBody { whole_length: bytes.len() as u64, bytes: bytes.into(), cut: false, omitted: None }
}

fn answered(alter_status: u16, provider_status: u16, body: &str) -> Outcome {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Outcome::Answered { alter_status, provider_status, headers, body: Some(kept(body)), truncated: false }
}

/// A call with the first grant of the company, which is Google's.
fn record(ago: i64, url: &str, outcome: Outcome) -> CallRecord {
    CallRecord {
        at: noon().wall - jiff::SignedDuration::from_secs(ago),
        profile: "acme-production".to_owned(),
        host: "backend.alterauth.com".to_owned(),
        grant: fixtures::id(1),
        provider: Some("google".to_owned()),
        account: Some("work@acme.com".to_owned()),
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
        elapsed_ms: Some(142),
        duration_ms: Some(120),
        approval: None,
        outcome,
        audited: Audited::ByAlter,
    }
}

const CALENDAR: &str = "https://www.googleapis.com/calendar/v3/users/me/calendarList";

/// A probe that the provider refused.
pub(crate) fn refused() -> CallRecord {
    record(3 * MINUTE, CALENDAR, answered(200, 401, r#"{"error":"invalid_grant"}"#))
}

/// One of each ending, the latest first.
fn calls() -> Vec<(RecordId, CallRecord)> {
    let failed = Outcome::Failed {
        code: "rate_limit_exceeded".to_owned(),
        who: "alter".to_owned(),
        headline: "Alter's rate limit is used up.".to_owned(),
        said: Some("Too many requests.".to_owned()),
    };
    let approval = ApprovalId(uuid::Uuid::from_u128(0x1a2b_3c4d));
    let expires_at = noon().wall + jiff::SignedDuration::from_hours(2);
    let mut write =
        record(9 * MINUTE, "https://slack.com/api/chat.postMessage", answered(200, 200, "{\"ok\":true}"));
    "POST".clone_into(&mut write.method);
    write.grant = fixtures::id(3);
    write.provider = Some("slack".to_owned());
    write.account = Some("acme-hq".to_owned());
    write.mode = Mode::Retrieve;
    write.audited = Audited::No;
    write.request_body = Some(kept("{\"text\":\"hello\"}"));
    write.request_is_json = true;
    let mut hostile =
        record(26 * 60 * MINUTE, "https://evil.example/\u{1b}]0;x\u{7}\u{202e}gpj", answered(200, 401, ""));
    hostile.account = Some("\u{1b}[2Jwiped\u{202e}moc".to_owned());
    hostile.provider = Some("evil\u{1b}[31m".to_owned());
    "GE\u{7}T".clone_into(&mut hostile.method);
    hostile.grant = fixtures::id(77);
    let mut records = vec![
        record(
            20 * SECOND,
            CALENDAR,
            answered(200, 200, r#"{"kind":"list","items":[{"id":"a"},{"id":"b"}]}"#),
        ),
        record(
            3 * MINUTE,
            CALENDAR,
            answered(200, 200, r#"{"items":[{"id":"a"}],"kind":"list","next":null}"#),
        ),
        write,
        record(40 * MINUTE, CALENDAR, failed),
        record(70 * MINUTE, CALENDAR, Outcome::Held { approval, expires_at }),
        record(80 * MINUTE, CALENDAR, Outcome::Cancelled { may_have_happened: true }),
        record(90 * MINUTE, CALENDAR, Outcome::Unfinished),
        hostile,
    ];
    records[4].approval = Some(approval);
    records[6].elapsed_ms = None;
    let ids = (1..=records.len() as i64).rev().map(RecordId);
    ids.zip(records).collect()
}

fn summaries() -> Vec<RecordSummary> {
    calls().iter().map(|(id, record)| record.summary(*id)).collect()
}

/// An answer with these rows and no others.
fn answer_with(rows: Vec<HistoryRow>, keep: HistoryPolicy) -> Answer {
    let end = HistoryEnd { call: RecordId(i64::MAX), write: WriteId(i64::MAX) }.after(&rows);
    Answer::ListRecords(Ok(HistoryPage { slice: HistorySlice { rows, end }, keep }))
}

fn page(calls: Vec<RecordSummary>) -> Answer {
    answer_with(calls.into_iter().map(HistoryRow::Call).collect(), HistoryPolicy::Everything)
}

/// The list of grants, and the history over it before anything was answered.
fn entered(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("ctrl-r");
    stage
}

pub(crate) fn opened(width: u16, height: u16) -> Stage {
    let mut stage = entered(width, height);
    stage.answer(Slot::Records, page(summaries()));
    stage
}

/// A held call of the history, opened.
pub(crate) fn held_one(width: u16, height: u16) -> Stage {
    let mut stage = opened(width, height);
    looked_at(&mut stage, 4);
    stage
}

/// Opens the nth call of the list.
pub(crate) fn looked_at(stage: &mut Stage, at: usize) {
    for _ in 0..at {
        stage.press("j");
    }
    stage.press("enter");
    answer_record(stage, at);
}

pub(crate) fn answer_record(stage: &mut Stage, at: usize) {
    let (id, record) = calls().swap_remove(at);
    stage.answer(Slot::Record, Answer::ReadRecord(Ok(Some((id, Box::new(record))))));
}

fn asked(stage: &Stage) -> &HistoryQuery {
    let newest = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { job: Job::ListRecords(ListRecords(query)), .. } => Some(query),
        _ => None,
    });
    newest.expect("the history was not asked")
}

fn jobs<'a, T>(stage: &'a Stage, wanted: impl Fn(&'a Job) -> Option<T>) -> Vec<T> {
    let jobs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job, .. } => wanted(job),
        _ => None,
    });
    jobs.collect()
}

fn sent(stage: &Stage) -> Vec<&CallRequest> {
    jobs(stage, |job| if let Job::SendCall(SendCall(request)) = job { Some(&**request) } else { None })
}

fn compared(stage: &Stage) -> Vec<(RecordId, RecordId)> {
    jobs(stage, |job| {
        if let Job::CompareRecords(CompareRecords(left, right)) = job { Some((*left, *right)) } else { None }
    })
}

fn forgotten(stage: &Stage) -> Vec<Option<RecordId>> {
    jobs(stage, |job| if let Job::ForgetRecords(ForgetRecords(id)) = job { Some(*id) } else { None })
}

fn comparison(left: usize, right: usize) -> Answer {
    let calls = calls();
    let side = |at: usize| (calls[at].0, &calls[at].1);
    Answer::CompareRecords(Ok(Comparison::of(side(left), side(right), &|| false).map(Box::new)))
}

#[test]
fn the_history_at_every_size() {
    for size in SIZES {
        let named = |what: &str| format!("history_{what}_{}x{}", size.0, size.1);
        let stage = entered(size.0, size.1);
        assert_snapshot!(named("reading"), stage.picture());
        let mut stage = entered(size.0, size.1);
        stage.answer(Slot::Records, page(Vec::new()));
        assert_snapshot!(named("empty"), stage.picture());
        let mut stage = entered(size.0, size.1);
        let problem = "was written by a newer grantdeck (history version 9, this one knows 2)";
        let newer = Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy)
            .fact("file", "/home/dana/.local/state/grantdeck/history.db")
            .fact("problem", problem);
        stage.answer(Slot::Records, Answer::ListRecords(Err(newer)));
        assert_snapshot!(named("failed"), stage.picture());
        let mut stage = opened(size.0, size.1);
        stage.press("j");
        stage.press("space");
        assert_snapshot!(named("list"), stage.picture());
        stage.press("/");
        stage.type_text("slack post");
        stage.answer(Slot::Records, page(vec![summaries().swap_remove(2)]));
        assert_snapshot!(named("searching"), stage.picture());
        let mut stage = opened(size.0, size.1);
        looked_at(&mut stage, 1);
        assert_snapshot!(named("record"), stage.picture());
        let mut stage = opened(size.0, size.1);
        looked_at(&mut stage, 4);
        assert_snapshot!(named("held"), stage.picture());
        let mut stage = opened(size.0, size.1);
        stage.press("d");
        stage.press("j");
        stage.press("d");
        stage.answer(Slot::Compare, comparison(1, 0));
        assert_snapshot!(named("compared"), stage.picture());
        let mut stage = opened(size.0, size.1);
        stage.press("z");
        stage.model.shared.toasts.dismiss(stage.now);
        assert_snapshot!(named("private"), stage.picture());
    }
}

/// Answers what the history was asked and was not told yet, well or with a failure; for the laws.
pub(crate) fn answer_all(stage: &mut Stage, from: usize, well: bool) {
    let why = || Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy);
    for slot in [Slot::Records, Slot::Record, Slot::Compare, Slot::Forget] {
        if !stage.model.shared.slots.is_open(slot) {
            continue;
        }
        let answer = match (slot, well) {
            (Slot::Records, true) => writes::page(writes::rows().split_off(from)),
            (Slot::Record, true) => {
                let (id, record) = calls().swap_remove(from);
                Answer::ReadRecord(Ok(Some((id, Box::new(record)))))
            }
            (Slot::Compare, true) => comparison(from, 0),
            (Slot::Forget, true) => Answer::ForgetRecords(Ok(from)),
            (Slot::Records, false) => Answer::ListRecords(Err(why())),
            (Slot::Record, false) => Answer::ReadRecord(Ok(None)),
            (Slot::Compare, false) => Answer::CompareRecords(Err(why())),
            _ => Answer::ForgetRecords(Err(why())),
        };
        stage.answer(slot, answer);
    }
}
