//! The rows of `error_flows.json` about test calls, as far as they need no network: what each answer means.

use grantdeck::domain::Code;
use grantdeck::protocol::AlterError;
use grantdeck::protocol::call::approval::{self, Next};
use grantdeck::protocol::call::{self, Credential, proxy};
use grantdeck::protocol::error::{Refusal, Surface};
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::errors::{body_of, class, some_day};
use crate::support::{id, rows, text};

/// What the SDK calls an answer.
fn class_of(surface: Surface, agent: bool, answer: &Value) -> (&'static str, Option<String>) {
    let status = u16::try_from(answer["status"].as_u64().expect("status")).expect("a status");
    let body = body_of(answer);
    let unreadable = |read: bool| {
        assert!(!read, "{status}: an answer that the SDK refuses is read");
        ("BackendError", None)
    };
    match (surface, status) {
        (Surface::Main, 200) => unreadable(Credential::parse(&body).is_ok()),
        (Surface::Proxy, 200 | 202) => unreadable(proxy::parse(status, &body).is_ok()),
        (Surface::Approval, 200) => unreadable(approval::parse_status(&body).is_ok()),
        _ => {
            let error = refusal(surface, status, &body);
            let error = if agent { call::refused_to_agent(error) } else { error };
            if error.code == Code::AgentDelegationMissing {
                // The SDK puts its own sentence in place of the backend's.
                return ("AgentDelegationMissingError", None);
            }
            (class(&error, surface), error.message.as_deref().map(str::to_owned))
        }
    }
}

fn refusal(surface: Surface, status: u16, body: &[u8]) -> AlterError {
    AlterError::read(&Refusal {
        surface,
        status,
        body,
        retry_after: None,
        request_id: None,
        date: None,
        now: some_day(),
    })
}

/// Where the SDK's class is another than ours would be, and ours is the better advice (docs/protocol/errors.md, quirks).
fn same_in_the_end(ours: &str, theirs: &str, surface: Surface) -> bool {
    match (ours, theirs) {
        (ours, theirs) if ours == theirs => true,
        // The SDK loses the class of a configuration fault on `/sdk/token`.
        ("ConnectConfigError", "BackendError") => surface == Surface::Main,
        // The SDK maps nothing on the state of an approval.
        (_, "BackendError") => surface == Surface::Approval,
        _ => false,
    }
}

#[test]
fn answers_to_test_calls_fail_as_the_sdks_do() {
    let (mut answers, mut on_the_way) = (0, 0);
    for row in rows("error_flows") {
        let name = text(&row, "call").expect("call");
        let surface = match name.split('(').next().expect("a name") {
            "client.request" => Surface::Main,
            "client.proxy_request" => Surface::Proxy,
            "client.get_approval_status" => Surface::Approval,
            _ => continue,
        };
        let answer = &row["answers"][0];
        if answer.get("transport").is_some() {
            on_the_way += 1;
            continue;
        }
        let (ours, message) = class_of(surface, id(&row).starts_with("agent-"), answer);
        let theirs = text(&row["error"], "class").expect("a class");
        assert!(same_in_the_end(ours, theirs, surface), "{}: {ours} is not {theirs}", id(&row));
        if ours == theirs && surface != Surface::Approval {
            assert_eq!(message.as_deref(), text(&row["error"], "message"), "{}", id(&row));
        }
        answers += 1;
    }
    assert_eq!((answers, on_the_way), (43, 10));
}

/// Waiting for an approval against scripted answers, without the waiting.
#[test]
fn waiting_fails_as_the_sdk_does() {
    let mut tested = 0;
    for row in rows("error_flows") {
        let name = text(&row, "call").expect("call");
        if !name.starts_with("client.await_approval(") {
            continue;
        }
        let (outcome, asked) = wait_for(&row);
        let theirs = row["error"].get("class").and_then(Value::as_str);
        if id(&row) == "await-429-is-final" {
            // The call is still held, so this goes on as told; the SDK gives up.
            assert_eq!(outcome, None);
        } else {
            assert_eq!(outcome.as_deref(), theirs, "{}", id(&row));
        }
        let want: Vec<&str> =
            row["requests_sent"].as_array().expect("requests").iter().filter_map(Value::as_str).collect();
        let kinds =
            |targets: &[String]| targets.iter().map(|one| one.ends_with("/result")).collect::<Vec<_>>();
        let theirs: Vec<String> = want.iter().map(|one| (*one).to_owned()).collect();
        assert_eq!(kinds(&asked), kinds(&theirs), "{}", id(&row));
        tested += 1;
    }
    assert_eq!(tested, 15);
}

/// The SDK's class of the ending, none for a result or for going on; and what was asked.
fn wait_for(row: &Value) -> (Option<String>, Vec<String>) {
    let id: grantdeck::domain::ApprovalId =
        serde_json::from_value("2a60b3ed-2485-535b-8dd1-9f04e567f3a1".into()).expect("an id");
    let seconds = std::time::Duration::from_secs;
    let sends = !row["requests_sent"].as_array().expect("requests").is_empty();
    let mut left = Some(if sends { seconds(5) } else { seconds(0) });
    let mut asked = Vec::new();
    let mut answers = row["answers"].as_array().expect("answers").iter();
    let mut next = approval::before_asking(left);
    loop {
        let target = match &next {
            Next::Ask { wait } => approval::status_target(id, *wait),
            Next::Fetch => approval::result_target(id),
            Next::Pause(_) => {
                next = approval::before_asking(left);
                continue;
            }
            Next::Ended(ending) => {
                let class = match ending.diagnose().code {
                    Code::ApprovalDenied => "ApprovalDeniedError",
                    Code::ApprovalExpired => "ApprovalExpiredError",
                    Code::ApprovalExecutionFailed => "ApprovalExecutionFailedError",
                    Code::ApprovalStillOpen => "ApprovalTimeoutError",
                    other => panic!("{other:?}"),
                };
                return (Some(class.to_owned()), asked);
            }
        };
        let fetching = next == Next::Fetch;
        let Some(answer) = answers.next() else {
            // The script is at its end: so is the time.
            left = Some(seconds(0));
            let last = approval::before_asking(left);
            let limited = text(row, "id") == Some("await-429-is-final");
            if limited {
                return (None, asked);
            }
            next = last;
            continue;
        };
        asked.push(format!("GET {target}"));
        if answer.get("transport").is_some() {
            next = Next::Pause(approval::PAUSE);
            continue;
        }
        let status = u16::try_from(answer["status"].as_u64().expect("status")).expect("a status");
        let body = body_of(answer);
        let surface = if fetching { Surface::Proxy } else { Surface::Approval };
        next = match status {
            200 if fetching => {
                approval::parse_result(&body).expect("a result");
                return (None, asked);
            }
            200 => approval::after(&approval::parse_status(&body).expect("a state")),
            _ => {
                let error = refusal(surface, status, &body);
                match approval::after_refusal(&error) {
                    Some(next) => next,
                    None if fetching => return (Some(class(&error, surface).to_owned()), asked),
                    // The SDK maps nothing here.
                    None => return (Some("BackendError".to_owned()), asked),
                }
            }
        };
    }
}
