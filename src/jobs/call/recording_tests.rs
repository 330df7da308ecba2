use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::call::{Probing, call_or_probe};
use crate::domain::{
    ApprovalId, Audited, CallEvent, CallRequest, Code, DraftBody, Ending, FollowRequest, Mode, Omitted,
    Outcome, PendingApproval, ProviderAnswer, RequestDraft,
};
use crate::record::tests::{ISSUES, Rig, USER, request};
use crate::sandbox::Decision;
use crate::store::HistoryPolicy;
use crate::{call, follow};

#[tokio::test]
async fn a_held_call_is_kept_the_moment_it_is_held() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    rig.faults(&["needs-approval=1"]);
    let (sender, mut events) = mpsc::channel(16);
    let cancel = CancellationToken::new();
    let run = call(&rig.context, request(rig.draft(Mode::Proxy, "GET", USER)), cancel.clone(), sender);
    let watch = async {
        let held = loop {
            if let CallEvent::Held(held) = events.recv().await.unwrap() {
                break held;
            }
        };
        // The call is still held.
        let record = rig.only().await;
        assert_eq!(record.outcome, Outcome::Held { approval: held.id, expires_at: held.expires_at });
        assert_eq!(record.approval, Some(held.id));
        cancel.cancel();
        held
    };
    let ((), held) = tokio::join!(run, watch);
    rig.recorder().flush().await;
    let record = rig.only().await;
    assert_eq!(
        (record.outcome.ending(), record.approval),
        (Ending::Held, Some(held.id)),
        "it is held all the same"
    );

    rig.recorder().clear().await.unwrap();
    rig.faults(&["needs-approval=1", "approve-after=0"]);
    rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
    let record = rig.only().await;
    assert!(record.approval.is_some() && record.outcome.ending() == Ending::Answered, "{record:?}");
    rig.recorder().clear().await.unwrap();
    rig.faults(&["needs-approval=1", "deny-after=0"]);
    rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
    let record = rig.only().await;
    assert!(record.approval.is_some(), "{record:?}");
    assert!(
        matches!(&record.outcome, Outcome::Failed { code, .. } if code == "approval_denied"),
        "{record:?}"
    );
}

/// Sends a call that is held, and stops there.
async fn held(rig: &Rig) -> PendingApproval {
    rig.faults(&["needs-approval=1"]);
    let held = CallRequest { wait: Duration::ZERO, ..request(rig.draft(Mode::Proxy, "GET", USER)) };
    let (sender, mut events) = mpsc::channel(16);
    call(&rig.context, held, CancellationToken::new(), sender).await;
    rig.recorder().flush().await;
    loop {
        if let CallEvent::Kept(held) = events.recv().await.unwrap() {
            return held;
        }
    }
}

/// Checks it again, from a program that knows only its id.
async fn asked(rig: &Rig, id: ApprovalId, wait: u64) -> Vec<CallEvent> {
    let held = PendingApproval::remembered(id, jiff::Timestamp::UNIX_EPOCH);
    let follows = FollowRequest { held, wait: Duration::from_secs(wait) };
    let (sender, mut events) = mpsc::channel(16);
    follow(&rig.context, follows, CancellationToken::new(), sender).await;
    rig.recorder().flush().await;
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

#[tokio::test]
async fn a_held_call_is_asked_about_again_and_its_record_says_what_came_of_it() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let first = held(&rig).await;
    let events = asked(&rig, first.id, 0).await;
    let [CallEvent::Recorded(id), CallEvent::Held(_), CallEvent::Standing(_), CallEvent::Kept(kept)] =
        &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(kept.expires_at, first.expires_at, "the backend says until when");
    assert_eq!(rig.only().await.outcome.ending(), Ending::Held);

    // A failed check says nothing about the call: it can be checked again.
    for fault in ["key-revoked", "refuse,path=/sdk/approvals"] {
        rig.faults(&[fault]);
        let events = asked(&rig, first.id, 0).await;
        assert!(matches!(events.last(), Some(CallEvent::Failed(_))), "{fault}: {events:?}");
        let held = Outcome::Held { approval: first.id, expires_at: first.expires_at };
        assert_eq!(rig.only().await.outcome, held, "{fault}");
    }
    rig.faults(&["needs-approval=1"]);
    assert!(rig.backend.decide(first.id.0, Decision::Approve, None));
    let events = asked(&rig, first.id, 20).await;
    assert!(matches!(&events[0], CallEvent::Recorded(same) if same == id), "{events:?}");
    assert!(
        matches!(events.last(), Some(CallEvent::Done(report)) if report.answer.status == 200),
        "{events:?}"
    );
    let record = rig.only().await;
    assert_eq!((record.outcome.ending(), record.approval), (Ending::Answered, Some(first.id)));
    assert_eq!(record.elapsed_ms, None, "nobody measured it");

    // An answered call stays answered, whatever later checks report.
    rig.faults(&["call-error=approval_denied"]);
    asked(&rig, first.id, 0).await;
    assert_eq!(rig.only().await.outcome.ending(), Ending::Answered);

    let second = held(&rig).await;
    assert!(rig.backend.decide(second.id.0, Decision::Deny, Some("no")));
    let events = asked(&rig, second.id, 20).await;
    assert!(
        matches!(events.last(), Some(CallEvent::Failed(why)) if why.code == Code::ApprovalDenied),
        "{events:?}"
    );
    let latest = rig.recorder().held(second.id).await.unwrap().unwrap().1;
    assert_eq!(latest.outcome.ending(), Ending::Failed);
}

#[tokio::test]
async fn a_held_call_of_another_profile_is_not_asked_about() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let id = held(&rig).await.id;
    let (at, mut record) = rig.recorder().held(id).await.unwrap().unwrap();
    record.profile = "live".to_owned();
    rig.recorder().entry(at).change(record);
    rig.recorder().flush().await;
    let before = rig.backend.journal().len();
    let events = asked(&rig, id, 0).await;
    assert!(
        matches!(&events[..], [CallEvent::Failed(why)] if why.facts.iter().any(|(_, value)| value.as_str() == "live")),
        "{events:?}"
    );
    assert_eq!(rig.backend.journal().len(), before, "nothing was sent");
}

#[tokio::test]
async fn a_call_that_is_given_up_says_whether_it_may_have_happened() {
    for (mode, fault, happened, dropped) in [
        (Mode::Proxy, "provider-hang", true, false),
        (Mode::Proxy, "provider-hang", true, true),
        (Mode::Retrieve, "provider-hang", true, false),
        (Mode::Retrieve, "hang,path=/sdk/token", false, false),
    ] {
        let rig = Rig::new(HistoryPolicy::Everything).await;
        rig.faults(&[fault]);
        let (sender, mut events) = mpsc::channel(16);
        let cancel = CancellationToken::new();
        let run = call(&rig.context, request(rig.draft(mode, "GET", USER)), cancel.clone(), sender);
        let begun = async {
            if happened {
                // It is in the file before it ends: a program that is killed now leaves a trace.
                let recorded = async {
                    while let Some(event) = events.recv().await {
                        match event {
                            CallEvent::Recorded(_) => return,
                            CallEvent::Sent => {}
                            other => panic!("{other:?} before it is kept"),
                        }
                    }
                    panic!("it was never kept");
                };
                recorded.await;
                assert_eq!(rig.only().await.outcome, Outcome::Unfinished);
            } else {
                while rig.backend.journal().iter().all(|entry| entry.target != "/sdk/token") {
                    tokio::task::yield_now().await;
                }
            }
        };
        if dropped {
            tokio::select! {
                () = run => panic!("it hangs"),
                () = begun => {}
            }
        } else {
            tokio::join!(run, async {
                begun.await;
                cancel.cancel();
            });
        }
        rig.recorder().flush().await;
        let record = rig.only().await;
        assert_eq!(record.outcome, Outcome::Cancelled { may_have_happened: happened }, "{mode} {fault}");
    }
}

#[tokio::test]
async fn what_was_not_audited_and_what_failed_is_kept_so() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    rig.faults(&["html=502,path=/sdk/oauth/audit/api-call"]);
    let reported = rig.run(rig.draft(Mode::Retrieve, "GET", USER)).await;
    assert!(reported.iter().any(|event| matches!(event, CallEvent::NotAudited(_))), "{reported:?}");
    let record = rig.only().await;
    assert_eq!((record.audited, record.outcome.ending()), (Audited::Missing, Ending::Answered));

    rig.recorder().clear().await.unwrap();
    rig.faults(&["key-revoked"]);
    rig.run(rig.draft(Mode::Proxy, "GET", USER)).await;
    let record = rig.only().await;
    let Outcome::Failed { code, who, headline, .. } = &record.outcome else { panic!("{record:?}") };
    assert_eq!((code.as_str(), who.as_str()), ("key_revoked", "alter"));
    assert!(headline.ends_with('.'));
}

#[tokio::test]
async fn what_never_left_this_machine_is_no_call() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let raw = RequestDraft { body: DraftBody::Raw(vec![1]), ..rig.draft(Mode::Proxy, "POST", ISSUES) };
    let elsewhere =
        RequestDraft { url: "https://evil.example/".to_owned(), ..rig.draft(Mode::Retrieve, "GET", USER) };
    for draft in [raw, elsewhere] {
        let reported = rig.run(draft).await;
        assert!(reported.iter().any(|event| matches!(event, CallEvent::Failed(_))), "{reported:?}");
    }
    assert_eq!(rig.records().await, []);
}

#[tokio::test]
async fn a_call_that_was_answered_is_audited_though_it_is_cancelled_then() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let (sender, mut events) = mpsc::channel(16);
    let cancel = CancellationToken::new();
    let run = call(&rig.context, request(rig.draft(Mode::Retrieve, "GET", USER)), cancel.clone(), sender);
    let watch = async {
        while let Some(event) = events.recv().await {
            if matches!(event, CallEvent::Done(_)) {
                cancel.cancel();
            }
        }
    };
    tokio::join!(run, watch);
    assert!(cancel.is_cancelled());
    rig.recorder().flush().await;
    let record = rig.only().await;
    assert_eq!((record.audited, record.outcome.ending()), (Audited::Yes, Ending::Answered));
}

/// Cancels a call in retrieve mode while it is being sent.
async fn cancelled_on_its_way(rig: &Rig) -> Vec<CallEvent> {
    let (sender, mut events) = mpsc::channel(1);
    let cancel = CancellationToken::new();
    let run = call(&rig.context, request(rig.draft(Mode::Retrieve, "GET", USER)), cancel.clone(), sender);
    let watch = async {
        let mut seen = Vec::new();
        while let Some(event) = events.recv().await {
            if event == CallEvent::Sent {
                cancel.cancel();
            }
            seen.push(event);
        }
        seen
    };
    let ((), seen) = tokio::join!(run, watch);
    rig.recorder().flush().await;
    seen
}

#[tokio::test]
async fn the_history_says_whether_a_cancelled_call_was_audited() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    for (faults, audited) in [
        (vec!["hang,path=/provider/"], Audited::Yes),
        (vec!["hang,path=/provider/", "refuse,path=/sdk/oauth/audit"], Audited::Missing),
    ] {
        rig.faults(&faults);
        cancelled_on_its_way(&rig).await;
        let record = rig.only().await;
        assert_eq!(record.outcome, Outcome::Cancelled { may_have_happened: true });
        assert_eq!(record.audited, audited, "{faults:?}");
        assert_eq!(
            record.audited.is_missing(record.mode, record.outcome.ending()),
            audited == Audited::Missing
        );
        rig.recorder().clear().await.unwrap();
    }
    // Only a credential was requested: there is nothing to audit.
    rig.faults(&["call-error=grant_revoked"]);
    rig.run(rig.draft(Mode::Retrieve, "GET", USER)).await;
    assert_eq!(rig.only().await.audited, Audited::No);
}

#[tokio::test]
async fn of_a_probes_answer_only_what_is_allowed_is_kept() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    for mode in [Mode::Proxy, Mode::Retrieve] {
        let (sender, mut events) = mpsc::channel(64);
        let keeps = |answer: &ProviderAnswer| {
            assert!(answer.body.len() > 20 && !answer.headers.is_empty());
            let body = b"{\"account\":[\"octo\"]}".to_vec().into();
            Some(ProviderAnswer { headers: Vec::new(), body, ..answer.clone() })
        };
        let probing = Probing { largest: 1 << 20, only_reads: true, keeps: &keeps };
        let draft = request(rig.draft(mode, "GET", USER));
        call_or_probe(&rig.context, draft, CancellationToken::new(), sender, Some(probing)).await;
        while events.try_recv().is_ok() {}
        rig.recorder().flush().await;
        let record = rig.only().await;
        let Outcome::Answered { headers, body: Some(body), .. } = record.outcome else {
            panic!("{record:?}")
        };
        assert_eq!((headers, &*body.bytes), (Vec::new(), &b"{\"account\":[\"octo\"]}"[..]));
        assert_eq!(body.omitted, Some(Omitted::Probe));
        rig.recorder().clear().await.unwrap();
    }
}

/// Calls in retrieve mode by an id alone; returns the event and the paths requested from the backend.
async fn bare(rig: &Rig, grant: crate::domain::GrantId, allowed: &[&str]) -> (CallEvent, Vec<String>) {
    let before = rig.backend.journal().len();
    let draft = RequestDraft { mode: Mode::Retrieve, ..RequestDraft::new(grant, "GET", USER) };
    let allowed = allowed.iter().map(|host| (*host).to_owned()).collect();
    let (sender, mut events) = mpsc::channel(16);
    let request = CallRequest { provider: None, account: None, home: None, allowed, ..request(draft) };
    call(&rig.context, request, CancellationToken::new(), sender).await;
    rig.recorder().flush().await;
    let reported: Vec<CallEvent> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    let reported =
        reported.into_iter().rfind(|event| matches!(event, CallEvent::Done(_) | CallEvent::Failed(_)));
    let journal = rig.backend.journal();
    let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
    (reported.unwrap(), journal[before..].iter().map(|entry| path(&entry.target)).collect())
}

#[tokio::test]
async fn a_host_of_another_provider_costs_no_credential() {
    let mut rig = Rig::new(HistoryPolicy::Everything).await;
    rig.context.simulator = Some(rig.backend.base_url().to_owned());
    let items = rig.backend.world().items((rig.context.now)());
    let other =
        items.iter().find(|item| item["provider_id"] == "slack" && item["status"] == "active").unwrap();
    let other = crate::domain::GrantId::parse(other["grant_id"].as_str().unwrap()).unwrap();
    let token = |paths: &[String]| paths.iter().any(|path| path == "/sdk/token");

    let (reported, asked) = bare(&rig, other, &[]).await;
    let CallEvent::Failed(why) = reported else { panic!("{reported:?}") };
    assert_eq!(why.code, Code::HostNotAllowed);
    assert!(!token(&asked) && !asked.is_empty(), "{asked:?}");
    assert!(rig.records().await.is_empty(), "nothing left this machine");
    // With its provider's host it takes one request, which also returns provider and account.
    let (reported, asked) = bare(&rig, rig.grant, &[]).await;
    assert!(matches!(reported, CallEvent::Done(_)), "{reported:?}");
    let lists = asked.iter().filter(|path| *path == "/sdk/grants/list").count();
    assert!(lists == 1 && token(&asked), "{asked:?}");
    let record = rig.only().await;
    let whose = (record.provider.as_deref(), record.account.as_deref());
    assert_eq!(whose, (Some("github"), Some("octo-acme")));
    // A host that was allowed explicitly needs no lookup, and an unknown id is refused by the backend.
    let (reported, asked) = bare(&rig, rig.grant, &["api.github.com"]).await;
    assert!(matches!(reported, CallEvent::Done(_)), "{reported:?}");
    assert!(!asked.contains(&"/sdk/grants/list".to_owned()), "{asked:?}");
    let nobody = crate::domain::GrantId(uuid::Uuid::from_u128(7));
    let (reported, asked) = bare(&rig, nobody, &[]).await;
    let CallEvent::Failed(why) = reported else { panic!("{reported:?}") };
    assert!(why.code == Code::GrantNotFound && token(&asked), "{why:?} {asked:?}");
}

#[tokio::test]
async fn a_url_with_a_password_goes_nowhere() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let before = rig.backend.journal().len();
    for mode in [Mode::Proxy, Mode::Retrieve] {
        let draft = RequestDraft::new(rig.grant, "GET", "https://ann:hunter2@api.github.com/user");
        let reported = rig.run(RequestDraft { mode, ..draft }).await;
        let [CallEvent::Failed(why)] = &reported[..] else { panic!("{reported:?}") };
        assert!(why.code == Code::ArgumentRefused && !format!("{why:?}").contains("hunter2"), "{why:?}");
    }
    assert_eq!(rig.backend.journal().len(), before);
    assert!(rig.records().await.is_empty());
}

#[tokio::test]
async fn questions_in_vain_are_reported_with_the_time_that_passed() {
    let rig = Rig::new(HistoryPolicy::Everything).await;
    let first = held(&rig).await;
    rig.faults(&["hang"]);
    let began = tokio::time::Instant::now();
    let events = asked(&rig, first.id, 1).await;
    let took = began.elapsed().as_secs_f32();
    let Some(CallEvent::Failed(why)) = events.last() else { panic!("{events:?}") };
    let (_, waited) = why.facts.iter().find(|(label, _)| *label == "waited").unwrap();
    let number = waited.as_str().strip_suffix(" s").unwrap();
    assert!(number.split_once('.').is_none_or(|(_, tenths)| tenths.len() == 1), "{number}");
    let number: f32 = number.parse().unwrap();
    assert!((1.0..=took).contains(&number), "{number} of {took}");
}
