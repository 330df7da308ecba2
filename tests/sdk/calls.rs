//! Calls through the official SDK: both modes, held calls, audit rows, and every error that a call can have.

use std::collections::HashMap;
use std::sync::Arc;

use grantdeck::sandbox::{CallError, FaultSpec, Options, Running, start};
use pretty_assertions::assert_eq;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use strum::IntoEnumIterator;

use crate::{now, script};

/// What the SDK makes of a code in the proxy and when it fetches a credential.
const CLASSES: [(CallError, &str, &str); 38] = [
    (CallError::CallerAgentMismatch, "CallerAgentMismatchError", ""),
    (CallError::GrantRevoked, "GrantRevokedError", ""),
    (CallError::CredentialRevoked, "CredentialRevokedError", ""),
    (CallError::RestrictedGrantRequiresProxy, "RestrictedGrantRequiresProxyError", ""),
    (CallError::DelegatedGrantRequiresProxy, "RestrictedGrantRequiresProxyError", ""),
    (CallError::HitlGrantRequiresProxy, "RestrictedGrantRequiresProxyError", ""),
    (CallError::UserLimitsRequireProxy, "RestrictedGrantRequiresProxyError", ""),
    (CallError::ConstraintNotNarrowing, "BackendError", ""),
    (CallError::JwtValidationError, "ReAuthRequiredError", ""),
    (CallError::InsufficientScope, "InsufficientScopeError", ""),
    (CallError::GrantExpired, "GrantExpiredError", ""),
    (CallError::ScopeMismatch, "ScopeReauthRequiredError", ""),
    (CallError::StepUpRequired, "StepUpRequiredError", ""),
    (CallError::RedactDischargeFailed, "RedactDischargeFailedError", ""),
    (CallError::IpNotAllowed, "PolicyViolationError", ""),
    (CallError::OutsideAllowedHours, "PolicyViolationError", ""),
    (CallError::GrantNotFound, "GrantNotFoundError", ""),
    (CallError::NoDelegatedGrant, "NoDelegatedGrantError", ""),
    (CallError::CallerAgentUnresolved, "AgentNotFoundError", ""),
    (CallError::TokenRefreshInProgress, "TokenRefreshInProgressError", ""),
    (CallError::AmbiguousGrant, "AmbiguousGrantError", ""),
    // Re-wrapped on the way to a credential: docs/protocol/errors.md, quirks.
    (CallError::BindingHostsRequired, "ConnectConfigError", "BackendError"),
    (CallError::GrantDeleted, "GrantDeletedError", ""),
    (CallError::BlockedDestination, "BlockedDestinationError", ""),
    (CallError::QueryTooLong, "BackendError", ""),
    (CallError::QuotaExceeded, "QuotaExceededError", ""),
    (CallError::BillingQuotaExceeded, "BackendError", ""),
    (CallError::TooManyPendingApprovals, "BackendError", ""),
    (CallError::InternalError, "BackendError", ""),
    (CallError::BadGateway, "BackendError", ""),
    (CallError::ServiceUnavailable, "BackendError", ""),
    (CallError::CallerAgentResolutionError, "CallerAgentResolutionError", ""),
    (CallError::AppNotFoundForKey, "KeyAppNotFoundError", ""),
    (CallError::UpstreamTimeout, "BackendError", ""),
    (CallError::GatewayTimeout, "BackendError", ""),
    (CallError::ApprovalDenied, "ApprovalDeniedError", "PolicyViolationError"),
    (CallError::ApprovalExpired, "ApprovalExpiredError", "GrantDeletedError"),
    (CallError::ApprovalExecutionFailed, "ApprovalExecutionFailedError", "BackendError"),
];

/// Grants to use up, each one once.
struct Supply(Vec<Value>);

impl Supply {
    /// The id of a grant that retrieve mode takes, and of which this holds.
    fn take(&mut self, wanted: impl Fn(&Value) -> bool) -> String {
        let usable = |item: &Value| {
            item["status"] == "active"
                && item["needs_reconnect"] != true
                && item["scope_mismatch"] != true
                && item["grant_policy"].is_null()
                && item["parent_grant_id"].is_null()
                && item["account_identifier"] != "Quarry & Sons"
        };
        let at = self.0.iter().position(|item| usable(item) && wanted(item)).expect("such a grant");
        self.0.remove(at)["grant_id"].as_str().expect("an id").to_owned()
    }

    fn of(&mut self, selector: &str) -> String {
        self.take(|item| item["provider_id"] == selector || item["managed_secret_slug"] == selector)
    }
}

fn has_scope(item: &Value, part: &str) -> bool {
    item["scopes"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|scope| scope.as_str().is_some_and(|scope| scope.contains(part)))
}

/// What the script is to do, and the faults it needs.
fn plan(running: &Running) -> (Value, Vec<FaultSpec>) {
    let mut supply = Supply(running.world().items(now()));
    let mut specs: Vec<FaultSpec> = Vec::new();
    let mut spec = |grant: &str, faults: &[&str]| {
        specs.extend(
            faults
                .iter()
                .map(|fault| format!("{fault},grant={grant}").parse::<FaultSpec>().expect("a spell")),
        );
    };
    let call = supply.take(|item| item["account_identifier"] == "octo-acme");
    let user = "https://api.github.com/user";

    let mut held = Map::new();
    for (name, faults) in [
        ("approved", &["needs-approval=2", "approve-after=1"][..]),
        ("denied", &["needs-approval=1", "deny-after=1"]),
        ("expired", &["needs-approval=1", "expire-after=1"]),
        ("failed", &["needs-approval=1", "approve-after=0", "fail-execution"]),
    ] {
        let grant = supply.of("github");
        spec(&grant, faults);
        held.insert(name.to_owned(), json!(grant));
    }

    let sts = "https://sts.amazonaws.com/";
    let identity = json!({ "Action": "GetCallerIdentity", "Version": "2011-06-15" });
    // Every other one comes with a session token.
    let odd = |item: &Value| {
        let id = item["grant_id"].as_str().expect("an id");
        id.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f'])
    };
    let aws = |item: &Value| item["managed_secret_slug"] == "aws-production";
    let mut retrieve = json!({
        "bearer": { "url": "https://www.googleapis.com/oauth2/v2/userinfo", "grant": supply.of("google") },
        "token": { "url": user, "grant": supply.of("github") },
        "own header": { "url": "https://api.anthropic.com/v1/models", "grant": supply.of("anthropic") },
        "basic": { "url": "https://api.twilio.com/2010-04-01/Accounts.json", "grant": supply.of("twilio") },
        "second header": { "url": "https://api.datadoghq.com/api/v1/monitor", "grant": supply.of("datadog") },
        "query": { "url": "https://warehouse.acme.example/v1/tables", "grant": supply.of("warehouse-readonly") },
        "aws": { "url": sts, "grant": supply.take(|item| aws(item) && !odd(item)), "query": identity },
        "aws session": { "url": sts, "grant": supply.take(|item| aws(item) && odd(item)), "query": identity, "method": "POST" },
    });
    for (name, fault) in [("html", "provider-html"), ("redirect", "provider-redirect=https://evil.example/")]
    {
        let grant = supply.of("github");
        spec(&grant, &[fault]);
        retrieve[name] = json!({ "url": user, "grant": grant });
    }

    let lacking = supply.take(|item| item["provider_id"] == "google" && !has_scope(item, "gmail"));
    let mut broken = json!({ "missing scope": { "url": "https://gmail.googleapis.com/gmail/v1/users/me/messages", "grant": lacking } });
    for (name, faults) in [
        ("rejected", &["provider-status=401"][..]),
        ("forbidden", &["provider-status=403"]),
        ("flagged", &["provider-status=403", "flagged-token"]),
        ("failing", &["provider-status=500"]),
        ("cut", &["provider-cut"]),
    ] {
        let grant = supply.of("github");
        spec(&grant, faults);
        broken[name] = json!({ "url": user, "grant": grant });
    }
    let hanging = supply.of("github");
    spec(&hanging, &["provider-hang"]);

    let mut errors = Map::new();
    for error in CallError::iter() {
        let grant = supply.take(|_| true);
        spec(&grant, &[&format!("call-error={error}")]);
        errors.insert(error.to_string(), json!(grant));
    }
    let all = running.credentials();
    let narrow = all.narrow_keys.iter().find(|key| key.name == "lists only").expect("a narrow key");
    let agent = all.agent_keys.iter().find(|agent| agent.name == "release-notes").expect("an agent");
    let plan = json!({
        "call": { "url": user, "grant": call, "account": "octo-acme" },
        "hint": { "url": "https://api.openai.com/v1/organization/users", "grant": supply.of("openai") },
        "held": { "url": "https://api.github.com/repos/acme/shop/issues", "grants": held },
        "retrieve": retrieve, "broken": broken, "errors": errors,
        "hanging": { "url": user, "grant": hanging },
        "narrow": narrow.key.expose_secret(), "agent": agent.key.expose_secret(),
    });
    (plan, specs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sdk_calls_in_both_modes_and_names_what_goes_wrong() {
    let options = Options { grants: 2000, rate_limit: None, ..Options::default() };
    let running = start(&options, ([127, 0, 0, 1], 0).into(), Arc::new(now)).await.expect("a loopback port");
    let (plan, specs) = plan(&running);
    running.set_faults(specs);
    let variables = HashMap::from([
        ("SANDBOX_APP_KEY", running.app_key().expose_secret().to_owned()),
        ("SANDBOX_PLAN", plan.to_string()),
    ]);
    let reported = script(&running, "calls.py", variables).await;

    assert_eq!(
        (&reported["proxy"]["status"], &reported["proxy"]["body"]["login"]),
        (&200.into(), &"octo-acme".into())
    );
    assert_eq!(reported["by provider"], reported["proxy"]);
    assert_eq!(reported["hint"]["status"], 401);
    assert!(reported["hint"]["hint"].as_str().is_some_and(|hint| hint.contains("admin key")));

    assert_eq!(
        (&reported["held approved"], &reported["held denied"]),
        (&json!(["pending", 2]), &json!(["pending", 1]))
    );
    assert_eq!(
        (&reported["ended approved"]["status"], &reported["ended approved"]["body"]["title"]),
        (&201.into(), &"approved".into())
    );
    for (name, class) in [
        ("denied", "ApprovalDeniedError"),
        ("expired", "ApprovalExpiredError"),
        ("failed", "ApprovalExecutionFailedError"),
    ] {
        assert_eq!(reported[format!("ended {name}")][0], class);
    }
    assert_eq!((&reported["over wait"][2], &reported["no approval"][2]), (&422.into(), &404.into()));

    for (name, part) in [
        ("bearer", "verified_email"),
        ("token", "\"login\""),
        ("own header", "claude"),
        ("basic", "accounts"),
        ("second header", "Checkout latency"),
        ("query", "orders"),
        ("aws", "GetCallerIdentityResult"),
        ("aws session", "GetCallerIdentityResult"),
        ("html", "<!DOCTYPE html>"),
    ] {
        let answer = &reported[format!("retrieve {name}")];
        assert!(
            answer[0] == 200 && answer[1].as_str().is_some_and(|text| text.contains(part)),
            "{name}: {answer}"
        );
    }
    assert_eq!(reported["retrieve redirect"], json!([302, "", "https://evil.example/"]));
    for (name, wanted) in [
        ("missing scope", json!(["ScopeReauthRequiredError", null, 403])),
        ("rejected", json!(["ProviderUnauthorizedError", null, 401])),
        ("forbidden", json!(["ProviderAPIError", null, 403])),
        ("flagged", json!(["ScopeReauthRequiredError", null, 403])),
        ("failing", json!(["ProviderAPIError", null, 500])),
        ("cut", json!(["NetworkError", null, null])),
    ] {
        assert_eq!(reported[format!("broken {name}")], wanted, "{name}");
    }
    assert_eq!(reported["after the report"], json!(["ScopeReauthRequiredError", null, 403]));
    assert_eq!(reported["after the rejection"], json!(["CredentialRevokedError", "credential_revoked", 400]));
    assert_eq!(
        (&reported["hanging"][0], &reported["hanging proxy"][0]),
        (&"TimeoutError".into(), &"TimeoutError".into())
    );
    assert_eq!(reported["narrow"], json!(["InsufficientScopeError", "insufficient_scope", 403]));
    assert_eq!(
        (&reported["agent"], &reported["agent without"][0]),
        (&200.into(), &"NoDelegatedGrantError".into())
    );
    assert_eq!(reported["agent's stranger"][0], "AgentDelegationMissingError");

    for (error, proxy, token) in CLASSES {
        let token = if token.is_empty() { proxy } else { token };
        assert_eq!(reported[format!("proxy {error}")][0], proxy, "{error}");
        assert_eq!(reported[format!("token {error}")][0], token, "{error}");
    }
    audited(&running, &plan);
}

/// One row for each call in retrieve mode that reached a provider, with what the SDK knew of it.
fn audited(running: &Running, plan: &Value) {
    let rows = running.audit();
    let reported = |grant: &Value| {
        let mine = rows.iter().filter(|row| !row.proxied && json!(row.grant) == *grant);
        mine.map(|row| row.row["response_status"].clone()).collect::<Vec<_>>()
    };
    for (name, call) in plan["retrieve"].as_object().expect("calls") {
        assert_eq!(reported(&call["grant"]), [json!(if name == "redirect" { 302 } else { 200 })], "{name}");
    }
    for (name, status) in [
        ("missing scope", 403),
        ("rejected", 401),
        ("forbidden", 403),
        ("flagged", 403),
        ("failing", 500),
        ("cut", 0),
    ] {
        assert_eq!(reported(&plan["broken"][name]["grant"]), [json!(status)], "{name}");
    }
    assert_eq!(reported(&plan["hanging"]["grant"]), [json!(0)]);
    let bearer = rows.iter().find(|row| row.row["reason"] == "bearer").expect("a row");
    assert_eq!(
        (bearer.caller.as_deref(), &bearer.row["context"]),
        (Some("sdk calls"), &json!({ "tool": "bearer" }))
    );
    assert_eq!(bearer.context.as_deref(), Some("{\"tool\":\"bearer\"}"));
    let proxied = rows.iter().filter(|row| row.proxied).count();
    assert_eq!(proxied, 6, "two plain calls, the hint's, the approved one, the hanging one, the agent's");
}
