//! Connect sessions of managed secrets: how they complete, and what the list shows of it.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::rig::{agent_key, app_key, at, grant_where, now, refusal, send, value, world};
use crate::sessions::{begin, click, polled, token};

const SECRET: &str = "/sdk/managed-secrets/connect/session";

#[test]
fn a_managed_secret_session_says_how_it_completes_and_the_list_shows_it() {
    let mut world = world(500);
    let (key, token) = (app_key(&world), token(&world, 0));
    let body = json!({ "provider": "posthog-personal", "user_token": token, "requested_grant": { "label": "mine" } });
    let session = begin(&mut world, SECRET, &body);
    assert_eq!(
        (
            &session["path"],
            &session["secret_slug"],
            &session["delegable_requested"],
            &session["existing_grant_id"]
        ),
        (&json!("key_entry"), &json!("posthog-personal"), &json!(false), &Value::Null)
    );
    // There is no poll for it, and only its user can approve.
    assert_eq!(polled(&mut world, &session, 1)["status"], "expired");
    let page = click(&mut world, &session["connect_url"], "other-account", 2);
    assert!(page.contains("only the user whom the link is for"), "{page}");
    assert!(click(&mut world, &session["connect_url"], "accept", 3).contains("<b>done</b>"));
    let newest = world.items(at(3))[0].clone();
    assert_eq!(
        (
            &newest["managed_secret_slug"],
            &newest["credential_kind"],
            &newest["label"],
            &newest["principal_type"]
        ),
        (&json!("posthog-personal"), &json!("end_user"), &json!("mine"), &json!("user"))
    );

    let body = json!({ "provider": "posthog-personal", "user_token": token, "agent": "triage-bot", "delegable": true });
    let session = begin(&mut world, SECRET, &body);
    assert_eq!(
        (&session["path"], &session["existing_grant_id"], &session["delegable_requested"]),
        (&json!("fast_path"), &newest["grant_id"], &json!(true))
    );
    click(&mut world, &session["connect_url"], "accept", 4);
    let child = world.items(at(4))[0].clone();
    assert_eq!((&child["parent_grant_id"], &child["delegable"]), (&newest["grant_id"], &json!(true)));

    let repair =
        json!({ "provider": "posthog-personal", "user_token": token, "repair_grant_id": newest["grant_id"] });
    let session = begin(&mut world, SECRET, &repair);
    assert_eq!((&session["path"], &session["direct"]), (&json!("repair"), &json!(true)));
    let other = grant_where(&mut world, |item| item["managed_secret_slug"] == "openai");
    let wrong = json!({ "provider": "openai", "user_token": token, "repair_grant_id": other }).to_string();
    assert_eq!(refusal(&mut world, &key, "POST", SECRET, &wrong).1, "grant_not_found");
}

#[test]
fn an_expired_key_of_ones_own_lives_again_under_its_id() {
    let mut world = world(500);
    let (key, token) = (app_key(&world), token(&world, 1));
    let body = json!({
        "provider": "posthog-personal", "user_token": token, "grant_policy": { "max_ttl_seconds": 60 },
    });
    let session = begin(&mut world, SECRET, &body);
    click(&mut world, &session["connect_url"], "accept", 0);
    let made = world.items(now())[0]["grant_id"].clone();
    let body = json!({ "provider": "posthog-personal", "user_token": token }).to_string();
    let session = value(&send(&mut world, &key, "POST", SECRET, &body, 100));
    assert_eq!((&session["path"], &session["existing_grant_id"]), (&json!("repair"), &made));
    click(&mut world, &session["connect_url"], "accept", 101);
    let items = world.items(at(102));
    let after = items.iter().find(|item| item["grant_id"] == made).expect("the same row");
    assert_eq!((&after["status"], &after["grant_expires_at"]), (&json!("active"), &Value::Null));
}

#[test]
fn a_managed_secret_session_is_strict() {
    let mut world = world(100);
    let (key, token, bot) = (app_key(&world), token(&world, 0), agent_key(&world, "triage-bot"));
    for (body, status, code) in [
        (json!({ "user_token": token }), 422, ""),
        (json!({ "provider": "openai" }), 422, ""),
        (json!({ "provider": "nobody", "user_token": token }), 404, "secret_not_found"),
        (
            json!({ "provider": "openai", "template_slug": "datadog-api-key", "user_token": token }),
            422,
            "secret_template_mismatch",
        ),
        (json!({ "provider": "openai", "user_token": "x" }), 401, "jwt_validation_error"),
        (json!({ "provider": "openai", "user_token": token, "agent": "nobody" }), 404, "agent_not_found"),
        (json!({ "provider": "openai", "user_token": token, "scope_constraint": ["x"] }), 422, ""),
        (
            json!({ "provider": "openai", "user_token": token, "requested_ttl_seconds": 9, "grant_policy": {} }),
            422,
            "",
        ),
        (
            json!({ "provider": "openai", "user_token": token, "requested_grant": { "label": "x", "restrictions": {} } }),
            422,
            "",
        ),
        (
            json!({ "provider": "openai", "user_token": token, "allowed_origin": "app" }),
            400,
            "invalid_origin",
        ),
        (json!({ "provider": "openai", "user_token": token, "slug": "x" }), 422, ""),
    ] {
        let refused = refusal(&mut world, &key, "POST", SECRET, &body.to_string());
        assert_eq!(refused, (status, code.to_owned()), "{body}");
    }
    let body = json!({ "template_slug": "OpenAI-API-Key", "user_token": token });
    assert_eq!(begin(&mut world, SECRET, &body)["secret_slug"], "openai");
    let other = json!({ "provider": "openai", "user_token": token, "agent": "crm-sync" }).to_string();
    assert_eq!(refusal(&mut world, &bot, "POST", SECRET, &other).1, "agent_cannot_delegate_to_other_agent");
    let own = json!({ "provider": "openai", "user_token": token }).to_string();
    let session = value(&send(&mut world, &bot, "POST", SECRET, &own, 0));
    assert_eq!((&session["path"], session["agent_id"].is_string()), (&Value::Null, true));
}
