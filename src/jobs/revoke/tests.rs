//! Revocation against scripted responses.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::channel;
use uuid::Uuid;

use super::*;
use crate::Recorder;
use crate::domain::revoke::{PlanEvent, PlanRequest};
use crate::domain::{HistoryPolicy, HistoryQuery, RowId, WriteOutcome, WriteRecord};
use crate::store::{Credentials, Place, Retention};

/// The backend's refusal of a revocation, by the id in its path; None = it carries it out.
type Refusal = fn(u128) -> Option<(u16, &'static str)>;

/// A backend with a given number of live grants.
struct Backend {
    base_url: String,
    revoked: Arc<Mutex<Vec<u128>>>,
}

const LOST: (u16, &str) = (0, "");

impl Backend {
    async fn start(grants: u128, refusal: Refusal) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let revoked = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&revoked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let revoked = Arc::clone(&shared);
                tokio::spawn(async move {
                    let mut bytes = vec![0; 16 << 10];
                    let mut have = 0;
                    while let Ok(read @ 1..) = stream.read(&mut bytes[have..]).await {
                        have += read;
                        let text = String::from_utf8_lossy(&bytes[..have]).into_owned();
                        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                        let length = head.to_lowercase();
                        let length = length.lines().find_map(|line| line.strip_prefix("content-length: "));
                        if body.len() < length.map_or(0, |length| length.parse().unwrap()) {
                            continue;
                        }
                        have = 0;
                        let (status, body) = answer(head, grants, refusal, &revoked);
                        if status == 0 {
                            return;
                        }
                        let reply = format!(
                            "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nX-Request-Id: req-1\r\n\r\n{body}",
                            body.len()
                        );
                        if stream.write_all(reply.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { base_url, revoked }
    }

    fn context(&self) -> Context {
        let credentials = Credentials {
            key: "alter_rk_hjw52w67h7kd7qevze2avf_26kyip".to_owned().into(),
            key_from: String::new(),
            base_url: Some(self.base_url.clone()),
            base_url_from: String::new(),
            user_token: None,
            user_token_from: String::new(),
            caller: None,
        };
        let context = Context::open(credentials, || Timestamp::UNIX_EPOCH).unwrap();
        let recorder = Recorder::new(Place::Memory, Retention::default(), "acme", HistoryPolicy::Everything);
        Context { recorder: Some(recorder), ..context }
    }
}

fn answer(head: &str, grants: u128, refusal: Refusal, revoked: &Mutex<Vec<u128>>) -> (u16, String) {
    let target = head.split(' ').nth(1).unwrap();
    let mut revoked = revoked.lock().unwrap();
    if target == "/sdk/grants/list" {
        let row = |number: u128| {
            let status = if revoked.contains(&number) { "revoked" } else { "active" };
            json!({
                "grant_kind": "oauth", "grant_id": Uuid::from_u128(number), "provider_id": "github",
                "scopes": [], "status": status, "principal_type": "system",
                "created_at": "2026-01-01T00:00:00Z",
            })
        };
        let rows: Vec<_> = (1..=grants).map(row).collect();
        let page = json!({"grants": rows, "total": grants, "limit": 1000, "offset": 0, "has_more": false});
        return (200, page.to_string());
    }
    let id = target.split('/').nth(4).unwrap();
    let number = Uuid::try_parse(id).unwrap().as_u128();
    let refused = refusal(number);
    // A lost response belongs to a revocation that did take place.
    if refused.is_none_or(|refused| refused == LOST) {
        revoked.push(number);
    }
    if let Some((status, code)) = refused {
        return (status, json!({"detail": {"error": code, "message": code}}).to_string());
    }
    let done = json!({
        "success": true, "message": "Grant revoked", "grant_id": id, "revoked_at": "2026-01-01T00:00:00Z",
    });
    (200, done.to_string())
}

fn plan(numbers: impl Iterator<Item = u128>) -> RevokePlan {
    let rows: Vec<Grant> = numbers
        .map(|number| {
            let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(number))));
            grant.provider = "github".into();
            grant
        })
        .collect();
    let wanted: Vec<GrantId> = rows.iter().filter_map(|grant| grant.row.grant()).collect();
    RevokePlan::new(&wanted, &rows, Some("left the team".to_owned()), Timestamp::UNIX_EPOCH)
}

/// Returns the outcomes in the order of the plan, cancelling after `stop_after` of them.
async fn outcomes(context: &Context, plan: &RevokePlan, stop_after: Option<usize>) -> Vec<RevokeOutcome> {
    let (sender, mut events) = channel(1);
    let cancel = CancellationToken::new();
    let work = revoke(context, plan, cancel.clone(), sender);
    let read = async {
        let mut all = vec![None; plan.targets.len()];
        let mut count = 0;
        while let Some(event) = events.recv().await {
            if let RevokeEvent::Ended { index, outcome } = event {
                assert!(all[index].replace(outcome).is_none(), "reported twice");
                count += 1;
                if Some(count) == stop_after {
                    cancel.cancel();
                }
            }
        }
        all.into_iter().map(|outcome| outcome.expect("an outcome")).collect()
    };
    tokio::join!(work, read).1
}

#[tokio::test]
async fn each_grant_has_its_own_outcome_and_a_record() {
    let backend = Backend::start(6, |number| match number {
        2 => Some((403, "outside_hours")),
        4 => Some((404, "grant_not_found")),
        5 => Some(LOST),
        _ => None,
    })
    .await;
    // The sixth is not in the backend's list and not found either: gone.
    let context = backend.context();
    let all = outcomes(&context, &plan([1, 2, 4, 5].into_iter()), None).await;
    let names: Vec<&str> = all.iter().map(RevokeOutcome::name).collect();
    assert_eq!(names, ["revoked", "failed", "failed", "revoked"]);
    assert_eq!(all[0], RevokeOutcome::Revoked { request_id: Some("req-1".into()) });
    assert_eq!(all[1].why().unwrap().code, Code::PolicyViolation);
    assert_eq!(all[3], RevokeOutcome::RevokedByList, "the list decides where the answer was lost");
    let mut revoked = backend.revoked.lock().unwrap().clone();
    revoked.sort_unstable();
    assert_eq!(revoked, [1, 5]);
    let recorder = context.recorder.as_ref().unwrap();
    let kept = recorder.writes(HistoryQuery::default()).await.unwrap();
    let mut kept: Vec<WriteRecord> = kept.into_iter().map(|write| write.record).collect();
    kept.sort_by_key(|record| record.grant);
    let outcomes: Vec<WriteOutcome> = kept.iter().map(|record| record.outcome).collect();
    assert_eq!(
        outcomes,
        [WriteOutcome::Done, WriteOutcome::Failed, WriteOutcome::Failed, WriteOutcome::Done]
    );
    assert_eq!(kept[0].reason.as_deref(), Some("left the team"));
    assert_eq!((kept[0].profile.as_str(), kept[0].request_id.as_deref()), ("acme", Some("req-1")));
    assert_eq!(kept[1].code.as_deref(), Some("policy_violation"));
}

#[tokio::test]
async fn what_is_not_there_any_more_is_gone() {
    let backend = Backend::start(1, |number| (number == 9).then_some((404, "grant_not_found"))).await;
    let all = outcomes(&backend.context(), &plan(std::iter::once(9)), None).await;
    assert_eq!(all, [RevokeOutcome::Gone]);
}

#[tokio::test]
async fn an_answer_that_nobody_can_make_up_for_is_uncertain() {
    let backend = Backend::start(1, |_| Some((502, "bad_gateway"))).await;
    tokio::time::pause();
    let all = outcomes(&backend.context(), &plan(std::iter::once(1)), None).await;
    let why = all[0].why().unwrap();
    assert_eq!((all[0].name(), why.retry), ("uncertain", Retry::Unsafe), "{why:?}");
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_and_a_stop_ends_the_waiting() {
    let backend = Backend::start(3, |_| Some((429, "rate_limit_exceeded"))).await;
    let (context, plan) = (backend.context(), plan(1..=1));
    let (sender, mut events) = channel(1);
    let cancel = CancellationToken::new();
    let read = async {
        let (mut waits, mut outcomes) = (0, Vec::new());
        while let Some(event) = events.recv().await {
            match event {
                RevokeEvent::Waiting { reason, .. } => {
                    assert_eq!(reason.code, Code::RateLimitExceeded);
                    waits += 1;
                    cancel.cancel();
                }
                RevokeEvent::Ended { outcome, .. } => outcomes.push(outcome),
                RevokeEvent::Started { .. } | RevokeEvent::Done { failed: None } => {}
                RevokeEvent::Done { failed } => panic!("{failed:?}"),
            }
        }
        (waits, outcomes)
    };
    let ((), (waits, outcomes)) = tokio::join!(revoke(&context, &plan, cancel.clone(), sender), read);
    assert_eq!(
        (waits, &*outcomes),
        (1, &[RevokeOutcome::NotTried][..]),
        "it was refused, so it is not revoked"
    );
    let kept = context.recorder.as_ref().unwrap().writes(HistoryQuery::default()).await.unwrap();
    assert_eq!(kept.iter().map(|kept| kept.record.outcome).collect::<Vec<_>>(), [WriteOutcome::Stopped]);
}

#[tokio::test]
async fn a_plan_is_made_from_a_list_that_is_read_for_it() {
    let backend = Backend::start(5, |_| None).await;
    backend.revoked.lock().unwrap().push(2);
    let context = backend.context();
    let id = |number: u128| GrantId(Uuid::from_u128(number));
    for providers in [Vec::new(), vec!["github".into()], vec!["github".into(), "github".into()]] {
        let request = PlanRequest { wanted: vec![id(1), id(2), id(9)], providers };
        let mut events = Vec::new();
        let planned = super::plan(&context, &request, |event| events.push(event)).await.unwrap();
        let targets: Vec<GrantId> = planned.plan.targets.iter().map(|target| target.id).collect();
        let gone: Vec<(GrantId, bool)> =
            planned.plan.gone.iter().map(|gone| (gone.id, gone.grant.is_some())).collect();
        assert_eq!((&*targets, &*gone), (&[id(1)][..], &[(id(2), true), (id(9), false)][..]));
        assert!(planned.doubt.is_none() && planned.siblings.is_empty() && planned.verdicts.is_empty());
        assert!(matches!(events[0], PlanEvent::Reading { here: 5, total: 5 }), "{events:?}");
    }
    assert_eq!(backend.revoked.lock().unwrap().len(), 1, "nothing was sent that changes something");
}

#[tokio::test]
async fn one_failure_stops_nothing_and_a_stop_leaves_the_rest_alone() {
    let backend = Backend::start(500, |number| (number == 3).then_some((403, "no"))).await;
    let all = outcomes(&backend.context(), &plan(1..=500), None).await;
    let failed = all.iter().filter(|outcome| !outcome.is_done()).count();
    assert_eq!((failed, backend.revoked.lock().unwrap().len()), (1, 499));

    let backend = Backend::start(500, |_| None).await;
    let all = outcomes(&backend.context(), &plan(1..=500), Some(3)).await;
    let done = all.iter().filter(|outcome| outcome.is_done()).count();
    assert!((3..=3 + AT_ONCE).contains(&done), "{done}");
    assert_eq!(backend.revoked.lock().unwrap().len(), done, "what was sent is known");
    assert!(all.iter().skip(20).all(|outcome| *outcome == RevokeOutcome::NotTried));
}
