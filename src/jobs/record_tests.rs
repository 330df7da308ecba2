use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::api::arrival::Deadline;
use crate::api::proxy::PATIENCE;
use crate::domain::record::REDACTED;
use crate::domain::{
    Audited, CallEvent, CallRequest, ClearedDraft, DraftBody, Ending, GrantId, HistoryQuery, Mode, Omitted,
    Outcome, RequestDraft, WriteAct, WritePermit, WriteRecord,
};
use crate::protocol::call::{Retrieval, inject};
use crate::sandbox::{self, FaultSpec, Options, Running};
use crate::store::Credentials;
use crate::{Context, Need, call, select};

pub(crate) const USER: &str = "https://api.github.com/user";
pub(crate) const ISSUES: &str = "https://api.github.com/repos/acme/site/issues";

#[expect(clippy::disallowed_methods, reason = "a test has no other clock to give to the backend")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// A backend, and a history in a temporary home folder.
pub(crate) struct Rig {
    pub(crate) backend: Running,
    pub(crate) context: Context,
    pub(crate) grant: GrantId,
    pub(crate) home: TempDir,
}

impl Rig {
    pub(crate) async fn new(keep: HistoryPolicy) -> Self {
        Self::with(keep, None).await
    }

    pub(crate) async fn with(keep: HistoryPolicy, user_token: Option<&str>) -> Self {
        let options = Options { grants: 40, approve_after: None, ..Options::default() };
        let backend = sandbox::start(&options, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.unwrap();
        let open = |user_token: Option<&str>| {
            let credentials = Credentials {
                key: backend.app_key().clone(),
                key_from: String::new(),
                base_url: Some(backend.base_url().to_owned()),
                base_url_from: String::new(),
                user_token: user_token.map(SecretString::from),
                user_token_from: String::new(),
                caller: None,
            };
            Context::open(credentials, now).unwrap()
        };
        let selector = "github:octo-acme".parse().unwrap();
        let grant = select(&open(None).client, &now, &selector, Need::Id).await.unwrap().id;
        let home = tempfile::tempdir().unwrap();
        let place = Place::File(home.path().join("grantdeck/history.db"));
        let recorder = Some(Recorder::new(place, Retention::default(), "environment", keep));
        Self { context: Context { recorder, ..open(user_token) }, backend, grant, home }
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        self.context.recorder.as_ref().unwrap()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.home.path().join("grantdeck/history.db")
    }

    pub(crate) fn faults(&self, faults: &[&str]) {
        self.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
    }

    /// In retrieve mode the simulator itself is called.
    pub(crate) fn draft(&self, mode: Mode, method: &str, url: &str) -> RequestDraft {
        let url = match mode {
            Mode::Proxy => url.to_owned(),
            Mode::Retrieve => self.backend.provider_url(url).unwrap(),
        };
        RequestDraft { mode, ..RequestDraft::new(self.grant, method, &url) }
    }

    pub(crate) async fn run(&self, draft: RequestDraft) -> Vec<CallEvent> {
        let (sender, mut events) = mpsc::channel(16);
        let run = call(&self.context, request(draft), CancellationToken::new(), sender);
        let ((), seen) = tokio::join!(run, async {
            let mut seen = Vec::new();
            while let Some(event) = events.recv().await {
                seen.push(event);
            }
            seen
        });
        self.recorder().flush().await;
        seen
    }

    pub(crate) async fn records(&self) -> Vec<CallRecord> {
        let mut records = Vec::new();
        for summary in self.recorder().list(RecordQuery::default()).await.unwrap() {
            let record = self.recorder().get(summary.id).await.unwrap().unwrap();
            assert_eq!(summary.ending, record.outcome.ending());
            records.push(record);
        }
        records
    }

    pub(crate) async fn only(&self) -> CallRecord {
        let mut records = self.records().await;
        assert_eq!(records.len(), 1, "{records:?}");
        records.remove(0)
    }

    /// All bytes of all files of the history.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.home.path().join("grantdeck")).unwrap();
        let files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
        assert!(files.iter().any(|file| file.to_string_lossy().ends_with("-wal")), "{files:?}");
        files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect()
    }
}

pub(crate) fn request(draft: RequestDraft) -> CallRequest {
    CallRequest {
        wait: Duration::from_mins(1),
        permit: Some(WritePermit::confirmed()),
        provider: Some("github".into()),
        account: Some("octo-acme".into()),
        ..CallRequest::for_grant(draft, None)
    }
}

fn id_of(seen: &[CallEvent]) -> Option<RecordId> {
    seen.iter().find_map(|event| match event {
        CallEvent::Recorded(id) => Some(*id),
        _ => None,
    })
}

/// The provider's credential, as this program receives it.
async fn credential(rig: &Rig) -> String {
    let draft = rig.draft(Mode::Retrieve, "GET", USER);
    let retrieval = Retrieval::check(&ClearedDraft::new(draft, None).unwrap()).unwrap();
    let credential = rig.context.client.credential(&retrieval, Deadline::new(PATIENCE)).await.unwrap();
    let sent = inject::request(&retrieval, &credential, "x/1", now()).unwrap();
    let header =
        sent.headers.iter().find(|header| header.name.eq_ignore_ascii_case("authorization")).unwrap();
    header.value.expose_secret().split(' ').next_back().unwrap().to_owned()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

#[tokio::test]
async fn no_secret_is_in_the_files_whatever_the_caller_and_the_provider_say() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let token = credential(&rig).await;
    let key = rig.backend.app_key().expose_secret().to_owned();
    for mode in [Mode::Proxy, Mode::Retrieve] {
        // In proxy mode, Alter does not reveal the credential: it cannot be repeated here.
        let known = if mode == Mode::Retrieve { token.as_str() } else { "" };
        let mut draft = rig.draft(mode, "POST", &format!("{ISSUES}?access_token=hunter2-url"));
        draft.query = vec![("password".to_owned(), json!("hunter2-query")), ("page".to_owned(), json!(1))];
        draft.headers = vec![
            ("X-Deploy-Token".to_owned(), "hunter2-header".to_owned()),
            ("X-Note".to_owned(), format!("{known} {key}")),
        ];
        draft.reason = Some(format!("a test of {known} {key}"));
        draft.context = vec![("note".to_owned(), format!("{known} {key}"))];
        let body = json!({
            "title": format!("visible {known} {key}"),
            "body": { "client_secret": "hunter2-body" },
            known: "in a name",
        });
        draft.body = DraftBody::Json(body.to_string());
        let seen = rig.run(draft).await;
        let done = seen.iter().find_map(|event| match event {
            CallEvent::Done(report) => Some(report),
            _ => None,
        });
        let answer = &done.unwrap_or_else(|| panic!("{seen:?}")).answer;
        assert_eq!(answer.status, 201);
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(said.contains("hunter2-body"), "it is repeated");
        // Nor is this session's own key.
        assert!(!said.contains(&key), "{mode}");
        // What this machine knows to be the credential is redacted before anything is shown.
        assert_eq!(said.contains(known), mode == Mode::Proxy, "{mode}");

        let record = rig.recorder().get(id_of(&seen).unwrap()).await.unwrap().unwrap();
        let Outcome::Answered { provider_status: 201, body: Some(body), .. } = &record.outcome else {
            panic!("{record:?}")
        };
        let body = String::from_utf8_lossy(&body.bytes).into_owned();
        assert!(body.contains("visible") && body.contains(REDACTED), "{body}");
        assert!(record.redacted() && record.draft().mode == mode);
        let audited = if mode == Mode::Proxy { Audited::ByAlter } else { Audited::Yes };
        assert_eq!((record.audited, record.account.as_deref()), (audited, Some("octo-acme")));
        assert!(record.duration_ms.is_some() && record.elapsed_ms.is_some());
    }
    let bytes = rig.bytes();
    assert!(holds(&bytes, "visible") && holds(&bytes, REDACTED) && holds(&bytes, "octo-acme"));
    for secret in [token.as_str(), &key, "hunter2"] {
        assert!(!holds(&bytes, secret), "{secret}");
        let (first, last) = secret.split_at(secret.len() / 2);
        for part in [first, last] {
            assert!(part.len() < 8 || !holds(&bytes, part), "a half of {secret}");
        }
    }
}

#[tokio::test]
async fn the_end_users_token_is_in_no_file_either() {
    let rig = Rig::with(HistoryPolicy::Everything, Some("a-users-token-1234")).await;
    for mode in [Mode::Proxy, Mode::Retrieve] {
        let mut draft = rig.draft(mode, "GET", USER);
        draft.headers = vec![("X-Note".to_owned(), "visible a-users-token-1234".to_owned())];
        rig.run(draft).await;
    }
    assert_eq!(rig.records().await.len(), 2);
    let bytes = rig.bytes();
    assert!(holds(&bytes, "visible") && !holds(&bytes, "a-users-token"));
}

#[tokio::test]
async fn a_profile_decides_what_is_kept() {
    let rig = Rig::new(HistoryPolicy::WithoutBodies).await;
    let body = DraftBody::Json("{\"title\":\"invisible\"}".to_owned());
    rig.run(RequestDraft { body: body.clone(), ..rig.draft(Mode::Proxy, "POST", ISSUES) }).await;
    let record = rig.only().await;
    assert_eq!(record.request_body.unwrap().omitted, Some(Omitted::Production));
    let Outcome::Answered { body: Some(answered), .. } = record.outcome else {
        panic!("{:?}", record.outcome)
    };
    assert_eq!((answered.omitted, answered.bytes.len()), (Some(Omitted::Production), 0));
    assert!(answered.whole_length > 0 && !holds(&rig.bytes(), "invisible"));

    let rig = Rig::new(HistoryPolicy::Nothing).await;
    let seen = rig.run(RequestDraft { body, ..rig.draft(Mode::Proxy, "POST", ISSUES) }).await;
    assert!(matches!(seen.as_slice(), [CallEvent::Sent, CallEvent::Done(_)]), "{seen:?}");
    assert!(!rig.file().exists(), "no file is made for nothing");
}

#[tokio::test]
async fn a_history_that_cannot_be_used_is_reported_once_and_no_call_fails() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    std::fs::create_dir(rig.home.path().join("grantdeck")).unwrap();
    std::fs::write(
        rig.file(),
        "no database at all, but long enough to be looked at as if it were one".repeat(50),
    )
    .unwrap();
    let mut complaints = 0;
    for _ in 0..3 {
        let seen = rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
        assert!(seen.iter().any(|event| matches!(event, CallEvent::Done(_))), "{seen:?}");
        complaints += seen.iter().filter(|event| matches!(event, CallEvent::NotRecorded(_))).count();
    }
    assert_eq!(complaints, 1);
    let refused = rig.recorder().list(RecordQuery::default()).await.unwrap_err();
    assert_eq!(refused.code, Code::HistoryOff);
}

#[tokio::test]
async fn an_end_that_cannot_be_kept_is_reported_too() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    rig.recorder().list(RecordQuery::default()).await.unwrap();
    let other = rusqlite::Connection::open(rig.file()).unwrap();
    other
        .execute_batch("CREATE TRIGGER no BEFORE UPDATE ON calls BEGIN SELECT raise(FAIL, 'no more'); END")
        .unwrap();
    let seen = rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
    let in_time = seen.iter().any(|event| matches!(event, CallEvent::NotRecorded(_)));
    let later = rig.recorder().trouble();
    assert!(in_time != later.is_some(), "once: {seen:?} {later:?}");
    assert_eq!(rig.recorder().trouble(), None);
    assert_eq!(rig.only().await.outcome, Outcome::Unfinished);
}

#[tokio::test]
async fn nobody_waits_for_a_file_that_somebody_else_holds() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    rig.recorder().list(RecordQuery::default()).await.unwrap();
    let other = rusqlite::Connection::open(rig.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (sender, mut events) = mpsc::channel(16);
    let run =
        call(&rig.context, request(rig.draft(Mode::Proxy, "GET", USER)), CancellationToken::new(), sender);
    let watch = async {
        let Some(CallEvent::Sent) = events.recv().await else { panic!("it is sent") };
        let Some(CallEvent::Done(_)) = events.recv().await else { panic!("the answer comes first") };
        other.execute_batch("COMMIT").unwrap();
        // Possibly too late for the event; never for the file.
        while events.recv().await.is_some() {}
    };
    tokio::join!(run, watch);
    rig.recorder().flush().await;
    assert_eq!(rig.only().await.outcome.ending(), Ending::Answered);
}

#[tokio::test]
async fn a_history_in_memory_is_one_for_the_whole_session() {
    let mut rig = Rig::new(HistoryPolicy::Everything).await;
    let recorder = Recorder::new(Place::Memory, Retention::default(), "demo", HistoryPolicy::Everything);
    rig.context.recorder = Some(recorder);
    let id = id_of(&rig.run(rig.draft(Mode::Proxy, "GET", USER)).await).unwrap();
    let record = rig.only().await;
    assert_eq!(record.profile, "demo");
    assert_eq!(rig.recorder().neighbours(id).await.unwrap(), Neighbours::default());
    assert!(rig.recorder().delete(id).await.unwrap());
    assert_eq!(rig.records().await, []);
    assert!(!rig.file().exists());
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_looked_up() {
    let recorder = Recorder::new(Place::Memory, Retention::default(), "demo", HistoryPolicy::Everything);
    let (go_on, held) = channel::<()>();
    let looked = Arc::new(Mutex::new(Vec::new()));
    let note = |word: &'static str| {
        let looked = Arc::clone(&looked);
        move |_: &mut History| {
            looked.lock().unwrap().push(word);
            Ok(())
        }
    };
    recorder.hand_over(move |_| held.recv().unwrap());
    let mut dropped = Box::pin(recorder.read(note("dropped")));
    assert!(futures_util::poll!(&mut dropped).is_pending());
    let mut changed = Box::pin(recorder.ask(note("changed")));
    assert!(futures_util::poll!(&mut changed).is_pending());
    drop((dropped, changed));
    go_on.send(()).unwrap();
    recorder.read(note("read")).await.unwrap();
    assert_eq!(*looked.lock().unwrap(), ["changed", "read"], "only what changes nothing may be left out");
}

#[tokio::test]
async fn a_call_that_another_program_keeps_from_the_history_is_reported() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    rig.recorder().list(RecordQuery::default()).await.unwrap();
    let other = rusqlite::Connection::open(rig.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let draft = rig.draft(Mode::Proxy, "GET", USER);
    let (sender, mut events) = mpsc::channel(16);
    call(&rig.context, request(draft), CancellationToken::new(), sender).await;
    while events.recv().await.is_some() {}
    let said = rig.recorder().settle_within(Duration::from_millis(1)).await.unwrap();
    assert_eq!(said.code, Code::HistoryOff);
    other.execute_batch("COMMIT").unwrap();
    // It waited for the other one, and was recorded.
    assert_eq!(rig.recorder().settle().await, None);
    assert_eq!(rig.only().await.outcome.ending(), Ending::Answered);
}

#[tokio::test]
async fn a_trouble_that_comes_back_is_reported_again() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    rig.recorder().list(RecordQuery::default()).await.unwrap();
    let other = rusqlite::Connection::open(rig.file()).unwrap();
    let broken = "CREATE TRIGGER no BEFORE INSERT ON calls BEGIN SELECT raise(FAIL, 'no more'); END";
    for _ in 0..2 {
        other.execute_batch(broken).unwrap();
        let seen = rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
        let in_time = seen.iter().any(|event| matches!(event, CallEvent::NotRecorded(_)));
        assert!(in_time || rig.recorder().trouble().is_some(), "{seen:?}");
        other.execute_batch("DROP TRIGGER no").unwrap();
        rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
        assert_eq!(rig.recorder().trouble(), None);
    }
}

#[tokio::test]
async fn old_writes_are_forgotten_without_any_call() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let write = |days: i64| {
        let at = now() - jiff::SignedDuration::from_hours(24 * days);
        drop(rig.context.begin_write(WriteRecord::begin(WriteAct::Revoke, at)));
    };
    write(40);
    for _ in 0..PRUNE_EVERY {
        write(1);
    }
    let kept = rig.recorder().writes(HistoryQuery::default()).await.unwrap();
    assert_eq!(kept.len(), PRUNE_EVERY as usize);
}
