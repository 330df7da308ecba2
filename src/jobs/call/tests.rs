//! The events of a call, against the sandbox.

use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use tokio::sync::mpsc;

use super::*;
use crate::domain::{GrantId, Retry, Who, WritePermit};
use crate::protocol::BaseUrl;
use crate::sandbox::{self, FaultSpec, Options, Running};

const USER: &str = "https://api.github.com/user";

pub(super) struct Stage {
    pub(super) backend: Running,
    pub(super) context: Context,
    pub(super) grant: GrantId,
}

impl Stage {
    pub(super) async fn open() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the backend and the client need one clock")]
        fn now() -> jiff::Timestamp {
            jiff::Timestamp::now()
        }
        let options = Options { grants: 40, ..Options::default() };
        let backend =
            sandbox::start(&options, SocketAddr::from(([127, 0, 0, 1], 0)), Arc::new(now)).await.unwrap();
        let key = ApiKey::new(backend.app_key().expose_secret().into()).unwrap();
        let base_url = BaseUrl::parse(backend.base_url()).unwrap();
        let client = crate::api::Client::new(crate::api::Settings::new(base_url, key, now)).unwrap();
        let context = Context {
            client,
            now: Arc::new(now),
            simulator: Some(backend.base_url().to_owned()),
            write_policy: crate::domain::WritePolicy::default(),
            attribution: crate::domain::Attribution::default(),
            recorder: None,
        };
        let items = backend.world().items(now());
        let octo = items.iter().find(|item| item["account_identifier"] == "octo-acme").unwrap();
        let grant = GrantId::parse(octo["grant_id"].as_str().unwrap()).unwrap();
        Self { backend, context, grant }
    }

    pub(super) fn faults(&self, faults: &[&str]) {
        self.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
    }

    /// A call with the grant, neither confirmed nor waiting for approval.
    fn request(&self, method: &str, mode: Mode) -> CallRequest {
        let draft = RequestDraft { mode, ..RequestDraft::new(self.grant, method, USER) };
        CallRequest { provider: Some("github".into()), ..CallRequest::for_grant(draft, None) }
    }

    pub(super) async fn call(&self, method: &str, mode: Mode, patience: Duration) -> Vec<CallEvent> {
        let request = CallRequest {
            patience: Some(patience.into()),
            wait: Duration::from_secs(20),
            permit: Some(WritePermit::confirmed()),
            ..self.request(method, mode)
        };
        let (sender, mut events) = mpsc::channel(1000);
        call(&self.context, request, CancellationToken::new(), sender).await;
        std::iter::from_fn(|| events.try_recv().ok()).collect()
    }
}

/// Cancels a call once something has happened; returns the events up to the end.
async fn cancelled(
    stage: &Stage,
    mode: Mode,
    when: impl Fn(Option<&CallEvent>, &Running) -> bool,
) -> Vec<CallEvent> {
    let request = stage.request("GET", mode);
    let (sender, mut events) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let run = call(&stage.context, request, cancel.clone(), sender);
    let watch = async {
        let mut seen = Vec::new();
        loop {
            if when(seen.last(), &stage.backend) {
                cancel.cancel();
            }
            tokio::select! {
                biased;
                event = events.recv() => match event {
                    Some(event) => seen.push(event),
                    None => return seen,
                },
                // The journal does not notify.
                () = tokio::task::yield_now() => {}
            }
        }
    };
    tokio::join!(run, watch).1
}

#[tokio::test]
async fn a_cancelled_call_reports_whether_it_may_have_happened() {
    let stage = Stage::open().await;
    let end = |events: &[CallEvent]| match events {
        [.., CallEvent::Cancelled { may_have_happened }] => *may_have_happened,
        events => panic!("{events:?}"),
    };
    stage.faults(&["hang"]);
    let asked = |_: Option<&CallEvent>, backend: &Running| !backend.journal().is_empty();
    let events = cancelled(&stage, Mode::Retrieve, asked).await;
    assert!(!end(&events), "only the credential was asked for: {events:?}");
    let events = cancelled(&stage, Mode::Proxy, |last, _| last == Some(&CallEvent::Sent)).await;
    assert!(end(&events), "it was on its way: {events:?}");
    stage.faults(&["call-error=token_refresh_in_progress"]);
    let refused = |last: Option<&CallEvent>, _: &Running| matches!(last, Some(CallEvent::Waiting { .. }));
    for mode in [Mode::Proxy, Mode::Retrieve] {
        let events = cancelled(&stage, mode, refused).await;
        assert!(!end(&events), "it was refused, and not sent again: {events:?}");
    }
}

#[tokio::test]
async fn a_cancelled_call_of_our_own_is_audited() {
    let stage = Stage::open().await;
    let sent = |last: Option<&CallEvent>, _: &Running| last == Some(&CallEvent::Sent);
    let cancelled_here = CallEvent::Cancelled { may_have_happened: true };
    stage.faults(&["hang,path=/provider/"]);
    let events = cancelled(&stage, Mode::Retrieve, sent).await;
    assert_eq!(events.last(), Some(&cancelled_here), "{events:?}");
    let rows = stage.backend.audit();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.grant, row.proxied, &row.row["response_status"]), (stage.grant.0, false, &0.into()));
    assert_eq!(row.row["response_body"], "<transport error: cancelled>");

    // If the audit row cannot be sent, that is reported.
    stage.faults(&["hang,path=/provider/", "refuse,path=/sdk/oauth/audit"]);
    let events = cancelled(&stage, Mode::Retrieve, sent).await;
    let [.., end, CallEvent::NotAudited(Some(_))] = &events[..] else { panic!("{events:?}") };
    assert_eq!(end, &cancelled_here);
}

#[tokio::test]
async fn the_audit_row_is_sent_though_nobody_listens_any_more() {
    let stage = Stage::open().await;
    stage.faults(&["provider-status=404"]);
    let request = stage.request("GET", Mode::Retrieve);
    let (sender, mut events) = mpsc::channel(1);
    let run = call(&stage.context, request, CancellationToken::new(), sender);
    let leave = async {
        assert_eq!(events.recv().await, Some(CallEvent::Sent));
        drop(events);
    };
    tokio::join!(run, leave);
    let rows = stage.backend.audit();
    assert!(matches!(&rows[..], [row] if row.row["response_status"] == 404), "{rows:?}");
}

pub(super) fn failure(events: &[CallEvent]) -> &Diagnosis {
    let found = events.iter().find_map(|event| match event {
        CallEvent::Failed(diagnosis) => Some(diagnosis),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{events:?}"))
}

fn fact<'a>(diagnosis: &'a Diagnosis, label: &str) -> &'a str {
    diagnosis.facts.iter().find(|(name, _)| *name == label).map_or("", |(_, value)| value.as_str())
}

const PATIENT: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_refresh_is_waited_for_and_reported() {
    let stage = Stage::open().await;
    for mode in [Mode::Proxy, Mode::Retrieve] {
        stage.faults(&["call-error=token_refresh_in_progress,first=1"]);
        let events = stage.call("POST", mode, PATIENT).await;
        let waits: Vec<u64> = events
            .iter()
            .filter_map(|event| match event {
                CallEvent::Waiting { reason, millis } => {
                    assert_eq!(reason.code, Code::TokenRefreshInProgress);
                    Some(*millis)
                }
                _ => None,
            })
            .collect();
        assert_eq!(waits, [1000], "{mode}");
        // In proxy mode the request is sent twice; in retrieve mode the provider is called once.
        let sent = events.iter().filter(|event| **event == CallEvent::Sent).count();
        assert_eq!(sent, if mode == Mode::Proxy { 2 } else { 1 });
        let CallEvent::Done(report) = events.last().unwrap() else { panic!("{events:?}") };
        assert!(report.elapsed >= Duration::from_secs(1) && report.first_byte.unwrap() < report.elapsed);
    }
}

#[test]
fn a_refresh_is_waited_for_as_long_as_the_table_says() {
    let later = |seconds| Retry::Later(Some(Duration::from_secs(seconds)));
    let (mut waited, mut pauses, mut made) = (Duration::ZERO, Vec::new(), 0);
    loop {
        made += 1;
        let Next::Wait(pause) = retry::next(&REFRESH, made, &later(1), true, waited) else { break };
        waited += pause;
        pauses.push(pause.as_secs());
    }
    assert_eq!(pauses, [1, 2, 4]);
    assert_eq!(retry::next(&REFRESH, 1, &later(60), true, Duration::ZERO), Next::Stop(retry::Why::TooLong));
}

#[tokio::test]
async fn a_throttled_call_is_left_to_the_user() {
    let stage = Stage::open().await;
    for mode in [Mode::Proxy, Mode::Retrieve] {
        stage.faults(&["throttle-header=7"]);
        let before = stage.backend.journal().len();
        let events = stage.call("GET", mode, PATIENT).await;
        let diagnosis = failure(&events);
        assert_eq!((diagnosis.code, diagnosis.who), (Code::RateLimitExceeded, Who::Alter));
        assert_eq!(diagnosis.retry, Retry::Later(Some(Duration::from_secs(7))), "the wait is offered");
        assert_eq!(stage.backend.journal().len() - before, 1, "{mode}: nothing is repeated");
        // A pause requested by the provider is its answer.
        stage.faults(&["provider-status=429"]);
        let events = stage.call("GET", mode, PATIENT).await;
        assert!(
            events
                .iter()
                .any(|event| matches!(event, CallEvent::Done(report) if report.answer.status == 429))
        );
    }
}

#[tokio::test]
async fn progress_is_shown_for_what_takes_its_time() {
    let stage = Stage::open().await;
    stage.faults(&["provider-large=300000", "slow=1500000,path=/sdk/proxy"]);
    let events = stage.call("GET", Mode::Proxy, PATIENT).await;
    let reported: Vec<(u64, u64)> = events
        .iter()
        .filter_map(|event| match event {
            CallEvent::Progress { received, total } => Some((*received, total.unwrap())),
            _ => None,
        })
        .collect();
    assert_eq!(events[0], CallEvent::Sent);
    assert!(
        reported.len() >= 2 && reported.windows(2).all(|pair| pair[0].0 + (64 << 10) <= pair[1].0),
        "{reported:?}"
    );
    assert!(reported.iter().all(|(received, total)| received <= total && *total > 400_000), "{reported:?}");
    let CallEvent::Done(report) = events.last().unwrap() else { panic!("{events:?}") };
    assert_eq!((report.answer.body.len(), report.answer.is_whole()), (300_000, true));
    assert!(report.first_byte.unwrap() < report.elapsed);
}

#[tokio::test]
async fn an_answer_that_breaks_off_says_how_much_came_and_what_may_have_happened() {
    let stage = Stage::open().await;
    let short = Duration::from_millis(800);
    for mode in [Mode::Proxy, Mode::Retrieve] {
        let path = if mode == Mode::Proxy { "/sdk/proxy" } else { "/provider/" };
        for (fault, patience, code) in [
            ("cut-body", PATIENT, Code::ConnectionLost),
            ("stall", short, Code::TimedOut),
            ("slow=1000", short, Code::TimedOut),
            ("length-off=7", PATIENT, Code::ConnectionLost),
        ] {
            stage.faults(&["provider-large=100000", &format!("{fault},path={path}")]);
            let events = stage.call("POST", mode, patience).await;
            let diagnosis = failure(&events);
            assert_eq!(
                (diagnosis.code, diagnosis.who),
                (code, Who::Network),
                "{mode} {fault}: {diagnosis:?}"
            );
            let arrived = fact(diagnosis, "arrived");
            assert!(!arrived.is_empty(), "{mode} {fault}: {diagnosis:?}");
            let bytes: u64 = arrived.split(' ').next().unwrap().replace(',', "").parse().unwrap();
            assert!(arrived.ends_with("bytes of the body") && bytes > 0, "{mode} {fault}: {arrived}");
            // The length of the wrapping says nothing about the body.
            let announced = fault != "length-off=7" && mode == Mode::Retrieve;
            assert_eq!(arrived.contains(" of 100,000 "), announced, "{mode} {fault}: {arrived}");
            assert!(
                fact(diagnosis, "beware").contains("may still have happened"),
                "{mode} {fault}: {diagnosis:?}"
            );
            let waited = if code == Code::TimedOut { "0.8 s" } else { "" };
            assert_eq!(fact(diagnosis, "waited"), waited, "{fault}");
        }
    }
    // In proxy mode, too small a length leaves half a JSON document.
    stage.faults(&["length-off=-7,path=/sdk/proxy"]);
    let events = stage.call("POST", Mode::Proxy, PATIENT).await;
    let diagnosis = failure(&events);
    assert_eq!((diagnosis.code, diagnosis.who), (Code::MalformedAnswer, Who::Alter));
    assert!(
        fact(diagnosis, "problem").contains("ends in the middle") && !fact(diagnosis, "beware").is_empty()
    );
    // For a provider, the announced length is all there is in HTTP.
    stage.faults(&["length-off=-7,path=/provider/"]);
    let events = stage.call("GET", Mode::Retrieve, PATIENT).await;
    assert!(events.iter().any(|event| matches!(event, CallEvent::Done(_))), "{events:?}");
}
