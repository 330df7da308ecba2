//! Agents, `me`, callers and actors, identity.

use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::rig::{Draft, agent_key, app_key, ask, now, refusal, value, world};

#[test]
fn agents_are_listed_paged_named_and_fetched() {
    let mut world = world(10);
    let key = app_key(&world);
    let all = ask(&mut world, &key, "GET", "/sdk/agents?include_revoked=true&limit=100&offset=0", "");
    let some = ask(&mut world, &key, "GET", "/sdk/agents?include_revoked=false&limit=100&offset=0", "");
    assert_eq!((&all["total"], &some["total"]), (&8.into(), &7.into()));
    let mut paged = Vec::new();
    for offset in [0, 3, 6] {
        let target = format!("/sdk/agents?include_revoked=true&limit=3&offset={offset}");
        let page = ask(&mut world, &key, "GET", &target, "");
        assert_eq!(page["has_more"], offset < 6);
        paged.extend(page["items"].as_array().expect("items").clone());
    }
    assert_eq!(json!(paged), all["items"]);
    let bot = ask(&mut world, &key, "GET", "/sdk/agents?name=triage-bot", "");
    assert_eq!(bot["items"][0], all["items"][0]);
    let id = all["items"][0]["id"].as_str().expect("an id");
    assert_eq!(ask(&mut world, &key, "GET", &format!("/sdk/agents/{id}"), ""), all["items"][0]);
    let none = ask(&mut world, &key, "GET", "/sdk/agents?name=nobody", "");
    assert_eq!((&none["items"], &none["total"]), (&json!([]), &0.into()));
    for target in ["/sdk/agents/00000000-0000-4000-8000-000000000000", "/sdk/agents/x"] {
        assert_eq!(refusal(&mut world, &key, "GET", target, ""), (404, "agent_not_found".to_owned()));
    }
    assert_eq!(refusal(&mut world, &key, "GET", "/sdk/agents?limit=0", "").0, 422);
}

#[test]
fn me_is_for_agents_also_paused_ones_and_the_rest_for_apps() {
    let mut world = world(10);
    for agent in world.credentials().agent_keys.clone() {
        let key = agent.key.expose_secret();
        if agent.status == "revoked" {
            assert_eq!(
                refusal(&mut world, key, "GET", "/sdk/agents/me", ""),
                (401, "agent_revoked".to_owned())
            );
        } else {
            let me = ask(&mut world, key, "GET", "/sdk/agents/me", "");
            assert_eq!(
                (&me["name"], &me["status"]),
                (&agent.name.as_str().into(), &agent.status.as_str().into())
            );
        }
    }
    let (app, bot) = (app_key(&world), agent_key(&world, "triage-bot"));
    assert_eq!(
        refusal(&mut world, &app, "GET", "/sdk/agents/me", ""),
        (403, "me_requires_agent_key".to_owned())
    );
    assert_eq!(refusal(&mut world, &bot, "GET", "/sdk/agents", ""), (403, "app_key_required".to_owned()));
}

#[test]
fn a_caller_has_a_stable_actor_id_and_may_not_be_somebody_else() {
    let mut world = world(10);
    let (app, bot) = (app_key(&world), agent_key(&world, "triage-bot"));
    let agents = world.credentials().agent_keys.clone();
    let mut call = |key: &str, caller: &str| {
        let mut draft = Draft::new("GET", "/sdk/scopes", "");
        draft.identity =
            vec![("X-Alter-Caller", caller.to_owned()), ("X-Alter-Caller-Type", "agent".to_owned())];
        let reply = world.handle(&draft.sign(key), now());
        let code = value(&reply)["detail"]["error"].as_str().unwrap_or_default().to_owned();
        (reply.status, code, reply.header("X-Alter-Actor-ID").map(str::to_owned))
    };
    let first = call(&app, "nightly");
    let id = first.2.clone().expect("an actor id");
    assert_eq!(uuid::Uuid::try_parse(&id).map(|id| id.to_string()), Ok(id));
    assert_eq!(call(&app, "nightly"), first);
    assert_ne!(call(&app, "weekly").2, first.2);
    assert_eq!(call(&app, &agents[1].id.to_string()).0, 200, "an app may act as its agent");
    assert_eq!(call(&bot, &agents[0].id.to_string()).0, 200, "an agent may name itself");
    let cases = [
        (&bot, agents[1].id.to_string(), 400, "caller_agent_mismatch"),
        (&app, "00000000-0000-4000-8000-000000000000".to_owned(), 404, "caller_agent_unresolved"),
        (&app, agents[6].id.to_string(), 404, "caller_agent_unresolved"),
    ];
    for (key, caller, status, code) in cases {
        assert_eq!(call(key, &caller), (status, code.to_owned(), None));
    }
}

#[test]
fn identity_is_resolved_from_nothing_a_token_or_an_id() {
    let mut world = world(10);
    let key = app_key(&world);
    let user = world.credentials().user_tokens[0].clone();
    let path = "/sdk/identity/resolve";
    let nobody = ask(&mut world, &key, "POST", path, r#"{"include_profile":true}"#);
    assert!(nobody["app_id"].is_string() && nobody["app_user_id"].is_null() && nobody["email"].is_null());
    let body = json!({ "include_profile": true, "user_token": user.token.expose_secret() }).to_string();
    let known = ask(&mut world, &key, "POST", path, &body);
    assert_eq!((&known["email"], &known["display_name"]), (&user.email.into(), &user.name.into()));
    let body = json!({ "include_profile": false, "app_user_id": known["app_user_id"] }).to_string();
    let bare = ask(&mut world, &key, "POST", path, &body);
    assert_eq!((&bare["app_user_id"], &bare["email"]), (&known["app_user_id"], &serde_json::Value::Null));
    let bot = agent_key(&world, "triage-bot");
    let agent = ask(&mut world, &bot, "POST", path, r#"{"include_profile":false}"#);
    assert_eq!(agent["agent_id"], world.credentials().agent_keys[0].id.to_string());
    assert_eq!(refusal(&mut world, &key, "POST", path, r#"{"user_token":"x"}"#).1, "jwt_validation_error");
}
