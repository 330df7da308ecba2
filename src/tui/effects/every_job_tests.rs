//! No question is lost: whatever is asked for, and however it fails, an answer comes that ends its slot, before the
//! word that the work is over.

use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};

use strum::EnumCount as _;

use super::*;
use crate::app::Model;
use crate::app::effect::ScanJob;
use crate::app::keymap::Keymap;
use crate::body::{Document, FoldStep, Folds, View};
use crate::domain::approval::PendingApproval;
use crate::domain::change::{ChangeRequest, PlanId};
use crate::domain::smoke::SmokeSummary;
use crate::domain::{
    ApprovalId, Body, Clean, Code, Now, RecordId, RecordQuery, RequestDraft, Retry, RowId, Which, Who,
};
use crate::search::Snapshot;
use crate::tui::delivery::channel;
use crate::ui::{Depth, Theme};

/// A backend that does nothing it is asked for: it refuses, or it breaks.
struct Refusing {
    breaks: bool,
}

impl Refusing {
    fn why(&self) -> Diagnosis {
        assert!(!self.breaks, "broken on purpose");
        Diagnosis::new(Code::NetworkFailed, Who::You, Retry::AfterRemedy)
    }
}

impl Backend for Refusing {
    async fn open(&self) -> Result<crate::app::msg::Session, Diagnosis> {
        Err(self.why())
    }

    async fn identify(&self) -> Result<Identity, Diagnosis> {
        Err(self.why())
    }

    fn key_notice(&self) -> Option<Diagnosis> {
        None
    }

    async fn copies(&self) -> Option<HashMap<GrantId, Copies>> {
        self.why();
        None
    }

    async fn profiles(&self) -> Result<Vec<ProfileSummary>, Diagnosis> {
        Err(self.why())
    }

    async fn catalog(&self) -> Result<Arc<Catalog>, Diagnosis> {
        Err(self.why())
    }

    fn recorder(&self) -> Result<Recorder, Diagnosis> {
        Err(Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy))
    }

    async fn agents(&self) -> Result<Vec<Agent>, Diagnosis> {
        Err(self.why())
    }

    async fn operations(&self, _: GrantKind, _: Arc<str>) -> Result<Vec<OperationSummary>, Diagnosis> {
        Err(self.why())
    }

    async fn operation(&self, _: &Grant, _: &str) -> Result<Operation, Diagnosis> {
        Err(self.why())
    }

    async fn copy(&self, _: CopyText) -> Result<Outcome, Diagnosis> {
        Err(self.why())
    }

    fn hidden_variables(&self) -> Vec<String> {
        Vec::new()
    }

    async fn call(&self, _: CallRequest, _: CancellationToken, events: mpsc::Sender<CallEvent>) {
        events.send(CallEvent::Failed(self.why())).await.unwrap();
    }

    async fn follow(&self, _: FollowRequest, _: CancellationToken, events: mpsc::Sender<CallEvent>) {
        events.send(CallEvent::Failed(self.why())).await.unwrap();
    }

    async fn foresee(&self, _: SmokeJob) -> Result<SmokePlan, Diagnosis> {
        Err(self.why())
    }

    async fn smoke(&self, _: SmokeJob, _: CancellationToken, events: mpsc::Sender<SmokeEvent>) {
        let summary = SmokeSummary { stopped: Some(self.why()), ..SmokeSummary::default() };
        events.send(SmokeEvent::Done(summary)).await.unwrap();
    }

    async fn verdicts(&self, _: Vec<GrantId>) -> Result<HashMap<GrantId, Vec<Past>>, Diagnosis> {
        Err(self.why())
    }

    async fn list(&self, _: ListRequest, events: mpsc::Sender<ListEvent>) {
        events.send(ListEvent::Failed(self.why())).await.unwrap();
    }
}

/// One of each job.
fn every_job() -> Vec<Job> {
    let grant = Grant::blank(RowId::Grant(GrantId(uuid::Uuid::nil())));
    let body = || Body::from(b"[1]".to_vec());
    let document = Document::open(body(), None, &|| false).unwrap();
    let text = Document::open(Body::from(b"no JSON".to_vec()), None, &|| false).unwrap();
    let smoke = || SmokeJob::all(Snapshot::default());
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
    let held = PendingApproval::remembered(ApprovalId(uuid::Uuid::nil()), jiff::Timestamp::UNIX_EPOCH);
    vec![
        Job::OpenSession,
        Job::Identify,
        Job::Profiles,
        Job::Copies,
        Job::Catalog,
        Job::Agents,
        Job::List(ListRequest::default()),
        Job::Call(Box::new(call)),
        Job::Follow(Box::new(FollowRequest { held, wait: Duration::ZERO })),
        Job::OpenBody { body: body(), content_type: None },
        Job::SearchBody { document: document.clone(), needle: "1".to_owned(), view: View::Pretty },
        Job::Fold { document: text, folds: Folds::default(), steps: vec![FoldStep::Below(1)] },
        Job::Wrap { document: document.clone(), width: 80 },
        Job::Filter { filter: ".".to_owned(), input: body() },
        Job::Save { path: "/dev/null/x".to_owned(), body: body(), replace: false },
        Job::CopyBody { document, token: None, label: Clean::line("it") },
        Job::Plan(ChangeRequest::Swaps { pairs: Vec::new(), found: Vec::new() }),
        Job::Change(PlanId(7)),
        Job::Scan(ScanJob { paths: Vec::new(), grants: Snapshot::default(), gone: HashSet::new() }),
        Job::Operations { kind: grant.kind.clone(), provider: "x".into() },
        Job::Operation { grant: Box::new(grant), id: "x".to_owned() },
        Job::Records(RecordQuery::default()),
        Job::Record(Which::This(RecordId(1))),
        Job::Compare(RecordId(1), RecordId(2)),
        Job::Forget(None),
        Job::Foresee(smoke()),
        Job::Smoke(smoke()),
        Job::Verdicts(Vec::new()),
    ]
}

/// Whether a call is over. Its slot stays for what is told after its end: that it was kept, or not audited.
fn ends_a_call(message: &Msg) -> bool {
    let Msg::Answer { answer, .. } = message else { return false };
    let Answer::Call(event) = &**answer else { return false };
    matches!(
        event,
        CallEvent::Done(_) | CallEvent::Kept(_) | CallEvent::Failed(_) | CallEvent::Cancelled { .. }
    )
}

/// Asks, and gives every answer to a screen; whether the slot is closed once the work is over.
async fn ends(job: Job, breaks: bool) -> bool {
    let (answers, mut deliveries) = channel();
    let mut hands = Effects::new(Refusing { breaks }, answers, Record::default());
    let theme = Theme::builtin("dark", Depth::Ansi16).into();
    let mut model = Model::new(theme, Depth::Ansi16, Keymap::builtin().into());
    let now = Now { millis: 0, wall: jiff::Timestamp::UNIX_EPOCH };
    let ticket = model.slots.begin(job.slot());
    hands.carry_out(Effect::Start { ticket, job });
    let mut is_over = false;
    loop {
        match deliveries.recv().await {
            Some(Delivery::Msg(message)) => {
                is_over |= ends_a_call(&message);
                crate::app::update(&mut model, message, now);
            }
            Some(Delivery::Write(_)) => {}
            Some(Delivery::Ended(ended)) => {
                assert_eq!(ended, ticket);
                return is_over || !model.slots.is_current(ticket);
            }
            None => return false,
        }
    }
}

#[tokio::test]
async fn every_job_is_begun_and_its_answer_ends_its_slot() {
    let kinds: HashSet<Discriminant<Job>> = every_job().iter().map(discriminant).collect();
    assert_eq!(kinds.len(), Job::COUNT, "a job is missing from the list of this test");
    for breaks in [false, true] {
        for job in every_job() {
            let (name, slot) = (format!("{job:?}"), job.slot());
            assert!(ends(job, breaks).await, "{name} leaves {slot:?} open; breaks: {breaks}");
        }
    }
}
