//! The table that faults are explained with.

/// A row of the table that `--fault` is explained with.
#[derive(Debug, Clone, Copy)]
pub struct FaultRow {
    /// The name in `NAME[=VALUE]`.
    pub name: &'static str,
    /// What the value is; empty where there is none.
    pub value: &'static str,
    /// What happens.
    pub help: &'static str,
    /// The fault as somebody would write it.
    pub example: &'static str,
}

/// Every fault there is.
pub const FAULTS: &[FaultRow] = &[
    entry("latency", "DURATION", "every answer waits this long", "latency=200ms"),
    entry("hang", "", "no answer ever comes", "hang,after=2"),
    entry("refuse", "", "the connection is closed without a byte", "refuse,first=1"),
    entry("cut-body", "", "the connection is closed in the middle of the body", "cut-body"),
    entry("stall", "", "half of the body comes, then nothing more", "stall,path=/sdk/proxy"),
    entry("slow", "BYTES", "bodies come at so many bytes a second", "slow=500000,path=/sdk/proxy"),
    entry("length-off", "NUMBER", "the announced length of the body is wrong by this much", "length-off=-10"),
    entry("answer-gzip", "BYTES", "the body is small and unpacks to this size", "answer-gzip=1000000000"),
    entry("truncated-json", "", "the body is half a JSON document", "truncated-json"),
    entry("html", "STATUS", "this status with a page of HTML", "html=502"),
    entry("throttle-header", "SECONDS", "429 with a Retry-After header", "throttle-header=7,first=2"),
    entry("throttle-body", "SECONDS", "429 with retry_after in the body only", "throttle-body=7"),
    entry(
        "odd-row",
        "missing-kind|unknown-kind|bad-id|null-scopes|unknown-enum|extra-fields|wrong-types|not-object",
        "one row of each grant page is odd in this way",
        "odd-row=null-scopes",
    ),
    entry(
        "odd-envelope",
        "grants-null|total-string|no-has-more|array",
        "the envelope of each grant page is odd in this way",
        "odd-envelope=total-string",
    ),
    entry("shifting", "", "a row comes or goes after each grant page: offsets repeat and skip", "shifting"),
    entry("total-off", "NUMBER", "each grant page's total is wrong by this much", "total-off=-3"),
    entry("total-drifts", "", "the total is one higher on each grant page", "total-drifts"),
    entry("key-revoked", "", "every key is answered with key_revoked", "key-revoked,after=3"),
    entry("clock-skew", "SECONDS", "the server's clock is off by this much", "clock-skew=-900"),
    entry("no-budget-headers", "", "no rate-limit headers are sent", "no-budget-headers"),
    entry("key-deprecated", "", "every answer says that the key is deprecated", "key-deprecated"),
    entry(
        "call-error",
        "CODE",
        "calls are refused with this error code; a wrong one lists all",
        "call-error=step_up_required,first=1",
    ),
    entry("flagged-token", "", "credentials are handed out with scope_mismatch true", "flagged-token"),
    entry("needs-approval", "PEOPLE", "calls are held until so many approve", "needs-approval=2"),
    entry("approve-after", "SECONDS", "held calls are approved after this long", "approve-after=0"),
    entry("deny-after", "SECONDS", "held calls are denied after this long", "deny-after=3"),
    entry("expire-after", "SECONDS", "held calls expire undecided after this long", "expire-after=5"),
    entry("fail-execution", "", "approved calls cannot be executed", "fail-execution"),
    entry("truncate-result", "BYTES", "the backend cuts a provider's body here", "truncate-result=100"),
    entry(
        "proxy-large",
        "BYTES",
        "a proxied call's answer wraps a body of this size, uncut",
        "proxy-large=10000000000",
    ),
    entry(
        "answer-lost",
        "connect|sign-in|revoke|undelegate|mint|delegate|issue|agents|keys",
        "the act is done, and the connection is closed without its answer",
        "answer-lost=mint,first=1",
    ),
    entry(
        "no-right",
        "connect|sign-in|revoke|undelegate|mint|delegate|issue|agents|keys",
        "the key is told that it lacks the right to the act",
        "no-right=revoke",
    ),
    entry(
        "refused",
        "STATUS:CODE[:REASON]",
        "requests are refused with this status, code and reason",
        "refused=409:no_eligible_grants:grant_expired,path=/sdk/managed-secrets/",
    ),
    entry(
        "hostile-text",
        "",
        "names, labels and messages in answers of acts and sessions hold escape sequences",
        "hostile-text",
    ),
    entry("agent-key", "", "an application key is taken for the first agent's", "agent-key,path=/sdk/keys"),
    entry("label-taken", "", "the label asked for is taken", "label-taken,first=1"),
    entry("siblings-die", "", "revoking a grant spoils the credential of its siblings", "siblings-die"),
    entry("list-lags", "SECONDS", "the list shows what was true so long ago", "list-lags=5"),
    entry(
        "session-ends",
        "accept|decline|other-account|expire|wait",
        "Connect and sign-in sessions end so by themselves",
        "session-ends=other-account",
    ),
    entry(
        "session-after",
        "SECONDS",
        "sessions that end by themselves do so after this long",
        "session-after=45",
    ),
    entry(
        "session-at-deadline",
        "",
        "sessions that end by themselves do so at the very end of their life",
        "session-at-deadline",
    ),
    entry(
        "session-error",
        "CODE",
        "sessions end by themselves with this error code",
        "session-error=identity_provider_inactive",
    ),
    entry("token-life", "SECONDS", "the token of a sign-in ends after this long", "token-life=30"),
    entry(
        "provider-status",
        "STATUS",
        "the provider answers with this status",
        "provider-status=503,first=2",
    ),
    entry("provider-hang", "", "the provider never answers", "provider-hang,grant=7c1f"),
    entry("provider-html", "", "the provider answers 200 with a page of HTML", "provider-html"),
    entry(
        "provider-redirect",
        "URL",
        "the provider answers 302 to there",
        "provider-redirect=https://evil.example/",
    ),
    entry("provider-large", "BYTES", "the provider's body is JSON of this size", "provider-large=50000000"),
    entry(
        "provider-gzip",
        "BYTES",
        "the provider's body is small and unpacks to this size",
        "provider-gzip=1000000000",
    ),
    entry("provider-cut", "", "the provider's connection ends in the middle of its body", "provider-cut"),
];

const fn entry(
    name: &'static str,
    value: &'static str,
    help: &'static str,
    example: &'static str,
) -> FaultRow {
    FaultRow { name, value, help, example }
}
