//! Signatures.

use grantdeck::protocol::constraint::{Attenuation, RequestRule};
use grantdeck::protocol::identity::{Context, Identification};
use grantdeck::protocol::sign::{Request, Signer, body_hash, strings_to_sign};
use grantdeck::protocol::{ApiKey, Caller, CallerType, target};
use serde_json::Value;

use crate::support::{id, rows, text};

/// Hex digits to bytes.
pub(crate) fn nonce(hex: &str) -> [u8; 16] {
    std::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).expect("hex"))
}

fn identification(input: &Value) -> Identification {
    let caller_type = if input["caller_type"] == "service" { CallerType::Service } else { CallerType::Agent };
    let caller = |name: &str| text(input, name).map(|caller| Caller::new(caller).expect("caller"));
    let pairs: Vec<(&str, &str)> = input["context"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str().expect("text")))
        .collect();
    let own = Identification {
        caller: caller("caller").map(|caller| (caller, caller_type)),
        actor_id: text(input, "cached_actor_id").map(Into::into),
        context: Context::new(&pairs).expect("context"),
    };
    match caller("caller_override") {
        // The actor id belongs to the client's own caller.
        Some(caller) => Identification { caller: Some((caller, caller_type)), actor_id: None, ..own },
        None => own,
    }
}

fn attenuation(input: &Value) -> Option<Attenuation> {
    let scopes: Option<Vec<&str>> = input["scope_constraints"]
        .as_array()
        .map(|scopes| scopes.iter().map(|scope| scope.as_str().expect("scope")).collect());
    let rule = input["request_rule"].as_object().map(|rule| RequestRule {
        rule_type: rule["rule_type"].as_str().expect("type").to_owned(),
        rule_body: rule["rule_body"].as_object().expect("body").clone(),
    });
    (scopes.is_some() || rule.is_some())
        .then(|| Attenuation::new(scopes.as_deref(), rule.as_ref()).expect("attenuation"))
}

#[test]
fn every_signature_is_the_sdks() {
    for row in rows("signing") {
        let (input, expect) = (&row["input"], &row["expect"]);
        let key: ApiKey = input["api_key"].as_str().expect("key").parse().expect("valid key");
        let body = match (text(input, "body_utf8"), text(input, "body_base64"), text(input, "body_hex")) {
            (Some(body), None, None) => body.as_bytes().to_vec(),
            (None, None, None) => Vec::new(),
            other => panic!("{}: {other:?}", id(&row)),
        };
        let identification = identification(input);
        let attenuation = attenuation(input);
        let request = Request {
            method: input["method"].as_str().expect("method"),
            target: input["path"].as_str().expect("path"),
            body: &body,
            // Some rows have a clock with fractions, which are cut off.
            timestamp: input["timestamp"].as_f64().expect("time").trunc() as i64,
            nonce: nonce(input["nonce"].as_str().expect("nonce")),
            identification: &identification,
            attenuation: attenuation.as_ref(),
        };
        assert_eq!(body_hash(&body), expect["content_sha256"], "{}", id(&row));
        assert_eq!(target::canonical(request.target), expect["canonical_target"], "{}", id(&row));
        let strings = strings_to_sign(&request);
        assert_eq!(strings.v1, expect["string_to_sign_v1"], "{}", id(&row));
        assert_eq!(strings.v2.as_deref(), expect["string_to_sign_v2"].as_str(), "{}", id(&row));
        let mut have: Vec<(&str, String)> = Signer::new(&key).headers(&request);
        let mut want: Vec<(&str, String)> = expect["headers"]
            .as_object()
            .expect("headers")
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str().expect("value").to_owned()))
            .collect();
        have.sort();
        want.sort();
        assert_eq!(have, want, "{}", id(&row));
    }
}
