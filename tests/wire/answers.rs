//! Other answers: `other_responses.json` as far as this program reads them.

use grantdeck::domain::{Catalog, CatalogProvider};
use grantdeck::protocol::{agents, catalog, scopes, specs};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::connect;
use crate::support::{file, id, resolve, rows, text};

/// Shapes that nothing reads yet.
const WAITING: [&str; 4] = ["delegation", "mint", "create_ms_grant", "api_key"];

fn spec(spec: &specs::Spec) -> Value {
    json!({
        "provider_kind": spec.provider_kind,
        "provider_id": spec.provider_id,
        "version": spec.version,
        "provenance": spec.provenance,
        "source_url": spec.source_url,
        "content_hash": spec.content_hash,
        "operation_count": spec.operation_count,
        "title": spec.title,
        "spec_version": spec.spec_version,
    })
}

fn operation(operation: &specs::Operation) -> Value {
    json!({
        "operation_id": operation.operation_id,
        "method": operation.method,
        "path_template": operation.path_template,
        "summary": operation.summary,
    })
}

/// The SDK prints these as instants; here they stay as received.
fn without_times(mut value: Value) -> Value {
    if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
        spec.remove("fetched_at");
        spec.remove("changed_at");
    }
    value
}

#[test]
fn answers_are_read_as_the_sdk_reads_them() {
    let file = file("other_responses.json");
    let mut read = 0;
    for row in rows("other_responses") {
        let base = row["base"].as_str().expect("base");
        if WAITING.contains(&base) {
            continue;
        }
        let (input, output) = resolve_any(&file, &row);
        let bytes = input.to_string().into_bytes();
        let have = match base {
            "scope_catalog" => scopes::parse(&bytes).map(|catalog| {
                let resources: serde_json::Map<String, Value> = catalog
                    .resources
                    .iter()
                    .map(|(name, verbs)| (name.clone(), json!({"verbs": verbs.verbs})))
                    .collect();
                json!({
                    "scope_version": catalog.scope_version,
                    "resources": resources,
                    "action_verbs": catalog.action_verbs,
                    "deprecated": catalog.deprecated,
                })
            }),
            "spec_operations" => specs::parse_operations(&bytes).map(|page| {
                json!({
                    "items": page.items.iter().map(operation).collect::<Vec<_>>(),
                    "total": page.total,
                    "limit": page.limit,
                    "offset": page.offset,
                    "has_more": page.has_more,
                    "spec": spec(&page.spec),
                })
            }),
            "spec_operation" => specs::parse_operation(&bytes).map(|detail| {
                let mut shown = operation(&detail.operation);
                shown["params_schema"] = json!(detail.params_schema);
                shown["request_schema"] = json!(detail.request_schema);
                shown["response_schema"] = json!(detail.response_schema);
                shown["spec"] = spec(&detail.spec);
                shown
            }),
            "agent" => {
                agent(&row, &bytes, output.as_ref());
                read += 1;
                continue;
            }
            "provider_catalog" => {
                provider(&row, &input, output.is_some());
                read += 1;
                continue;
            }
            other => connect::answer(other, &bytes),
        };
        match (have, output) {
            (Ok(have), Some(want)) => assert_eq!(have, without_times(want), "{}", id(&row)),
            (Err(error), None) => {
                let place = row["fails_at"][0].as_str().unwrap_or_default();
                // A field that is missing is reported at the object that lacks it.
                let parent = place.rsplit_once('.').map_or("", |(parent, _)| parent);
                let position = error.position.replace('[', ".").replace(']', "");
                let named = position == place || position.starts_with(parent);
                assert!(named, "{}: {position} is not {place}", id(&row));
            }
            (have, want) => panic!("{}: {have:?} instead of {want:?}", id(&row)),
        }
        read += 1;
    }
    assert_eq!(read, 31 + 48 + 60 + 71 + 36 + 33 + 55 + 81);
}

/// The catalog's rows have no base; they give the whole answer.
fn resolve_any(file: &Value, row: &Value) -> (Value, Option<Value>) {
    if file["bases"].get(row["base"].as_str().expect("base")).is_some() {
        return resolve(file, row);
    }
    let output = if row.get("value").is_some() { row["value"].clone() } else { Value::Null };
    (row["data"].clone(), (row["ok"] == true).then_some(output))
}

/// Only what names and states need is judged, and a state of tomorrow is kept.
fn agent(row: &Value, bytes: &[u8], output: Option<&Value>) {
    let have = agents::parse_me(bytes);
    if let Some(want) = output {
        let agent = have.unwrap_or_else(|error| panic!("{}: {error}", id(row)));
        assert_eq!(json!(agent.id), want["id"], "{}", id(row));
        assert_eq!(json!(agent.name), want["name"], "{}", id(row));
        assert_eq!(json!(agent.display_name), want["display_name"], "{}", id(row));
        assert_eq!(json!(agent.status), want["status"], "{}", id(row));
        return;
    }
    let ours = ["agent-array", "agent-id-", "agent-name-", "agent-display_name-", "agent-status-"];
    let judged = ours.iter().any(|ours| id(row).starts_with(ours));
    let word = row["set"].get("status").is_some_and(Value::is_string);
    assert_eq!(have.is_err(), judged && !word, "{}: {have:?}", id(row));
}

/// A broken entry is read as far as it goes: the other entries must not suffer for it.
fn provider(row: &Value, input: &Value, accepted: bool) {
    let catalog = catalog::parse(input.to_string().as_bytes()).expect("a catalog");
    let entry: &CatalogProvider = catalog.providers.get("github").unwrap_or_else(|| panic!("{}", id(row)));
    let sent = &input["providers"]["github"];
    let name = text(sent, "display_name").or_else(|| text(sent, "name")).unwrap_or("github");
    assert_eq!(&*entry.display_name, name, "{}", id(row));
    assert_eq!(entry.category.as_deref(), text(sent, "category"), "{}", id(row));
    assert_eq!(entry.scopes.len(), sent["available_scopes"].as_object().map_or(0, serde_json::Map::len));
    if accepted {
        assert_eq!(&*entry.scopes["repo"].description, "d", "{}", id(row));
    }
}

#[test]
fn one_broken_provider_leaves_the_others() {
    let answer = json!({"providers": {
        "slack": 7,
        "github": {"name": "GitHub", "available_scopes": {
            "repo": {"description": "Code", "required": true, "requires": ["user", 5]},
            "gist": "x",
        }, "required_scopes": ["repo", null]},
    }});
    let catalog = catalog::parse(answer.to_string().as_bytes()).expect("a catalog");
    let github = &catalog.providers["github"];
    assert_eq!(catalog.providers.len(), 1);
    assert_eq!((&*github.display_name, github.scopes.len()), ("GitHub", 1));
    assert!(github.requires("repo"));
    assert_eq!(github.scopes["repo"].requires, ["user".into()]);
    let position = |bytes: &[u8]| catalog::parse(bytes).map_err(|error| error.position);
    assert_eq!(position(b"{}"), Err("providers".to_owned()));
    assert_eq!(position(b"{\"providers\":{}}"), Ok(Catalog::default()));
}

#[test]
fn one_broken_agent_leaves_the_others() {
    let whole = file("other_responses.json")["bases"]["agent"]["input"].clone();
    let answer =
        json!({"items": [{"id": 5}, whole, null], "total": 3, "limit": 100, "offset": 0, "has_more": true});
    let page = agents::parse_page(answer.to_string().as_bytes()).expect("a page");
    assert_eq!((page.agents.len(), page.unreadable, page.has_more), (1, 2, true));
}
