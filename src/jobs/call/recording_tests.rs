use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::{Audited, CallEvent, DraftBody, Ending, Mode, Outcome, RequestDraft};
use crate::jobs::call;
use crate::jobs::record::tests::{ISSUES, Rig, USER, request};
use crate::store::Keep;

#[tokio::test]
async fn a_held_call_is_kept_the_moment_it_is_held() {
    let rig = Rig::new(Keep::Everything).await;
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
        // The call still waits.
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

#[tokio::test]
async fn a_call_that_is_given_up_says_whether_it_may_have_happened() {
    for (mode, fault, happened, dropped) in [
        (Mode::Proxy, "provider-hang", true, false),
        (Mode::Proxy, "provider-hang", true, true),
        (Mode::Retrieve, "provider-hang", true, false),
        (Mode::Retrieve, "hang,path=/sdk/token", false, false),
    ] {
        let rig = Rig::new(Keep::Everything).await;
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
    let rig = Rig::new(Keep::Everything).await;
    rig.faults(&["html=502,path=/sdk/oauth/audit/api-call"]);
    let told = rig.run(rig.draft(Mode::Retrieve, "GET", USER)).await;
    assert!(told.iter().any(|event| matches!(event, CallEvent::NotAudited(_))), "{told:?}");
    let record = rig.only().await;
    assert_eq!((record.audited, record.outcome.ending()), (Audited::No, Ending::Answered));

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
    let rig = Rig::new(Keep::Everything).await;
    let raw = RequestDraft { body: DraftBody::Raw(vec![1]), ..rig.draft(Mode::Proxy, "POST", ISSUES) };
    let elsewhere =
        RequestDraft { url: "https://evil.example/".to_owned(), ..rig.draft(Mode::Retrieve, "GET", USER) };
    for draft in [raw, elsewhere] {
        let told = rig.run(draft).await;
        assert!(told.iter().any(|event| matches!(event, CallEvent::Failed(_))), "{told:?}");
    }
    assert_eq!(rig.records().await, []);
}

#[tokio::test]
async fn a_call_that_was_answered_is_audited_though_it_is_cancelled_then() {
    let rig = Rig::new(Keep::Everything).await;
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
