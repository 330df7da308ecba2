//! No request is lost: whatever is requested, and however it fails, an answer arrives that ends its slot before the end
//! of the task is delivered.

use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use strum::EnumCount as _;

use super::*;
use crate::app::keymap::Keymap;
use crate::app::requests::*;
use crate::app::{Answer, Effect, Model, Slot};
use crate::body::{Document, Fit, FoldStep, Folds, View};
use crate::domain::approval::PendingApproval;
use crate::domain::change::{ChangeRequest, PlanId};
use crate::domain::column::Order;
use crate::domain::connect::{ConnectOptions, ConnectPlan, PlannedSession};
use crate::domain::{
    ApprovalId, Body, CallEvent, CallRequest, Clean, Code, CopyText, FollowRequest, Grant, GrantId,
    HistoryQuery, ListRequest, Now, RecordId, RequestDraft, RowId, ServerFilter, Which, revoke,
};
use crate::jobs::Recorder;
use crate::platform::panic::Record;
use crate::search::{Plan, Query, Snapshot};
use crate::store::{HistoryPolicy, Place, Retention};
use crate::tui::delivery::channel;
use crate::tui::effects::{EffectRunner as _, Effects};
use crate::ui::{Depth, Theme};

/// One of each job.
fn every_job() -> Vec<Job> {
    let grant = Grant::blank(RowId::Grant(GrantId(uuid::Uuid::nil())));
    let body = || Body::from(b"[1]".to_vec());
    let document = Document::open(body(), None, &|| false).unwrap();
    let text = Document::open(Body::from(b"no JSON".to_vec()), None, &|| false).unwrap();
    let smoke = || SmokeTargets::all(Snapshot::default());
    let call = CallRequest {
        draft: RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", "https://a.test/"),
        patience: None,
        wait: Duration::ZERO,
        permit: None,
        provider: None,
        account: None,
        home: None,
        allowed: Vec::new(),
    };
    let plan = Plan {
        rows: Snapshot::default(),
        server: ServerFilter::default(),
        kind: None,
        health: None,
        query: Query::parse("x"),
        order: Order::AsSent,
        tree: false,
        now: Now { millis: 0, wall: jiff::Timestamp::UNIX_EPOCH },
    };
    let agent = GrantId(uuid::Uuid::nil());
    let access = crate::app::screens::revoke::Access { grant: grant.clone(), id: agent, agent };
    let held = PendingApproval::remembered(ApprovalId(uuid::Uuid::nil()), jiff::Timestamp::UNIX_EPOCH);
    let options = ConnectOptions::default();
    let planned = PlannedSession {
        plan: ConnectPlan::oauth(vec!["github".into()], &options, false),
        about: None,
        before: Vec::new(),
    };
    let session = PlanSession::New { provider: "github".to_owned(), options };
    vec![
        OpenSession.into(),
        Identify.into(),
        ReadProfiles.into(),
        CountCopies.into(),
        ReadCatalog.into(),
        ReadAgents.into(),
        WalkList(ListRequest::default()).into(),
        SendCall(Box::new(call)).into(),
        FollowCall(Box::new(FollowRequest { held, wait: Duration::ZERO })).into(),
        OpenBody { body: body(), content_type: None }.into(),
        SearchBody { document: document.clone(), needle: "1".to_owned(), view: View::Pretty }.into(),
        FoldBody { document: text, folds: Folds::default(), steps: vec![FoldStep::Below(1)] }.into(),
        WrapBody { document: document.clone(), width: 80 }.into(),
        FilterBody { filter: ".".to_owned(), input: body() }.into(),
        SaveBody { path: "/dev/null/x".to_owned(), body: body(), replace: false }.into(),
        CopyBody { document, token: None, label: Clean::line("it") }.into(),
        PlanChange(ChangeRequest::Swaps { pairs: Vec::new(), found: Vec::new() }).into(),
        WriteChange(PlanId(7)).into(),
        SearchRows(Box::new(plan)).into(),
        CopyOut(CopyText::plain("it", Clean::line("it"))).into(),
        OpenLink::Page("no link".to_owned()).into(),
        EditText { text: String::new(), json: false }.into(),
        ScanFiles { paths: Vec::new(), grants: Snapshot::default(), gone: HashSet::new() }.into(),
        ListOperations { kind: grant.kind.clone(), provider: "x".into() }.into(),
        ReadOperation { grant: Box::new(grant), id: "x".to_owned() }.into(),
        ListRecords(HistoryQuery::default()).into(),
        ReadRecord(Which::This(RecordId(1))).into(),
        CompareRecords(RecordId(1), RecordId(2)).into(),
        ForgetRecords(None).into(),
        PlanSmoke(smoke()).into(),
        RunSmoke(smoke()).into(),
        ReadVerdicts(Vec::new()).into(),
        session.clone().into(),
        RunSession(Box::new(planned)).into(),
        SignIn.into(),
        ChangeUser(None).into(),
        RevokeAccess(Arc::new(access)).into(),
        PlanRevoke(revoke::PlanRequest { wanted: Vec::new(), providers: Vec::new() }).into(),
        RunRevoke(Arc::new(revoke::RevokePlan::new(&[], &[], None, jiff::Timestamp::UNIX_EPOCH))).into(),
    ]
}

/// Whether a call is over. Its slot stays open for later events: that it was not recorded or not audited.
fn ends_a_call(message: &Msg) -> bool {
    let Msg::Answer { answer, .. } = message else { return false };
    let (Answer::SendCall(event) | Answer::FollowCall(event)) = &**answer else { return false };
    matches!(
        event,
        CallEvent::Done(_) | CallEvent::Kept(_) | CallEvent::Failed(_) | CallEvent::Cancelled { .. }
    )
}

/// Whether the screen would only repeat the request, so that there is no answer if the task panics.
fn is_given_up(job: &Job) -> bool {
    matches!(job, Job::OpenBody(_) | Job::SearchBody(_) | Job::FoldBody(_) | Job::WrapBody(_))
}

/// Runs a job and feeds every answer to a screen; returns whether its slot is closed once the task has ended, or the
/// terminal was handed to an editor whose end is the answer.
async fn ends(job: Job, live: LiveSession) -> bool {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers.clone(), Record::default());
    let theme = Theme::builtin("dark", Depth::Ansi16).into();
    let mut model = Model::new(theme, Depth::Ansi16, Keymap::builtin().into());
    let now = Now { millis: 0, wall: jiff::Timestamp::UNIX_EPOCH };
    let ticket = model.shared.slots.begin(job.slot());
    start(&mut tasks, &Arc::new(live), &answers, ticket, job);
    let mut is_over = false;
    loop {
        match deliveries.recv().await {
            Some(Delivery::Msg(message)) => {
                is_over |= ends_a_call(&message);
                crate::app::update(&mut model, message, now);
            }
            Some(Delivery::Write(_)) => {}
            Some(Delivery::Edit(edited, _)) => is_over = edited == ticket,
            Some(Delivery::Ended(ended)) => {
                assert_eq!(ended, ticket);
                return is_over || !model.shared.slots.is_current(ticket);
            }
            None => return false,
        }
    }
}

#[tokio::test]
async fn every_request_is_begun_and_its_answer_ends_its_slot() {
    let kinds: HashSet<Discriminant<Job>> = every_job().iter().map(discriminant).collect();
    assert_eq!(kinds.len(), Job::COUNT, "a request is missing from the list of this test");
    for job in every_job() {
        let (name, slot) = (format!("{job:?}"), job.slot());
        assert!(ends(job, LiveSession::closed()).await, "{name} leaves {slot:?} open");
    }
    for job in every_job() {
        let (name, slot, open) = (format!("{job:?}"), job.slot(), is_given_up(&job));
        assert_eq!(ends(job, LiveSession::broken()).await, !open, "{name} in {slot:?}, when it breaks");
    }
}

/// The answers to a job, until it has ended.
async fn answers_to(job: Job, live: LiveSession) -> Vec<Answer> {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers.clone(), Record::default());
    let ticket = Ticket { slot: job.slot(), epoch: 1 };
    start(&mut tasks, &Arc::new(live), &answers, ticket, job);
    let mut all = Vec::new();
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Msg(Msg::Answer { ticket: answered, answer }) => {
                assert_eq!(answered, ticket);
                all.push(*answer);
            }
            Delivery::Ended(_) => break,
            other => panic!("{other:?}"),
        }
    }
    all
}

fn large() -> Document {
    let text = format!("[{}1]", "[1],".repeat(1_000_000));
    Document::open(text.into_bytes().into(), None, &|| false).unwrap()
}

#[tokio::test]
async fn work_over_a_large_body_is_answered_once_it_is_done() {
    let document = large();
    let needle = "1".to_owned();
    let search = SearchBody { document: document.clone(), needle, view: View::Pretty };
    let found = answers_to(search.into(), LiveSession::closed()).await;
    let (last, early) = found.split_last().unwrap();
    let total = |answer: &Answer, wanted: bool| match answer {
        Answer::SearchBody(Searched { found, last }) if *last == wanted => found.total,
        other => panic!("{other:?}"),
    };
    assert_eq!(total(last, true), 1_000_001);
    assert!(early.iter().map(|answer| total(answer, false)).is_sorted(), "it only grows");

    let steps = vec![FoldStep::Below(1)];
    let fold = FoldBody { document: document.clone(), folds: Folds::default(), steps };
    let folded = answers_to(fold.into(), LiveSession::closed()).await;
    let [Answer::FoldBody(Folded { folds, .. })] = &*folded else { panic!("{folded:?}") };
    assert_eq!(folds.visible_len(document.tape().unwrap()), 1_000_003);

    let fit = Fit::Wrap(80);
    assert!(!document.is_prepared(View::Raw, fit));
    let wrap = WrapBody { document: document.clone(), width: 80 };
    let wrapped = answers_to(wrap.into(), LiveSession::closed()).await;
    assert!(matches!(&*wrapped, [Answer::WrapBody(Wrapped)]));
    assert!(document.is_prepared(View::Raw, fit));
}

#[tokio::test]
async fn a_search_that_nobody_waits_for_reports_nothing_more() {
    let (answers, mut deliveries) = channel();
    let mut tasks = Tasks::new(answers.clone(), Record::default());
    let search = SearchBody { document: large(), needle: "1".to_owned(), view: View::Pretty };
    let ticket = Ticket { slot: Slot::BodySearch, epoch: 1 };
    start(&mut tasks, &Arc::new(LiveSession::closed()), &answers, ticket, search.into());
    tasks.cancel(Slot::BodySearch);
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Msg(Msg::Answer { answer, .. }) => {
                assert!(matches!(*answer, Answer::SearchBody(Searched { last: false, .. })), "{answer:?}");
            }
            Delivery::Ended(_) => break,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_text_without_a_clipboard_comes_back_to_be_shown() {
    let copy = CopyOut(CopyText::plain("shown", Clean::line("it")));
    let copied = answers_to(copy.into(), LiveSession::closed()).await;
    let [Answer::CopyOut(CopyReport { result: Ok(_), shown: Some(text), .. })] = &*copied else {
        panic!("{copied:?}")
    };
    assert_eq!(&**text.text, "shown");
}

/// The code reported for a call that could not be recorded.
fn not_kept(delivery: &Delivery) -> Option<Code> {
    match delivery {
        Delivery::Msg(Msg::Fault(why)) => Some(why.code),
        Delivery::Msg(Msg::Answer { answer, .. }) => match &**answer {
            Answer::SendCall(CallEvent::NotRecorded(why)) => Some(why.code),
            _ => None,
        },
        _ => None,
    }
}

/// Recording a call may fail long after the call: it is reported once, on the screen or when leaving.
#[tokio::test]
async fn a_call_that_was_not_kept_is_said_on_the_screen_or_when_leaving() {
    for leaves_at_once in [false, true] {
        let home = tempfile::tempdir().unwrap();
        let taken = home.path().join("taken");
        std::fs::write(&taken, "a file where the folder should be").unwrap();
        let place = Place::File(taken.join("history.db"));
        let recorder = Recorder::new(place, Retention::default(), "default", HistoryPolicy::WithoutBodies);
        let (answers, mut deliveries) = channel();
        let live = LiveSession::with_history(recorder);
        let mut effects = Effects::new(live, answers, Record::default());
        let draft = RequestDraft::new(GrantId(uuid::Uuid::nil()), "GET", "https://a.test/");
        let request = SendCall(Box::new(CallRequest::for_grant(draft, None)));
        let ticket = Ticket { slot: Slot::Call, epoch: 1 };
        effects.carry_out(Effect::Start { ticket, job: request.into() });
        let mut said = Vec::new();
        while !leaves_at_once && said.is_empty() {
            said.extend(not_kept(&deliveries.recv().await.expect("nothing was said")));
        }
        said.extend(effects.finish().await.map(|why| why.code));
        while let Ok(delivery) = deliveries.try_recv() {
            said.extend(not_kept(&delivery));
        }
        assert_eq!(said, [Code::HistoryOff], "leaves at once: {leaves_at_once}, {said:?}");
    }
}
