//! `grantdeck call`, both modes, against the strict backend and its simulated providers.

use grantdeck::sandbox::{FaultSpec, Options};
use serde_json::Value;

use crate::rig::{Rig, Run, bare, run};

const USER: &str = "https://api.github.com/user";
const REPOSITORIES: &str = "https://api.github.com/user/repos";
/// An account that every world begins with.
const OCTO: &str = "github:octo-acme";

fn call(rig: &Rig, arguments: &[&str]) -> Run {
    rig.run(&[&["call"], arguments].concat())
}

fn object(ran: &Run) -> Value {
    serde_json::from_str(&ran.out).map_err(|error| format!("{error}: {} {}", ran.out, ran.err)).unwrap()
}

/// Requests that are no reading of the list.
fn calls(rig: &Rig) -> usize {
    rig.backend.journal().iter().filter(|entry| entry.target != "/sdk/grants/list").count()
}

#[test]
fn the_body_is_printed_and_both_statuses_are_reported() {
    let rig = Rig::new(40, &[]);
    let ran = call(&rig, &[OCTO, "get", USER, "--reason", "a test", "--context", "ticket=42"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(serde_json::from_str::<Value>(&ran.out).unwrap()["login"], "octo-acme");
    assert!(ran.err.contains("github answered 200, Alter 200"), "{}", ran.err);
    let audit = rig.backend.audit();
    assert_eq!((audit.len(), audit[0].proxied), (1, true));
    assert_eq!(audit[0].row["reason"], "a test");
    assert!(audit[0].context.is_some(), "{:?}", audit[0]);

    let ran = call(&rig, &[OCTO, "GET", USER, "--include"]);
    assert!(
        ran.out.starts_with("200\n") && ran.out.contains("content-type: application/json\n"),
        "{}",
        ran.out
    );

    let file = rig.home.path().join("user.json");
    let out = ["--out", file.to_str().unwrap()];
    assert_eq!(call(&rig, &[&[OCTO, "GET", USER][..], &out].concat()).code, 0);
    let again = call(&rig, &[&[OCTO, "GET", USER][..], &out].concat());
    assert_eq!(again.code, 1, "a file that is there is kept: {}", again.err);
    assert_eq!(call(&rig, &[&[OCTO, "GET", USER][..], &out, &["--force"]].concat()).code, 0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("octo-acme"));
}

#[test]
fn one_object_has_everything() {
    let rig = Rig::new(40, &[]);
    let simulated = rig.backend.provider_url(USER).unwrap();
    let nowhere = "https://api.github.com/nosuch";
    for (mode, url, status) in
        [("proxy", USER, 200), ("retrieve", simulated.as_str(), 200), ("proxy", nowhere, 404)]
    {
        let ran = call(&rig, &[OCTO, "GET", url, "--mode", mode, "--output", "json"]);
        let object = object(&ran);
        let names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
        let failed = (status != 200).then_some("error");
        let want = [
            "mode",
            "grant_id",
            "provider",
            "alter_status",
            "provider_status",
            "duration_ms",
            "headers",
            "body",
            "truncated",
            "approval_id",
        ];
        assert_eq!(names, want.into_iter().chain(failed).collect::<Vec<_>>());
        assert_eq!((&object["mode"], &object["provider"]), (&mode.into(), &"github".into()));
        assert_eq!((&object["alter_status"], &object["provider_status"]), (&200.into(), &status.into()));
        assert_eq!(ran.code, if status == 200 { 0 } else { 8 });
    }
    rig.backend.set_faults(["key-revoked,after=1".parse::<FaultSpec>().unwrap()]);
    let ran = call(&rig, &[OCTO, "GET", USER, "--output", "json"]);
    let error = &object(&ran)["error"];
    assert_eq!((ran.code, &error["who"], &error["code"]), (3, &"alter".into(), &"key_revoked".into()));
    assert_eq!(error["retryable"], false);
    assert!(error["remedy"].as_str().is_some_and(|text| !text.is_empty()) && error["message"].is_string());
}

#[test]
fn a_grant_is_named_in_three_ways() {
    let rig = Rig::new(200, &[]);
    let of = |selector: &str| call(&rig, &[selector, "GET", USER, "--output", "json"]);
    let octo = of(OCTO);
    let id = object(&octo)["grant_id"].as_str().unwrap().to_owned();
    assert_eq!(object(&of(&id[..8]))["grant_id"], id);
    let before = rig.backend.journal().len();
    assert_eq!(object(&of(&id))["grant_id"], id);
    assert_eq!(rig.backend.journal().len() - before, 1, "a whole id needs no list");
    let several = of("github");
    assert_eq!(several.code, 5);
    assert!(several.err.contains(&id) && several.err.contains("github:octo-acme"), "{}", several.err);
    assert_eq!(of("github:nobody-has-this-account").code, 4);
    assert_eq!(of("google:").code, 2, "not a selector");
}

#[test]
fn what_cannot_be_sent_is_reported_before_anything_is() {
    let rig = Rig::new(40, &[]);
    let post = ["POST", REPOSITORIES, "--yes", "-d"];
    for (arguments, said) in [
        (&["POST", REPOSITORIES, "-d", "{}"][..], "--yes"),
        (&[&post[..], &["{\"a\":}"]].concat(), "line 1, column 6"),
        (&[&post[..], &["@/nowhere/body.json"]].concat(), "/nowhere/body.json"),
        (&["GET", USER, "-H", "Authorization: Bearer x"], "Authorization"),
        (&["GET", USER, "-H", "X-A: a\r\nX-B: b"], "line breaks"),
        (&["GET", "https://api.github.com/{who}"], "{who} has no value"),
        (&["GET", "user"], "starts with https://, or with /"),
        (&["GET", "ftp://api.github.com/", "--mode", "retrieve"], "https://"),
        (&["GET", "http://api.github.com/", "--mode", "retrieve"], "https://"),
        (&["GET", "https://api.github.com.evil.example/", "--mode", "retrieve"], "--allow-host HOST"),
        (&["GET", USER, "--mode", "retreive"], "did you mean `retrieve`?"),
    ] {
        let ran = call(&rig, &[&[OCTO], arguments].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(calls(&rig), 0, "nothing but the list was asked for");
}

#[test]
fn a_credential_goes_to_the_provider_only_and_the_call_is_audited_without_it() {
    let rig = Rig::new(40, &[]);
    // A backend on this machine lets calls go to this machine: there the simulator is.
    let url = rig.backend.provider_url(USER).unwrap();
    let ran = call(&rig, &[OCTO, "GET", &url, "--mode", "retrieve", "--reason", "a test"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let reached = rig.backend.provider_calls();
    assert_eq!((reached.len(), reached[0].proxied, reached[0].grant.is_some()), (1, false, true));
    let audit = rig.backend.audit();
    assert_eq!((audit.len(), audit[0].proxied), (1, false));
    assert_eq!((&audit[0].row["response_status"], &audit[0].row["reason"]), (&200.into(), &"a test".into()));
    let message = audit[0].row.to_string().to_ascii_lowercase();
    assert!(!message.contains("authorization") && !message.contains("bearer"), "{message}");

    for address in ["https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fd00::1]/"] {
        let host = address.trim_start_matches("https://").split('/').next().unwrap();
        let ran = call(&rig, &[OCTO, "GET", address, "--mode", "retrieve", "--allow-host", host]);
        assert_eq!(ran.code, 7, "{}", ran.err);
        assert!(ran.err.contains("not of the public network"), "{}", ran.err);
    }
    assert_eq!(rig.backend.provider_calls().len(), 1);
}

#[test]
fn a_provider_that_misses_permissions_is_reported() {
    let rig = Rig::new(40, &[]);
    let of_work = ["google:work@acme.example", "GET", "/oauth2/v2/userinfo", "--output", "json"];
    let id = object(&call(&rig, &of_work))["grant_id"].as_str().unwrap().to_owned();
    // The grant may read calendars, not write them.
    let url = "https://www.googleapis.com/calendar/v3/calendars/primary/events";
    let url = rig.backend.provider_url(url).unwrap();
    let write = [&id, "POST", &url, "-d", "{}", "--yes", "--mode", "retrieve"];
    let report = format!("/sdk/grants/{id}/report-scope-mismatch");
    let reports = || -> Vec<u16> {
        let entries = rig.backend.journal();
        entries.iter().filter(|entry| entry.target == report).map(|entry| entry.status).collect()
    };
    let audited = || rig.backend.audit().iter().filter(|row| !row.proxied).count();

    // A report that fails keeps neither the answer nor the audit row away.
    rig.backend.set_faults([format!("html=502,path={report}").parse::<FaultSpec>().unwrap()]);
    let ran = call(&rig, &write);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(ran.err.contains("answered 403") && !ran.err.contains("not audited"), "{}", ran.err);
    assert_eq!((reports(), audited()), (vec![502], 1));

    rig.backend.set_faults([]);
    assert_eq!(call(&rig, &write).code, 8);
    assert_eq!((reports(), audited()), (vec![502, 204], 2));
    let flagged = call(&rig, &write);
    assert_eq!(flagged.code, 11, "the backend knows it now: {}", flagged.err);
}

#[test]
fn a_held_call_is_followed_until_it_is_decided() {
    let rig = Rig::with(&Options { grants: 40, approve_after: None, ..Options::default() });
    let faults = |faults: &[&str]| {
        rig.backend.set_faults(faults.iter().map(|fault| fault.parse::<FaultSpec>().unwrap()));
    };
    faults(&["needs-approval=2"]);
    let kept = call(&rig, &[OCTO, "GET", USER]);
    assert_eq!((kept.code, kept.out.as_str()), (12, ""), "its id is no answer: {}", kept.err);
    assert!(kept.err.contains("held for approval") && kept.err.contains("http"), "{}", kept.err);
    let (_, rest) = kept.err.split_once("held for approval ").unwrap();
    let id = &rest[..36];
    assert!(kept.err.contains(&format!("grantdeck approvals {id} --wait")), "{}", kept.err);
    let still = rig.run(&["approvals", id, "--output", "json"]);
    let message = object(&still);
    assert_eq!(
        (still.code, &message["alter_status"], &message["state"]),
        (12, &202.into(), &"pending".into()),
        "{}",
        still.err
    );
    assert_eq!(
        (&message["error"]["code"], &message["error"]["exit_code"]),
        (&"approval_still_open".into(), &12.into())
    );
    assert_eq!(message["gates"].as_array().unwrap().len(), 2, "{message}");
    let listed = rig.run(&["approvals", "--output", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(
        (listed.as_array().unwrap().len(), &listed[0]["approval_id"], &listed[0]["url"]),
        (1, &id.into(), &USER.into())
    );
    let unknown = rig.run(&["approvals", "00000000-0000-4000-8000-000000000001"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (4, ""), "{}", unknown.err);
    assert_eq!(rig.run(&["approvals", "soon"]).code, 2);
    for held in rig.backend.held() {
        assert!(rig.backend.decide(held.group, grantdeck::sandbox::Decision::Approve, None));
    }
    let answered = rig.run(&["approvals", id, "--wait", "20s", "--jq", ".login"]);
    assert_eq!((answered.code, answered.out.trim()), (0, "\"octo-acme\""), "{}", answered.err);
    assert_eq!(rig.run(&["approvals"]).out, "", "it is not held any more");
    let message = object(&call(&rig, &[OCTO, "GET", USER, "--output", "json"]));
    assert_eq!((&message["alter_status"], &message["state"]), (&202.into(), &"pending".into()));
    assert!(message["approval_id"].is_string() && message["approval_url"].is_string(), "{message}");

    let waits = [OCTO, "GET", USER, "--wait-approval", "30s"];
    faults(&["needs-approval=1", "approve-after=0"]);
    let done = call(&rig, &waits);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.out.contains("octo-acme") && done.err.contains("held for approval"),
        "{} {}",
        done.out,
        done.err
    );
    for (fault, code, said) in [
        ("deny-after=0", 7, "denied"),
        ("expire-after=0", 12, "expired"),
        ("fail-execution", 8, "but failed"),
    ] {
        let approved: &[&str] = if fault == "fail-execution" { &["approve-after=0"] } else { &[] };
        faults(&[&["needs-approval=1", fault], approved].concat());
        let ran = call(&rig, &waits);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{fault}: {}", ran.err);
        assert!(
            ran.err.to_lowercase().contains(said) && ran.err.contains("approval"),
            "{fault}: {}",
            ran.err
        );
    }
    faults(&["needs-approval=1"]);
    let open = call(&rig, &[OCTO, "GET", USER, "--wait-approval", "1s"]);
    assert_eq!((open.code, open.out.as_str()), (12, ""), "{}", open.err);
}

#[test]
fn silence_redirects_and_floods_are_survived() {
    let rig = Rig::new(40, &[]);
    let faults = |fault: &str| rig.backend.set_faults([fault.parse::<FaultSpec>().unwrap()]);
    faults("provider-hang");
    let ran = call(&rig, &[OCTO, "POST", REPOSITORIES, "-d", "{}", "--yes", "--timeout", "1s"]);
    assert_eq!(ran.code, 9, "{}", ran.err);
    assert!(ran.err.contains("may still have happened"), "{}", ran.err);
    for mode in ["proxy", "retrieve"] {
        let url = if mode == "proxy" { USER.to_owned() } else { rig.backend.provider_url(USER).unwrap() };
        let with = |fault: &str| {
            faults(fault);
            call(&rig, &[OCTO, "GET", &url, "--mode", mode, "--output", "json"])
        };
        let moved = object(&with("provider-redirect=https://evil.example/"));
        assert_eq!(moved["provider_status"], 302, "{mode}: redirects are never followed");
        let large = object(&with("provider-large=3000000"));
        assert!(large["body"].to_string().len() > 2_000_000, "{mode}");
        let html = object(&with("provider-html"));
        assert!(html["body_text"].as_str().unwrap().contains("<html"), "{mode}: {html}");
        assert!(html["body"].is_null() && html["body_base64"].is_null(), "{mode}: {html}");
    }
    assert!(rig.backend.provider_calls().iter().all(|call| !call.url.contains("evil.example")));
}

#[test]
fn the_demonstration_calls_without_a_network() {
    let home = tempfile::tempdir().unwrap();
    for mode in ["proxy", "retrieve"] {
        let mut command = bare(&home, &["call", "--demo", OCTO, "GET", USER, "--mode", mode]);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env(name, "http://127.0.0.1:1");
        }
        let ran = run(&mut command);
        assert_eq!(ran.code, 0, "{mode}: {}", ran.err);
        assert!(ran.out.contains("octo-acme"), "{mode}");
    }
}

#[test]
fn paths_and_operations_are_those_of_the_provider() {
    let rig = Rig::new(200, &[]);
    let reached = || rig.backend.provider_calls().last().unwrap().url.clone();
    let relative = call(&rig, &[OCTO, "GET", "/user", "--output", "json"]);
    assert_eq!((relative.code, reached().as_str()), (0, USER), "{}", relative.err);
    let id = object(&relative)["grant_id"].as_str().unwrap().to_owned();
    assert_eq!(call(&rig, &[&id, "GET", "/user"]).code, 0, "the list tells whose path it is");

    let parameters = ["--param", "owner=acme", "--param", "repo=a site"];
    let read = call(&rig, &[&[OCTO, "--op", "repos/get"][..], &parameters].concat());
    assert_eq!(
        (read.code, reached().as_str()),
        (0, "https://api.github.com/repos/acme/a%20site"),
        "{}",
        read.err
    );
    let write = [&[OCTO, "--op", "issues/create", "-d", r#"{"title":"x"}"#][..], &parameters].concat();
    let refused = call(&rig, &write);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("POST may change data"), "{}", refused.err);
    assert_eq!(call(&rig, &[&write[..], &["--yes"]].concat()).code, 0);
    assert_eq!(call(&rig, &[OCTO, "--op", "no/such"]).code, 4);
    assert_eq!(call(&rig, &[OCTO]).code, 2, "neither a method nor an operation");
}

#[test]
fn a_url_with_a_user_in_it_is_refused_before_anything_is_asked() {
    let rig = Rig::new(40, &[]);
    for selector in [OCTO, "11111111-2222-4333-8444-555555555555"] {
        for more in [&[][..], &["--mode", "retrieve"], &["-o", "json"]] {
            let url = "https://ann:hunter2@api.github.com/user";
            let ran = rig.run(&[&["call", selector, "GET", url], more].concat());
            assert_eq!(ran.code, 2, "{more:?}: {}", ran.err);
            assert!(ran.err.contains("take out what stands before the @"), "{}", ran.err);
            assert!(!ran.err.contains("hunter2") && !ran.out.contains("hunter2"), "{} {}", ran.out, ran.err);
        }
    }
    assert!(rig.backend.journal().is_empty());
}
