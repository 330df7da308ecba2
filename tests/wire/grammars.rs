//! Keys, URLs, names, budgets: the small grammars.

use grantdeck::domain::{Budget, GrantId};
use grantdeck::protocol::constraint::scope_constraint;
use grantdeck::protocol::identity::{Context, is_actor_id};
use grantdeck::protocol::specs::{SpecKind, SpecPath};
use grantdeck::protocol::{BaseUrl, Caller, key, rate, retry_after};
use serde_json::Value;

use crate::support::{file, id, rows, text};

#[test]
fn api_keys() {
    for row in rows("api_keys") {
        let Some(text) = text(&row, "key") else { continue };
        let verdict = key::check(text);
        assert_eq!(Value::Bool(verdict.is_ok()), row["valid"], "{}: {verdict:?}", id(&row));
        if let Err(error) = verdict
            && text.len() > 12
        {
            assert!(!error.to_string().contains(text), "{}", id(&row));
        }
    }
}

#[test]
fn api_key_checksums() {
    for row in rows("api_key_checksums") {
        let input = row["input"].as_str().expect("input");
        assert_eq!(
            &key::checksum(input)[..],
            row["checksum"].as_str().expect("sum").as_bytes(),
            "{}",
            id(&row)
        );
    }
}

#[test]
fn base_urls() {
    // Leniencies that the protocol says are not worth imitating (docs/protocol/transport.md section 1).
    let stricter =
        ["https://host.example/?", "https://host.example:", " https://host.example", "https://host.example "];
    for row in rows("base_urls") {
        let Some(input) = text(&row, "input") else { continue };
        let have = BaseUrl::parse(input);
        if stricter.contains(&input) {
            assert!(have.is_err(), "{input:?}");
        } else {
            assert_eq!(have.as_ref().ok().map(BaseUrl::as_str), text(&row, "value"), "{input:?}: {have:?}");
        }
    }
}

#[test]
fn callers() {
    for row in rows("callers") {
        let have = Caller::new(row["caller"].as_str().expect("caller"));
        assert_eq!(Value::Bool(have.is_ok()), row["ok"], "{}", id(&row));
    }
}

#[test]
fn context_headers() {
    for row in rows("context_headers") {
        let context = &row["context"];
        let pairs: Option<Vec<(&str, &str)>> = match context {
            Value::Null => Some(Vec::new()),
            Value::Object(map) => {
                map.iter().map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
            }
            _ => None,
        };
        // What is no map of texts cannot even be handed over here.
        let Some(pairs) = pairs else {
            assert_eq!(row["ok"], false, "{}", id(&row));
            continue;
        };
        let have = Context::new(&pairs);
        assert_eq!(Value::Bool(have.is_ok()), row["ok"], "{}: {have:?}", id(&row));
        if let Ok(have) = have {
            assert_eq!(have.as_ref().map(Context::as_str), row["value"].as_str(), "{}", id(&row));
        }
    }
}

#[test]
fn uuids() {
    for row in rows("uuids") {
        let Some(text) = text(&row, "id_in") else { continue };
        assert_eq!(Value::Bool(is_actor_id(text)), row["canonical"], "{text:?}");
        let sent = GrantId::parse(text).map(|id| id.to_string());
        let want = (row["ok"] == true).then(|| row["value"].as_str().expect("value").to_owned());
        assert_eq!(sent, want, "{text:?}");
    }
}

#[test]
fn scope_constraints() {
    for row in rows("scope_constraints") {
        let scopes = match &row["scope_constraint"] {
            // None is not a constraint: nothing is sent.
            Value::Null => continue,
            Value::Array(items) => items.iter().map(Value::as_str).collect::<Option<Vec<&str>>>(),
            _ => None,
        };
        let accepted = scopes.is_some_and(|scopes| scope_constraint(&scopes).is_ok());
        assert_eq!(Value::Bool(accepted), row["ok"], "{}", id(&row));
    }
}

#[test]
fn provider_spec_paths() {
    for row in rows("provider_spec_paths") {
        let (kind, provider) =
            (row["input"][0].as_str().expect("kind"), row["input"][1].as_str().expect("id"));
        let path = kind.parse::<SpecKind>().and_then(|kind| SpecPath::new(kind, provider));
        assert_eq!(path.as_ref().ok().map(SpecPath::as_str), text(&row, "value"), "{kind} {provider:?}");
    }
    // Stricter than the SDK: these two would be resolved away by every URL library.
    for dots in [".", ".."] {
        assert!(SpecPath::new(SpecKind::Oauth, dots).is_err());
    }
}

#[test]
fn retry_after_readings() {
    for row in rows("retry_after") {
        let header = match &row["header"] {
            Value::Object(long) => {
                let times = usize::try_from(long["times"].as_u64().expect("times")).expect("small");
                Some(long["repeat"].as_str().expect("repeat").repeat(times))
            }
            other => other.as_str().map(str::to_owned),
        };
        let body = Some(&row["body_value"]).filter(|value| !value.is_null());
        let have = retry_after::read(header.as_deref(), body, row["ceiling"].as_u64().expect("ceiling"));
        assert_eq!(have.map(|wait| wait.as_secs()), row["seconds"].as_u64(), "{}", id(&row));
    }
}

#[test]
fn rate_limit_headers() {
    let now = file("rate_limit_headers.json")["now"].as_u64().expect("now");
    for row in rows("rate_limit_headers") {
        let headers = row["headers"].as_object().expect("headers");
        let header = |name: &str| {
            headers
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .and_then(|(_, value)| value.as_str())
        };
        let want = row["snapshot"].as_object().map(|snapshot| Budget {
            limit: snapshot["limit"].as_u64().expect("limit"),
            remaining: snapshot["remaining"].as_u64().expect("remaining"),
            reset: snapshot["reset_at_epoch"].as_u64().expect("reset"),
        });
        assert_eq!(rate::read(header, now), want, "{}", id(&row));
    }
}
