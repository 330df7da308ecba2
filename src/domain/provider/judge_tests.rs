//! The interpretation of answers.

use pretty_assertions::assert_eq;

use super::*;
use crate::provider::known;

fn judge(id: &str, status: u16, body: &str) -> Judgement {
    known(id).unwrap().probe.as_ref().unwrap().judge(status, body.as_bytes())
}

#[test]
fn a_200_that_says_no_is_no() {
    let good =
        judge("slack", 200, r#"{"ok":true,"team":"Acme HQ","team_id":"T1","url":"https://acme.slack.com/"}"#);
    assert!(good.works());
    assert_eq!(good.account, Some(Clean::line("Acme HQ")));
    assert_eq!(good.accounts.len(), 3);
    let bad = judge("slack", 200, r#"{"ok":false,"error":"invalid_auth"}"#);
    let found = Some(Clean::line("false"));
    assert_eq!(
        bad.finding,
        Finding::Assertion { at: "/ok".into(), wanted: "true".into(), found, kind: "false" }
    );
    let odd = judge("slack", 200, "[]");
    assert_eq!(
        odd.finding,
        Finding::Assertion { at: "/ok".into(), wanted: "true".into(), found: None, kind: "nothing" }
    );
}

#[test]
fn graphql_reports_errors_with_a_200() {
    let good = r#"{"data":{"viewer":{"id":"1","email":"a@b.example"},"organization":{"name":"Acme"}},"errors":null}"#;
    assert!(judge("linear", 200, good).works());
    let bad = judge("linear", 200, r#"{"data":{"viewer":{"id":"1"}},"errors":[{"message":"no"}]}"#);
    assert!(
        matches!(bad.finding, Finding::Assertion { at, wanted, .. } if at == "/errors" && wanted == "nothing")
    );
}

#[test]
fn a_page_for_people_is_no_answer() {
    let page = "<!DOCTYPE html><html><Arn>x</Arn></html>";
    for id in ["github", "aws", "slack"] {
        assert!(matches!(judge(id, 200, page).finding, Finding::Unreadable(_)), "{id}");
    }
    assert_eq!(judge("github", 200, "{\"login\":").finding, Finding::Unreadable(Answers::Json));
    assert_eq!(judge("aws", 200, "\u{fffd}").finding, Finding::Unreadable(Answers::Xml));
}

#[test]
fn the_status_comes_first() {
    for status in [201, 301, 401, 403, 500] {
        let judged = judge("github", status, r#"{"login":"octo"}"#);
        assert_eq!(judged.finding, Finding::WrongStatus(status));
        assert_eq!(judged.account, None);
    }
}

#[test]
fn accounts_are_read_from_xml_and_numbers_too() {
    let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Arn>arn:aws:iam::1:user/x</Arn><UserId>U</UserId><Account>1</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let judged = judge("aws", 200, body);
    assert!(judged.works());
    assert_eq!(
        judged.accounts.iter().map(Clean::as_str).collect::<Vec<_>>(),
        ["arn:aws:iam::1:user/x", "1", "U"]
    );
    let hubspot = judge("hubspot", 200, r#"{"portalId":42}"#);
    assert_eq!(hubspot.account, Some(Clean::line("42")));
}

#[test]
fn hostile_accounts_are_cleaned() {
    let judged = judge("github", 200, "{\"login\":\"a\\u001b]0;x\\u0007\\u202e\"}");
    let shown = judged.account.unwrap();
    assert!(shown.as_str().chars().all(|c| !c.is_control() && c != '\u{202e}'), "{shown:?}");
}

#[test]
fn another_account_is_claimed_of_addresses_only() {
    let judged = judge("github", 200, r#"{"login":"octo-acme","email":"octo@acme.example","id":7}"#);
    for (identifier, want) in [
        ("octo-acme", Some(true)),
        ("OCTO@acme.example", Some(true)),
        ("7", Some(true)),
        ("else@acme.example", Some(false)),
        ("octocat", None),
        ("", None),
    ] {
        assert_eq!(judged.is_of(identifier), want, "{identifier}");
    }
    assert_eq!(judge("slack", 200, r#"{"ok":true,"team":"Acme"}"#).is_of("a@b.example"), None);
}
