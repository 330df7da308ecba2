//! Unconfirmed calls that may change data are not sent: by no job, in neither mode.

use serde_json::json;
use tokio::sync::mpsc;

use super::tests::Stage;
use super::*;
use crate::domain::{DraftBody, Who, WritePermit};

const USER: &str = "https://api.github.com/user";

/// Requests of every kind that may change data.
fn writes(stage: &Stage) -> Vec<RequestDraft> {
    let draft = |method: &str, url: &str| RequestDraft::new(stage.grant, method, url);
    let header = vec![("X-HTTP-Method-Override".to_owned(), "DELETE".to_owned())];
    let query = vec![("_method".to_owned(), json!("DELETE"))];
    vec![
        draft("DELETE", USER),
        draft("POST", USER),
        RequestDraft { headers: header, ..draft("GET", USER) },
        RequestDraft { query, ..draft("GET", USER) },
        RequestDraft { body: DraftBody::Json("{\"_method\":\"DELETE\"}".to_owned()), ..draft("GET", USER) },
        draft("GET", "https://slack.com/api/chat.postMessage"),
    ]
}

fn request(draft: RequestDraft, permit: Option<WritePermit>) -> CallRequest {
    CallRequest { permit, ..CallRequest::for_grant(draft, None) }
}

async fn fired(stage: &Stage, request: CallRequest, is_probe: bool) -> Vec<CallEvent> {
    let (sender, mut events) = mpsc::channel(100);
    let probing = is_probe.then_some(Probing {
        largest: LARGEST_BODY,
        only_reads: true,
        keeps: &|answer| Some(answer.clone()),
    });
    call_or_probe(&stage.context, request, CancellationToken::new(), sender, probing).await;
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

#[tokio::test]
async fn what_nobody_confirmed_is_not_sent() {
    let stage = Stage::open().await;
    let asked = || stage.backend.journal().len();
    for mode in [Mode::Proxy, Mode::Retrieve] {
        for is_probe in [false, true] {
            for draft in writes(&stage) {
                let shown = format!("{mode} {draft:?}");
                let (draft, before) = (RequestDraft { mode, ..draft }, asked());
                let events = fired(&stage, request(draft, None), is_probe).await;
                let [CallEvent::Failed(refused)] = &events[..] else { panic!("{shown}: {events:?}") };
                assert_eq!((refused.code, refused.who), (Code::ArgumentRefused, Who::You), "{shown}");
                assert_eq!(asked(), before, "{shown}: not even a credential is asked for");
            }
        }
        let confirmed = RequestDraft { mode, ..RequestDraft::new(stage.grant, "DELETE", USER) };
        let events = fired(&stage, request(confirmed, Some(WritePermit::confirmed())), false).await;
        assert!(events.iter().any(|event| matches!(event, CallEvent::Done(_))), "{mode}: {events:?}");
    }
}

#[test]
fn a_permit_clears_one_draft_and_none_clears_a_read() {
    let grant = crate::domain::GrantId(uuid::Uuid::nil());
    let (read, write) = (RequestDraft::new(grant, "GET", USER), RequestDraft::new(grant, "DELETE", USER));
    assert_eq!(ClearedDraft::new(read.clone(), None).unwrap().as_draft(), &read);
    assert!(ClearedDraft::new(write.clone(), None).is_err());
    assert_eq!(ClearedDraft::new(write.clone(), Some(WritePermit::confirmed())).unwrap().as_draft(), &write);
}
