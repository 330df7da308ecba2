//! Derives a verdict from an answer or a failure.

use jiff::Timestamp;

use super::{Caveat, Verdict};
use crate::provider::{Answers, Finding, Judgement, Meaning, Probe};
use crate::{Clean, Code, Diagnosis, Grant, GrantKind, Health, Moment, ProviderAnswer};

/// Maximum size in bytes of a body to evaluate; answers to "who am I" are far smaller.
pub const LARGEST_JUDGED: usize = 1 << 20;

/// Maximum length of a stored reason in characters.
const MAX_REASON: usize = 300;

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it works with a warning.
    pub caveats: Vec<Caveat>,
    /// A more specific reason, in a sentence without its full stop.
    pub why: Option<Clean>,
    /// The failure it was derived from.
    pub code: Option<Code>,
    /// The provider's status, if it answered.
    pub provider_status: Option<u16>,
}

impl Judged {
    /// A verdict without details.
    pub fn new(verdict: Verdict) -> Self {
        Self { verdict, caveats: Vec::new(), why: None, code: None, provider_status: None }
    }

    /// Sets the reason, cut if it is too long.
    #[must_use]
    pub fn because(mut self, why: &str) -> Self {
        let mut short: String = why.chars().take(MAX_REASON).collect();
        if short.len() < why.len() {
            short.push('…');
        }
        self.why = Some(Clean::line(short.trim()));
        self
    }

    /// Appends to the reason.
    #[must_use]
    pub fn and(self, more: &str) -> Self {
        let why = self.why.as_ref().map_or_else(|| more.to_owned(), |why| format!("{why}; {more}"));
        self.because(&why)
    }

    fn with(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }
}

/// How much of an answer a reason may reveal. Reasons are stored and included in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonDetail {
    /// The unexpected value, shortened, if it names the account; otherwise its type.
    Values,
    /// Only the type of the value: for production profiles, nothing of a body is stored.
    Kinds,
}

/// Evaluates a provider's answer to a probe. `lacking`: the answer's own challenge says that permissions are
/// missing (docs/protocol/calls.md section A6), and which, if it names them.
pub fn of_answer(
    grant: &Grant,
    probe: &Probe,
    answer: &ProviderAnswer,
    lacking: Option<&[String]>,
    detail: ReasonDetail,
    now: Timestamp,
) -> Judged {
    let status = answer.status;
    let judged = match lacking {
        Some(scopes) => missing(scopes),
        None if probe.expect.contains(&status)
            && (!answer.is_whole() || answer.body.len() > LARGEST_JUDGED) =>
        {
            let why = format!("it answered {status} with an oversized or truncated body");
            Judged::new(Verdict::Unclear).because(&why)
        }
        None => {
            let judgement = probe.judge(status, &answer.body);
            match &judgement.finding {
                Finding::Works => works(grant, answer, &judgement, now),
                finding => {
                    let judged = refused(answer, finding, probe, detail);
                    let small = answer.body.len() <= LARGEST_JUDGED;
                    let judged = match small.then(|| probe.meaning(status, &answer.body)).flatten() {
                        Some(meaning) => apply_meaning(meaning, status, judged),
                        None => judged,
                    };
                    match other_regions(grant, probe).filter(|_| looks_dead(&judged, finding)) {
                        Some(region) => judged.and(&region),
                        None => judged,
                    }
                }
            }
        }
    };
    Judged { provider_status: Some(status), ..restricted(grant, judged) }
}

/// The part of an answer that may be stored: only the account name from the probe's body, and no headers. A
/// probe is sent for many accounts at once, and some providers answer with live keys.
pub fn kept(probe: &Probe, answer: &ProviderAnswer) -> ProviderAnswer {
    let fits = answer.is_whole() && answer.body.len() <= LARGEST_JUDGED;
    let accounts = if fits { probe.judge(answer.status, &answer.body).accounts } else { Vec::new() };
    let accounts: Vec<&str> = accounts.iter().map(Clean::as_str).collect();
    let body = if accounts.is_empty() {
        String::new()
    } else {
        serde_json::json!({ "account": accounts }).to_string()
    };
    let body = body.into_bytes().into();
    ProviderAnswer { headers: Vec::new(), body, cut_here: None, credential_hint: None, ..answer.clone() }
}

/// A stored key that lacks permission for the probe is still valid: nobody intended it for that.
fn restricted(grant: &Grant, judged: Judged) -> Judged {
    if judged.verdict == Verdict::MissingScopes && grant.kind == GrantKind::ManagedSecret {
        return Judged { verdict: Verdict::NoProbe, code: None, ..judged };
    }
    judged
}

/// Applies the table's meaning of an answer, which takes precedence over its status.
fn apply_meaning(meaning: &Meaning, status: u16, judged: Judged) -> Judged {
    let judged = Judged { verdict: meaning.verdict, ..judged };
    let judged = match meaning.verdict {
        // Not a failure.
        Verdict::NoProbe => Judged { code: None, ..judged }.because(&format!(
            "the provider answered {status}: the credential is valid but lacks permission for the probe"
        )),
        _ => judged,
    };
    match &meaning.because {
        Some(because) => judged.because(because),
        None => judged,
    }
}

/// Whether a key of another region would produce the same result.
fn looks_dead(judged: &Judged, finding: &Finding) -> bool {
    judged.verdict == Verdict::NeedsReconnect
        || judged.verdict == Verdict::ProviderRefused
            && matches!(finding, Finding::WrongStatus(401 | 403 | 404))
}

/// Where else the account may be, if its region at the provider is unknown.
fn other_regions(grant: &Grant, probe: &Probe) -> Option<String> {
    // A probe with its own base is sent there, whatever the grant says.
    let known = grant.api_base_url().is_some() && probe.request().base.is_none();
    let (first, others) = probe.regions.split_first().filter(|_| !known)?;
    let hosts = match others {
        [] => first.clone(),
        [other] => format!("{first} or {other}"),
        _ => format!("{first} or {} other hosts", others.len()),
    };
    Some(format!("or the account may be in another region, at {hosts}"))
}

fn missing(scopes: &[String]) -> Judged {
    let judged = Judged::new(Verdict::MissingScopes).with(Code::ScopeMismatch);
    if scopes.is_empty() {
        return judged.because("the provider reports missing permissions");
    }
    judged.because(&format!("the provider asks for {}", scopes.join(", ")))
}

fn works(grant: &Grant, answer: &ProviderAnswer, judgement: &Judgement, now: Timestamp) -> Judged {
    let mut caveats = Vec::new();
    if let Some(listed) = grant.account_identifier.as_deref()
        && judgement.is_of(listed) == Some(false)
        && let Some((found, at)) =
            judgement.accounts.iter().zip(&judgement.places).find(|(name, _)| name.as_str().contains('@'))
    {
        caveats.push(Caveat::WrongAccount {
            listed: Clean::line(listed),
            found: found.clone(),
            at: at.clone(),
        });
    }
    if grant.scope_mismatch {
        caveats.push(Caveat::ScopesMissing);
    }
    let beyond = unlisted_scopes(grant, answer);
    if !beyond.is_empty() {
        caveats.push(Caveat::ScopesBeyond(beyond));
    }
    if Health::of(grant, now) == Health::Expiring
        && let Some(at) = grant.grant_expires_at.as_ref().and_then(Moment::at)
    {
        caveats.push(Caveat::EndsSoon(at));
    }
    let verdict = if caveats.is_empty() { Verdict::Works } else { Verdict::WorksBut };
    Judged { caveats, ..Judged::new(verdict) }
}

/// Scopes that the provider reports in addition to those in the list. GitHub and Slack report them with each
/// answer; an empty list means unknown.
fn unlisted_scopes(grant: &Grant, answer: &ProviderAnswer) -> Vec<Clean> {
    let Some(reported) = answer.header("x-oauth-scopes") else { return Vec::new() };
    if grant.kind != GrantKind::Oauth || grant.scopes.is_empty() {
        return Vec::new();
    }
    let reported = reported.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    let unlisted = reported.filter(|scope| !grant.scopes.iter().any(|listed| **listed == **scope));
    unlisted.take(20).map(Clean::line).collect()
}

fn refused(answer: &ProviderAnswer, finding: &Finding, probe: &Probe, detail: ReasonDetail) -> Judged {
    let judged = match finding {
        Finding::Unreadable(answers) => {
            let what = match answers {
                Answers::Json => "no JSON",
                Answers::Xml => "no XML",
                Answers::Nothing => "something",
            };
            let why = format!("it answered {} with {what}, such as an HTML page", answer.status);
            return Judged::new(Verdict::Unclear).because(&why);
        }
        Finding::Assertion { at, wanted, found, kind } => {
            let names = probe.account.iter().any(|place| place == at);
            let at = if at.is_empty() { "the answer" } else { at };
            let found = match detail {
                ReasonDetail::Values if names => found.as_ref().map_or("nothing", Clean::as_str),
                ReasonDetail::Values | ReasonDetail::Kinds => kind,
            };
            let why = format!("{at} is {found}, and must be {wanted}");
            Judged::new(Verdict::ProviderRefused).because(&why)
        }
        // Not called for a working answer; only its status could be reported.
        Finding::Works | Finding::WrongStatus(_) => by_status(answer, probe),
    };
    match &answer.credential_hint {
        Some(hint) if judged.verdict == Verdict::ProviderRefused => judged.because(hint),
        _ => judged,
    }
}

fn by_status(answer: &ProviderAnswer, probe: &Probe) -> Judged {
    let status = answer.status;
    let judged = match status {
        // The hint says that the credential may be valid, but the API surface wrong.
        401 if answer.credential_hint.is_none() => {
            Judged::new(Verdict::NeedsReconnect).with(Code::ProviderUnauthorized)
        }
        429 => Judged::new(Verdict::RateLimited),
        500.. => Judged::new(Verdict::ProviderDown).with(Code::ProviderFailed),
        _ => Judged::new(Verdict::ProviderRefused).with(Code::ProviderRefused),
    };
    let wanted: Vec<String> = probe.expect.iter().map(u16::to_string).collect();
    judged.because(&format!("the provider answered {status}; {} means it works", wanted.join(" or ")))
}

/// Evaluates a call that got no answer from the provider. `None`: the problem is not this grant but the key
/// or its agent, so every other call would fail the same way.
pub fn of_failure(failure: &Diagnosis) -> Option<Judged> {
    let fact =
        |label: &str| failure.facts.iter().find(|(name, _)| *name == label).map(|(_, value)| value.as_str());
    let verdict = match failure.code {
        Code::InvalidKey
        | Code::KeyRevoked
        | Code::KeyExpired
        | Code::KeyRotatedGraceExpired
        | Code::KeyNotActive
        | Code::KeyMalformed
        | Code::KeyChecksum
        | Code::AgentInactive
        | Code::AgentRevoked
        | Code::ClockSkew
        | Code::NotAccepted
        | Code::JwtValidationError
        | Code::CallerAgentMismatch
        | Code::CallerAgentUnresolved
        | Code::InsufficientScope => return None,
        Code::GrantRevoked => Verdict::Revoked,
        Code::GrantExpired => Verdict::Expired,
        Code::CredentialRevoked | Code::ProviderUnauthorized | Code::CredentialUnusable => {
            Verdict::NeedsReconnect
        }
        Code::GrantDeleted
        | Code::GrantNotFound
        | Code::NotFound
        | Code::NoDelegatedGrant
        | Code::AgentDelegationMissing => Verdict::Gone,
        Code::ScopeMismatch => Verdict::MissingScopes,
        Code::RestrictedGrantRequiresProxy => Verdict::NeedsOtherMode,
        Code::PolicyViolation
        | Code::Forbidden
        | Code::StepUpRequired
        | Code::RedactDischargeFailed
        | Code::BlockedDestination
        | Code::ConstraintNotNarrowing => Verdict::PolicyDenied,
        Code::GatewayTimeout if fact("timeout_reason") == Some("upstream_timeout") => Verdict::ProviderDown,
        Code::GatewayTimeout
        | Code::BadGateway
        | Code::ServiceUnavailable
        | Code::CallerAgentResolutionError
        | Code::AppNotFoundForKey
        | Code::TokenRefreshInProgress
        | Code::ConnectConfig => Verdict::AlterFailed,
        Code::ProviderFailed => Verdict::ProviderDown,
        Code::ProviderRefused => Verdict::ProviderRefused,
        Code::RateLimitExceeded
        | Code::QuotaExceeded
        | Code::ThrottledOnTheWay
        | Code::TooManyRequests
        | Code::KeepingAQuarter
        | Code::BudgetUsedUp => Verdict::RateLimited,
        Code::NameNotFound
        | Code::ConnectionRefused
        | Code::ConnectionLost
        | Code::TlsFailed
        | Code::TimedOut
        | Code::ProviderUnreachable
        | Code::ProxyFailed
        | Code::NetworkFailed => Verdict::Network,
        // Nothing was sent: the probe, or the host that it would send the credential to, was refused locally.
        Code::ArgumentRefused | Code::HostNotAllowed | Code::ReadOnlyProfile => Verdict::Skipped,
        _ => Verdict::Unclear,
    };
    let headline = failure.headline().trim_end_matches('.');
    let more = ["missing", "problem", "waited", "detail"].into_iter().find_map(fact);
    let bare = |text: &str| text.trim_end_matches(['.', '!', ' ']).to_lowercase();
    // If the other side's message is the same, do not repeat it.
    let said = failure.said.as_ref().map(Clean::as_str).filter(|said| bare(said) != bare(headline));
    let why = match more.filter(|more| !more.is_empty()).or(said) {
        Some(more) => format!("{headline}: {}", more.trim_end_matches('.')),
        None => headline.to_owned(),
    };
    Some(Judged::new(verdict).with(failure.code).because(&why))
}

/// Evaluates a held call, for which nobody waits.
pub fn of_held() -> Judged {
    Judged::new(Verdict::NeedsApproval).because("the call is held for approval; the test did not wait")
}

#[cfg(test)]
#[path = "probe_answers_tests.rs"]
mod answers;
/// Evaluates a call of an earlier run that is still held.
pub fn of_still_held() -> Judged {
    Judged::new(Verdict::NeedsApproval).because("a call of an earlier run is still held; no other was sent")
}

/// Evaluates a call of an earlier run that was denied.
pub fn of_denied() -> Judged {
    Judged::new(Verdict::NeedsApproval)
        .with(Code::ApprovalDenied)
        .because("somebody denied the call of an earlier run; not sent again")
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
