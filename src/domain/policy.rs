//! What a grant's policy says about a call, as far as its format is known (docs/protocol/grants.md section
//! 1).

use serde_json::Value;

use super::JsonText;

/// Maximum size in bytes. Policies are evaluated with each key press; a longer one counts as restrictive, so
/// that nothing is sent by mistake.
const MAX_BYTES: usize = 64 << 10;

/// Whether the call needs approval. The inner form of `requires_approval` is not documented: arrays called
/// `methods` and `paths` are read as conditions, and anything else counts as "always", so that no approver is
/// bothered by mistake.
pub fn is_held(policy: &JsonText, method: &str, url: &str) -> bool {
    let path = path(url);
    if policy.0.len() > MAX_BYTES {
        return true;
    }
    let Ok(policy) = serde_json::from_str::<Value>(&policy.0) else { return false };
    let rule = match policy.get("requires_approval") {
        None | Some(Value::Null | Value::Bool(false)) => return false,
        Some(rule) => rule,
    };
    let fits = |name: &str, same: &dyn Fn(&str) -> bool| match rule.get(name).map(texts) {
        None | Some(None) => true,
        Some(Some(list)) => list.into_iter().any(same),
    };
    fits("methods", &|wanted| wanted == "*" || wanted.eq_ignore_ascii_case(method))
        && fits("paths", &|wanted| match wanted.strip_suffix('*') {
            Some(head) => path.starts_with(head),
            None => path == wanted,
        })
}

/// Whether the policy alone restricts this grant to proxy mode (docs/protocol/grants.md section 1, "proxy
/// only").
pub fn is_proxy_only(policy: &JsonText) -> bool {
    if policy.0.len() > MAX_BYTES {
        return true;
    }
    let Ok(policy) = serde_json::from_str::<Value>(&policy.0) else { return false };
    let there = |name: &str| policy.get(name).is_some_and(|rule| !rule.is_null());
    there("restrictions") || there("requires_approval")
}

/// The names of the rules in a policy, as received, including `max_ttl_seconds` and the like.
pub fn rules(policy: &JsonText) -> Vec<String> {
    let Ok(Value::Object(policy)) = serde_json::from_str(&policy.0) else { return Vec::new() };
    let stands = |rule: &Value| !matches!(rule, Value::Null | Value::Bool(false));
    policy.into_iter().filter(|(_, rule)| stands(rule)).map(|(name, _)| name).collect()
}

/// The path of a URL, still encoded.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("/");
    path.split(['?', '#']).next().unwrap_or(path)
}

/// Returns an array of strings, or `None` for anything else.
fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_call_that_the_policy_lets_pass_is_fired() {
        for (policy, held) in [
            ("{}", false),
            ("not json", false),
            (r#"{"requires_approval":null}"#, false),
            (r#"{"requires_approval":false}"#, false),
            (r#"{"requires_approval":true}"#, true),
            (r#"{"requires_approval":{}}"#, true),
            (r#"{"requires_approval":{"approvers_count":2}}"#, true),
            (r#"{"requires_approval":{"methods":["POST","DELETE"]}}"#, false),
            (r#"{"requires_approval":{"methods":["post","get"]}}"#, true),
            (r#"{"requires_approval":{"methods":["*"]}}"#, true),
            (r#"{"requires_approval":{"methods":[]}}"#, false),
            // Unreadable conditions may mean anything.
            (r#"{"requires_approval":{"methods":"POST"}}"#, true),
            (r#"{"requires_approval":{"methods":["GET"],"paths":["/admin/*"]}}"#, false),
            (r#"{"requires_approval":{"methods":["GET"],"paths":["/us*"]}}"#, true),
            (r#"{"requires_approval":{"paths":["/user"]}}"#, true),
            (r#"{"restrictions":{"methods":["GET"]}}"#, false),
            (&format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_BYTES)), true),
        ] {
            assert_eq!(is_held(&JsonText(policy.into()), "GET", "/user"), held, "{policy}");
        }
    }

    #[test]
    fn some_grants_are_for_the_proxy_alone() {
        for (policy, only) in [
            (r#"{"restrictions":{"methods":["GET"]}}"#, true),
            (r#"{"requires_approval":{"methods":["POST"]}}"#, true),
            (r#"{"restrictions":null,"max_ttl_seconds":9}"#, false),
        ] {
            assert_eq!(is_proxy_only(&JsonText(policy.into())), only, "{policy}");
        }
    }

    #[test]
    fn only_rules_that_stand_are_named() {
        let policy = r#"{"requires_approval":{},"restrictions":null,"step_up":false,"max_ttl_seconds":9}"#;
        assert_eq!(rules(&JsonText(policy.into())), ["requires_approval", "max_ttl_seconds"]);
        assert!(rules(&JsonText("[1]".into())).is_empty() && rules(&JsonText("no".into())).is_empty());
    }

    #[test]
    fn a_path_is_what_stands_between_host_and_query() {
        for (url, want) in [
            ("https://api.github.com/user?x=1", "/user"),
            ("https://api.github.com", "/"),
            ("https://h/a/b#c", "/a/b"),
            ("no url", "/"),
        ] {
            assert_eq!(path(url), want, "{url}");
        }
    }
}
