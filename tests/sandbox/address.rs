//! Which grant a call means, and which faults meet it.

use grantdeck::sandbox::World;
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::calls::{USER, github, said};
use crate::rig::{
    Draft, agent_key, app_key, code, grant_of, grant_where, list, now, proxy, send, value, world,
};

#[test]
fn a_grant_is_named_by_provider_account_label_and_user() {
    let mut world = world(500);
    let ask = |world: &mut World, more: Value| {
        let mut body = json!({ "method": "GET", "url": USER, "provider_id": "github" });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        proxy(world, &body)
    };
    let one = ask(&mut world, json!({ "account": "octo-acme" }));
    assert_eq!(said(&one).1["login"], "octo-acme");

    let many = ask(&mut world, json!({}));
    let detail = &value(&many)["detail"];
    assert_eq!((many.status, code(&many).as_str()), (409, "ambiguous_grant"));
    assert_eq!(
        (detail["candidates"].as_array().expect("a list").len(), &detail["candidates_truncated"]),
        (20, &true.into())
    );
    assert!(
        detail["candidates"][0]["account_identifier"].is_string() && detail["account_was_provided"] == false
    );

    let nobody = ask(&mut world, json!({ "account": "nobody" }));
    assert_eq!((nobody.status, code(&nobody).as_str()), (404, "grant_not_found"));

    // A grant that cannot be used still says why.
    let expired = ask(&mut world, json!({ "account": "kestrel-deploy" }));
    assert_eq!((expired.status, code(&expired).as_str()), (403, "grant_expired"));

    let token = world.credentials().user_tokens[0].token.expose_secret().to_owned();
    let theirs = ask(&mut world, json!({ "user_token": token, "account": "octo-acme" }));
    let bad = ask(&mut world, json!({ "user_token": "nonsense" }));
    assert_eq!((theirs.status, code(&theirs).as_str()), (404, "grant_not_found"), "by the token's user only");
    assert_eq!((bad.status, code(&bad).as_str()), (401, "jwt_validation_error"));
}

#[test]
fn a_user_token_narrows_a_grant_named_by_its_id() {
    let mut world = world(500);
    let token = world.credentials().user_tokens[0].token.expose_secret().to_owned();
    let key = app_key(&world);
    let listed = list(&mut world, &key, &json!({ "user_token": token, "limit": 1000 }));
    let theirs = listed["grants"].as_array().expect("rows").clone();
    let unknown = grant_where(&mut world, |item| {
        item["principal_type"] == "user"
            && item["status"] == "active"
            && !theirs.iter().any(|row| row["grant_id"] == item["grant_id"])
    });
    let system =
        grant_where(&mut world, |item| item["principal_type"] == "system" && item["provider_id"].is_string());
    let ask = |world: &mut World, id: &str| {
        let reply =
            proxy(world, &json!({ "method": "GET", "url": USER, "grant_id": id, "user_token": token }));
        (reply.status, code(&reply))
    };
    assert_eq!(ask(&mut world, &unknown), (404, "grant_not_found".to_owned()));
    assert_eq!(ask(&mut world, &system), (403, "system_grant_user_token_mismatch".to_owned()));
}

#[test]
fn an_agent_reaches_its_own_grants_only() {
    let mut world = world(100);
    let bot = agent_key(&world, "release-notes");
    let child = {
        let page = list(&mut world, &bot, &json!({ "limit": 1000 }));
        let rows = page["grants"].as_array().expect("rows").clone();
        rows.iter().find(|row| row["provider_id"] == "github").expect("a delegation")["grant_id"].clone()
    };
    let root = github(&mut world);
    let mut ask = |address: Value| {
        let mut body = json!({ "method": "GET", "url": USER });
        body.as_object_mut().expect("an object").extend(address.as_object().expect("an object").clone());
        send(&mut world, &bot, "POST", "/sdk/proxy", &body.to_string(), 0)
    };
    assert_eq!(ask(json!({ "grant_id": child })).status, 200);
    assert_eq!(ask(json!({ "provider_id": "github" })).status, 200);
    let unknown = ask(json!({ "grant_id": root }));
    assert_eq!((unknown.status, code(&unknown).as_str()), (404, "grant_not_found"));
    let none = ask(json!({ "provider_id": "zoom" }));
    assert_eq!((none.status, code(&none).as_str()), (404, "no_delegated_grant"));
    assert!(value(&none)["detail"]["agent_id"].is_string());
}

#[test]
fn an_app_key_that_acts_as_an_agent_finds_what_the_agent_holds_and_keeps_what_it_names() {
    let mut world = world(100);
    let key = app_key(&world);
    let agents = world.credentials().agent_keys.clone();
    let mut ask = |name: &str, address: Value| {
        let agent = agents.iter().find(|agent| agent.name == name).expect("an agent");
        let mut body = json!({ "method": "GET", "url": USER });
        body.as_object_mut().expect("an object").extend(address.as_object().expect("an object").clone());
        let mut draft = Draft::new("POST", "/sdk/proxy", &body.to_string());
        draft.identity =
            vec![("X-Alter-Caller", agent.id.to_string()), ("X-Alter-Caller-Type", "agent".to_owned())];
        let reply = world.handle(&draft.sign(&key), now());
        (reply.status, code(&reply), world.provider_calls().last().and_then(|call| call.grant))
    };
    let (status, _, found) = ask("release-notes", json!({ "provider_id": "github" }));
    assert_eq!(status, 200);
    let (status, refused, _) = ask("crm-sync", json!({ "provider_id": "github" }));
    assert_eq!((status, refused.as_str()), (404, "no_delegated_grant"));
    let (status, _, same) = ask("crm-sync", json!({ "grant_id": found.expect("a grant").to_string() }));
    assert_eq!((status, same), (200, found), "by id an app key reaches everything");
    let mut world = crate::rig::world(100);
    let child = world.items(now()).into_iter().find(|item| item["grant_id"] == json!(found)).expect("listed");
    assert!(child["parent_grant_id"].is_string());
}

#[test]
fn every_request_about_a_grant_is_met_by_its_faults_and_no_other_is() {
    let mut world = world(100);
    let (mine, other) = (github(&mut world), grant_of(&mut world, "notion", "東京オフィス"));
    world.set_faults(["needs-approval=1".parse().expect("a spell")]);
    let held = value(&proxy(&mut world, &json!({ "method": "GET", "url": USER, "grant_id": mine })));
    let approval = format!("/sdk/approvals/{}", held["approval_id"].as_str().expect("an id"));
    world.set_faults([format!("html=503,grant={mine}").parse().expect("a spell")]);
    let key = app_key(&world);
    let by_id = |id: &str| json!({ "grant_id": id }).to_string();
    let report = |id: &str| format!("/sdk/grants/{id}/report-scope-mismatch");
    for (method, target, body, met) in [
        ("POST", "/sdk/proxy", by_id(&mine), true),
        ("POST", "/sdk/proxy", by_id(&other), false),
        ("POST", "/sdk/proxy", json!({ "provider_id": "github", "account": "octo-acme" }).to_string(), true),
        (
            "POST",
            "/sdk/proxy",
            json!({ "provider_id": "github", "account": "mossgate-ci" }).to_string(),
            false,
        ),
        ("POST", "/sdk/token", by_id(&mine.to_uppercase()), true),
        ("POST", "/sdk/oauth/audit/api-call", by_id(&mine), true),
        ("POST", &report(&mine), "{}".to_owned(), true),
        ("POST", &report(&other), "{}".to_owned(), false),
        ("GET", &approval, String::new(), true),
        ("POST", "/sdk/grants/list", "{}".to_owned(), false),
    ] {
        let reply = send(&mut world, &key, method, target, &body, 0);
        assert_eq!(reply.status == 503, met, "{method} {target} {body}");
    }
}
