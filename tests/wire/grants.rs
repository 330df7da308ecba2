//! Rows and pages of the list.

use grantdeck::domain::{Grant, GrantKind, JsonText, Moment, Oddity, Origin, Reference, RowId};
use grantdeck::protocol::Page;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{file, id, resolve, rows};

fn page_of(items: &[Value]) -> Page {
    let total = items.len();
    let page = json!({"grants": items, "total": total, "limit": 100, "offset": 0, "has_more": false});
    Page::parse(page.to_string().as_bytes()).expect("a page")
}

fn moment(moment: Option<&Moment>) -> Value {
    moment.map_or(Value::Null, |moment| json!(moment.to_string()))
}

fn reference(reference: Option<&Reference>) -> Value {
    reference.map_or(Value::Null, |reference| json!(reference.to_string()))
}

/// The grant as the SDK exposes it.
fn as_the_sdk_shows_it(grant: &Grant) -> Value {
    let extra = grant.extra.clone().unwrap_or_default();
    let mut shown = json!({
        "grant_kind": grant.kind.as_str(),
        "grant_id": match grant.row {
            RowId::Grant(id) => json!(id.to_string()),
            // The text that is no UUID is kept among the unknown fields.
            RowId::Unreadable(_) => extra.unknown_fields.iter()
                .find(|(name, _)| &**name == "grant_id")
                .map_or(Value::Null, |(_, JsonText(json))| serde_json::from_str(json).expect("JSON")),
        },
        "label": grant.label,
        "status": grant.status.as_str(),
        "account_identifier": grant.account_identifier,
        "grant_policy": extra.grant_policy.as_ref()
            .map_or(Value::Null, |JsonText(json)| serde_json::from_str(json).expect("JSON")),
        "expires_at": moment(grant.expires_at.as_ref()),
        "grant_expires_at": moment(grant.grant_expires_at.as_ref()),
        "created_at": moment(grant.created_at.as_ref()),
        "last_used_at": moment(grant.last_used_at.as_ref()),
        "principal_type": grant.principal_type.as_str(),
        "access_via": grant.access_via.as_str(),
        "delegated_at": moment(extra.delegated_at.as_ref()),
        "parent_grant_id": reference(grant.parent_grant_id.as_ref()),
        "depth": grant.depth,
        "delegable": grant.delegable,
        "scope_constraint": extra.scope_constraint,
        "credential_id": reference(grant.credential_id.as_ref()),
    });
    let own = match &grant.secret {
        None => json!({
            "provider_id": grant.provider,
            "scopes": grant.scopes,
            "account_display_name": grant.account_display_name,
            "api_base_url": extra.api_base_url.as_ref().map(Origin::as_str),
            "scope_mismatch": grant.scope_mismatch,
            "needs_reconnect": grant.needs_reconnect,
            "delegated_agent_ids":
                extra.delegated_agent_ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
        Some(secret) => json!({
            "managed_secret_id": secret.id,
            "managed_secret_slug": grant.provider,
            "managed_secret_name": secret.name,
            "agent_id": reference(secret.agent_id.as_ref()),
            "credential_kind": secret.credential_kind,
            "credential_label": secret.credential_label,
        }),
    };
    shown.as_object_mut().expect("object").extend(own.as_object().expect("object").clone());
    shown
}

#[test]
fn every_row_is_read_as_the_sdk_reads_it_or_kept_with_a_mark() {
    let file = file("grant_items.json");
    let mut read = 0;
    for row in rows("grant_items") {
        let (input, output) = resolve(&file, &row);
        let page = page_of(std::slice::from_ref(&input));
        let [grant] = page.grants.as_slice() else { panic!("{}: the row is lost", id(&row)) };
        if let Some(mut want) = output {
            // The SDK keeps the case of an id; here it is a number.
            if let Some(text) = want["grant_id"].as_str() {
                want["grant_id"] = json!(text.to_lowercase());
            }
            assert_eq!(as_the_sdk_shows_it(grant), want, "{}", id(&row));
            let usable = grant.row.grant().is_some();
            assert_eq!(grant.oddities().is_empty(), usable, "{}: {:?}", id(&row), grant.oddities());
        } else {
            for place in row["fails_at"].as_array().expect("places") {
                // grants.0.oauth.scopes.1 → scopes; grants.0 → the kind, or the row as a whole.
                let field = place.as_str().expect("place").split('.').nth(3);
                let wanted = field.unwrap_or(if input.is_object() { "grant_kind" } else { "" });
                let named = grant.oddities().iter().any(|oddity| &*oddity.field == wanted);
                assert!(named, "{}: {wanted} not among {:?}", id(&row), grant.oddities());
            }
        }
        read += 1;
    }
    assert_eq!(read, 668);
}

#[test]
fn every_page() {
    for row in rows("grant_pages") {
        let have = Page::parse(row["data"].to_string().as_bytes());
        if row["ok"] == true {
            let page = have.expect("a page");
            let want = &row["value"];
            let shown: Vec<Value> = page.grants.iter().map(as_the_sdk_shows_it).collect();
            assert_eq!(json!(shown), want["grants"], "{}", id(&row));
            assert_eq!(json!(page.limit), want["limit"], "{}", id(&row));
            assert_eq!(json!(page.offset), want["offset"], "{}", id(&row));
            assert_eq!(json!(page.has_more), want["has_more"], "{}", id(&row));
            if want["total"].as_i64().expect("total") < 0 {
                // The SDK hands a negative count on; here it is marked and the rows are counted.
                assert_eq!((page.total, &*page.oddities[0].field), (page.grants.len() as u64, "total"));
            } else {
                assert_eq!(json!(page.total), want["total"], "{}", id(&row));
                assert_eq!(page.oddities, [], "{}", id(&row));
            }
            continue;
        }
        let place = row["fails_at"][0].as_str().expect("place");
        match (place, have) {
            // Without rows there is no page.
            ("", Err(error)) => assert_eq!(error.position, "answer"),
            ("grants", Err(error)) => assert_eq!(error.position, "grants"),
            // A bad row or a missing count: the rows are shown, with a mark.
            (place, Ok(page)) if place.starts_with("grants.") => {
                assert!(page.grants.iter().any(|grant| !grant.oddities().is_empty()), "{}", id(&row));
            }
            (place, Ok(page)) => assert_eq!(&*page.oddities[0].field, place, "{}", id(&row)),
            (place, Err(error)) => panic!("{}: {place}: {error}", id(&row)),
        }
    }
}

fn plain() -> Value {
    file("grant_items.json")["bases"]["oauth"]["input"].clone()
}

#[test]
fn values_that_no_reader_can_hold_cost_only_themselves() {
    let plain = plain().to_string();
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for (broken, field) in [
        // Half of a character is one that cannot be shown; the rest of the text is read.
        (plain.replace("\"Octo\"", "\"\\ud800\""), None),
        (plain.replace("\"Octo\"", "1e999"), Some("account_display_name")),
        (plain.replace("\"Octo\"", &deep), Some("account_display_name")),
        (plain.replacen('{', &format!("{{\"news\":{deep},"), 1), None),
    ] {
        let text = format!(
            "{{\"grants\":[{plain},{broken},{plain}],\"total\":3,\"limit\":100,\"offset\":0,\"has_more\":false}}"
        );
        let page = Page::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{broken}: {error}"));
        assert_eq!(page.grants.len(), 3);
        assert_eq!(page.grants[0].oddities(), []);
        assert_eq!(page.grants[1].row, page.grants[0].row, "the id is still readable");
        let named: Vec<&str> = page.grants[1].oddities().iter().map(|oddity| &*oddity.field).collect();
        assert_eq!(named, field.into_iter().collect::<Vec<_>>(), "{broken}");
    }
}

#[test]
fn unknown_fields_are_kept_in_order() {
    let mut item = plain();
    item["zeta"] = json!({"a": [1, " x "]});
    item["alpha"] = json!(null);
    let text = format!("{{\"grants\":[{item:#}],\"total\":1,\"limit\":1,\"offset\":0,\"has_more\":false}}");
    let page = Page::parse(text.as_bytes()).expect("a page");
    let extra = page.grants[0].extra.clone().expect("extra");
    let kept: Vec<(&str, &str)> =
        extra.unknown_fields.iter().map(|(name, JsonText(json))| (&**name, &**json)).collect();
    assert_eq!(kept, [("zeta", r#"{"a":[1," x "]}"#), ("alpha", "null")]);
    assert_eq!(extra.oddities, []);
}

#[test]
fn rows_without_an_id_are_told_apart_and_found_again() {
    let items = [json!(null), json!("x"), json!(null), json!({"grant_kind": "oauth"}), plain()];
    let (one, two) = (page_of(&items), page_of(&items));
    let rows: std::collections::HashSet<RowId> = one.grants.iter().map(|grant| grant.row).collect();
    assert_eq!(rows.len(), items.len());
    assert_eq!(one, two);
    assert!(one.grants[..4].iter().all(|grant| grant.row.grant().is_none()));
    // What cannot be read must not look healthy.
    assert!(one.grants[..4].iter().all(|grant| !grant.status.is_known()));
}

#[test]
fn a_kind_of_tomorrow_is_shown_as_far_as_it_goes() {
    let mut item = plain();
    item["grant_kind"] = json!("passkey");
    let page = page_of(&[item]);
    let grant = &page.grants[0];
    assert_eq!(grant.kind, GrantKind::new("passkey"));
    assert_eq!((&*grant.provider, grant.account()), ("github", "octo@example.com"));
    assert_eq!(&*grant.oddities()[0].field, "grant_kind");
}

#[test]
fn what_is_no_page_says_where() {
    let whole =
        json!({"grants": [plain()], "total": 1, "limit": 1, "offset": 0, "has_more": false}).to_string();
    for (text, problem) in [
        (&whole[..whole.len() / 2], "cut off"),
        ("<html><body>Bad gateway</body></html>", "expected value"),
        ("", "cut off"),
        ("{\"grants\":[]} trailing", "trailing"),
    ] {
        let error = Page::parse(text.as_bytes()).expect_err("no page");
        assert!(error.problem.contains(problem), "{text}: {error}");
        assert!(error.position.starts_with("line "), "{error}");
    }
}

#[test]
fn bare_api_origins() {
    for row in rows("api_base_urls") {
        let mut item = plain();
        item["api_base_url"] = row["input"].clone();
        let page = page_of(&[item]);
        assert_eq!(page.grants[0].api_base_url().map(Origin::as_str), row["kept"].as_str(), "{}", id(&row));
        assert_eq!(page.grants[0].oddities(), &[] as &[Oddity]);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{0,6}", inner), 0..3)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_value_of_any_field_loses_a_row(field in 0..40usize, value in any_json()) {
        let mut item = plain();
        let names: Vec<String> = item.as_object().expect("object").keys().cloned().collect();
        match names.get(field) {
            Some(name) => item[name] = value,
            None => item = value,
        }
        let page = page_of(&[plain(), item, plain()]);
        prop_assert_eq!(page.grants.len(), 3);
        prop_assert_eq!(&page.grants[0], &page.grants[2]);
    }

    #[test]
    fn nothing_received_makes_the_parser_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Page::parse(&bytes);
    }
}

#[test]
fn bytes_that_are_no_text_cost_only_themselves() {
    let whole =
        json!({"grants": [plain()], "total": 1, "limit": 1, "offset": 0, "has_more": false}).to_string();
    let mut bytes = whole.into_bytes();
    let at = bytes.windows(4).position(|window| window == b"Octo").expect("the name");
    bytes[at] = 0xff;
    let page = Page::parse(&bytes).expect("a page");
    assert_eq!(page.grants[0].account_display_name.as_deref(), Some("\u{fffd}cto"));
    assert_eq!(page.grants[0].oddities(), []);
}
