//! Faults on purpose: what can go wrong, how it is written, and where it applies.

mod active;
mod spec;
mod table;

use std::time::Duration;

use super::acts::Act;
use super::call::CallError;
use super::sessions::SessionEnd;

pub(super) use active::ActiveFaults;
pub use spec::{FaultError, FaultSpec};
pub use table::{FAULTS, FaultRow};

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answers wait this long.
    Latency(Duration),
    /// No answer ever comes.
    Hang,
    /// The connection is closed without a byte.
    Refuse,
    /// The connection is closed in the middle of the body.
    CutBody,
    /// Half of the body comes, then nothing more.
    Stall,
    /// The body comes at so many bytes a second.
    Slow(u64),
    /// The announced length of the body is wrong by this much.
    LengthOff(i64),
    /// The body is small and unpacks to a JSON text of this many bytes.
    AnswerGzip(u64),
    /// The answer of the proxy wraps a body of this many bytes, which the backend does not cut.
    ProxyLarge(u64),
    /// The body is half a JSON document, well delivered.
    TruncatedJson,
    /// This status with a page of HTML, as an intermediary sends it.
    Html(u16),
    /// 429 with this `Retry-After` header.
    ThrottleHeader(u32),
    /// 429 with this `retry_after` in the body only.
    ThrottleBody(u32),
    /// One row of each grant page is odd.
    OddRow(OddRow),
    /// The envelope of each grant page is odd.
    OddEnvelope(OddEnvelope),
    /// A row is inserted or removed after each grant page, so that offsets repeat and skip.
    Shifting,
    /// Each grant page's `total` is wrong by this much.
    TotalOff(i64),
    /// Each grant page's `total` is one higher than that of the page before.
    TotalDrifts,
    /// Every key is answered with `key_revoked`.
    KeyRevoked,
    /// The server's clock is off by this many seconds.
    ClockSkew(i64),
    /// No rate-limit headers are sent.
    NoBudgetHeaders,
    /// Every answer says that the key is deprecated.
    KeyDeprecated,
    /// A call is refused by the backend with this error.
    CallError(CallError),
    /// A credential is handed out although the grant's scopes are known not to suffice.
    FlaggedToken,
    /// A call is held until so many people approve of it, whatever the grant's policy says.
    NeedsApproval(u32),
    /// A held call is approved this many seconds after it was asked for.
    ApproveAfter(u32),
    /// A held call is denied this many seconds after it was asked for.
    DenyAfter(u32),
    /// Nobody decides about a held call, and it expires this many seconds after it was asked for.
    ExpireAfter(u32),
    /// An approved call cannot be executed.
    FailExecution,
    /// The backend cuts the provider's body after this many bytes.
    TruncateResult(u64),
    /// The act is done, and its answer is lost: the connection is closed without a byte.
    AnswerLost(Act),
    /// The key is told that it lacks the right to this act.
    NoRight(Act),
    /// The request is refused with this status and code, perhaps with a reason, and nothing is done.
    Refused(u16, String, Option<String>),
    /// What people read in answers of acts and sessions holds escape sequences.
    HostileText,
    /// An application key is taken for the first agent's.
    AgentKey,
    /// The label asked for is taken.
    LabelTaken,
    /// Revoking a grant spoils the credential of its siblings.
    SiblingsDie,
    /// The list shows what was true this many seconds ago.
    ListLags(u32),
    /// A session ends so by itself.
    SessionEnds(SessionEnd),
    /// A session that ends by itself does so this many seconds after it began.
    SessionAfter(u32),
    /// A session that ends by itself does so at the very end of its life.
    SessionAtDeadline,
    /// A session ends by itself with this error code.
    SessionError(String),
    /// The token of a sign-in lives for this many seconds.
    TokenLife(u32),
    /// The provider answers with this status.
    ProviderStatus(u16),
    /// The provider never answers.
    ProviderHang,
    /// The provider answers 200 with a page of HTML.
    ProviderHtml,
    /// The provider answers 302 with this address.
    ProviderRedirect(String),
    /// The provider answers 200 with a JSON body of this many bytes.
    ProviderLarge(u64),
    /// The provider answers 200 with a JSON body that unpacks to this many bytes.
    ProviderGzip(u64),
    /// The provider's connection ends in the middle of its body.
    ProviderCut,
}

impl Fault {
    /// Whether requests to a path are of the kind that this goes wrong for; others are neither met nor counted.
    fn concerns(&self, path: &str) -> bool {
        let proxy = path == "/sdk/proxy";
        match self {
            Self::CallError(_) => proxy || path == "/sdk/token",
            Self::FlaggedToken => path == "/sdk/token",
            Self::NeedsApproval(_)
            | Self::ApproveAfter(_)
            | Self::DenyAfter(_)
            | Self::ExpireAfter(_)
            | Self::FailExecution
            | Self::TruncateResult(_)
            | Self::ProxyLarge(_) => proxy,
            Self::AnswerLost(act) | Self::NoRight(act) => Act::of(path) == Some(*act),
            Self::LabelTaken => {
                matches!(Act::of(path), Some(Act::Connect | Act::Mint | Act::Issue))
                    && !path.ends_with("/poll")
            }
            Self::HostileText => Act::of(path).is_some() || path.starts_with("/sdk/identity/"),
            Self::SiblingsDie => Act::of(path) == Some(Act::Revoke),
            Self::ListLags(_) => path == "/sdk/grants/list",
            Self::SessionEnds(_)
            | Self::SessionAfter(_)
            | Self::SessionAtDeadline
            | Self::SessionError(_) => path.starts_with("/sdk/") && path.ends_with("/session"),
            Self::TokenLife(_) => path == "/sdk/auth/session",
            Self::ProviderStatus(_)
            | Self::ProviderHang
            | Self::ProviderHtml
            | Self::ProviderRedirect(_)
            | Self::ProviderLarge(_)
            | Self::ProviderGzip(_)
            | Self::ProviderCut => proxy || path.starts_with("/provider/"),
            Self::Latency(_)
            | Self::Hang
            | Self::Refuse
            | Self::CutBody
            | Self::Stall
            | Self::Slow(_)
            | Self::LengthOff(_)
            | Self::AnswerGzip(_)
            | Self::TruncatedJson => true,
            // What only Alter's backend does, a provider or the approval page does not.
            _ => !path.starts_with("/provider/") && !path.starts_with("/wallet/"),
        }
    }
}

/// What is odd about one row of a grant page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum OddRow {
    /// `grant_kind` is missing.
    MissingKind,
    /// `grant_kind` is one nobody knows.
    UnknownKind,
    /// `grant_id` is not a UUID.
    BadId,
    /// `scopes` is null.
    NullScopes,
    /// `principal_type` and `access_via` hold values from the future.
    UnknownEnum,
    /// Fields nobody knows, among them an object.
    ExtraFields,
    /// Flags, numbers and timestamps have other types.
    WrongTypes,
    /// The row is a string.
    NotObject,
}

/// What is odd about a grant page's envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
pub enum OddEnvelope {
    /// `grants` is null.
    GrantsNull,
    /// `total` is a string.
    TotalString,
    /// `has_more` is missing.
    NoHasMore,
    /// The whole answer is the array of grants.
    Array,
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn every_example_of_the_table_can_be_written() {
        for entry in FAULTS {
            let fault_spec: FaultSpec =
                entry.example.parse().unwrap_or_else(|error| panic!("{}: {error}", entry.example));
            assert!(entry.example.starts_with(entry.name), "{fault_spec:?}");
        }
    }

    #[test]
    fn the_table_lists_every_odd_row_and_envelope() {
        use strum::IntoEnumIterator;
        let listed = |name: &str| FAULTS.iter().find(|entry| entry.name == name).expect("listed").value;
        let rows: Vec<&str> = OddRow::iter().map(Into::into).collect();
        let envelopes: Vec<&str> = OddEnvelope::iter().map(Into::into).collect();
        assert_eq!(listed("odd-row"), rows.join("|"));
        assert_eq!(listed("odd-envelope"), envelopes.join("|"));
        let acts: Vec<&str> = Act::iter().map(Into::into).collect();
        assert_eq!(
            (listed("answer-lost"), listed("no-right")),
            (acts.join("|").as_str(), acts.join("|").as_str())
        );
        let ends: Vec<&str> = SessionEnd::iter().map(Into::into).collect();
        assert_eq!(listed("session-ends"), ends.join("|"));
    }

    #[test]
    fn scopes_are_read_and_nonsense_is_refused() {
        let fault_spec: FaultSpec = "html=502,path=/sdk/agents,after=2,first=3".parse().expect("a spell");
        assert_eq!(fault_spec, FaultSpec::from(Fault::Html(502)).on("/sdk/agents").after(2).first(3));
        for nonsense in [
            "",
            "fog",
            "html",
            "html=200",
            "hang=1",
            "latency=5",
            "hang,whenever",
            "hang,first=x",
            "hang,grant=",
            "hang,grant=x",
            "provider-status=9",
            "slow=0",
            "length-off=far",
            "call-error=no",
            "answer-lost=tea",
            "refused=200:x",
            "refused=409:",
            "refused=409:x:",
            "session-ends=well",
        ] {
            assert!(nonsense.parse::<FaultSpec>().is_err(), "{nonsense}");
        }
    }

    #[test]
    fn a_wrong_call_error_lists_the_right_ones() {
        let error = "call-error=fog".parse::<FaultSpec>().expect_err("no such code").to_string();
        assert!(error.contains("\"fog\"") && error.contains("step_up_required"), "{error}");
    }

    #[test]
    fn counts_choose_the_requests_met() {
        let mut active_faults = ActiveFaults::default();
        active_faults.set([FaultSpec::from(Fault::Hang).on("/a").after(1).first(2)]);
        let met: Vec<usize> =
            ["/a", "/b", "/a", "/a", "/a"].iter().map(|path| active_faults.meet(path, None).len()).collect();
        assert_eq!(met, [0, 0, 1, 1, 0]);
    }

    #[test]
    fn a_grant_is_met_by_the_beginning_of_its_id_only() {
        let mut active_faults = ActiveFaults::default();
        assert!(!active_faults.asks_for_the_grant());
        active_faults.set(["hang,grant=00AB".parse::<FaultSpec>().expect("a spell")]);
        assert!(active_faults.asks_for_the_grant());
        let (one, other) = (uuid::Uuid::from_u128(0xAB << 112), uuid::Uuid::from_u128(0xAC << 112));
        let met: Vec<usize> =
            [Some(one), Some(other), None].map(|id| active_faults.meet("/a", id).len()).to_vec();
        assert_eq!(met, [1, 0, 0]);
    }

    #[test]
    fn faults_of_calls_neither_meet_nor_count_other_requests() {
        let mut active_faults = ActiveFaults::default();
        active_faults.set(["provider-status=503,first=1".parse::<FaultSpec>().expect("a spell")]);
        let met: Vec<usize> = ["/sdk/grants/list", "/sdk/token", "/sdk/proxy", "/sdk/proxy"]
            .map(|path| active_faults.meet(path, None).len())
            .to_vec();
        assert_eq!(met, [0, 0, 1, 0]);
        active_faults.set(["html=502".parse::<FaultSpec>().expect("a spell")]);
        let met =
            ["/provider/https/a.example/", "/sdk/proxy"].map(|path| active_faults.meet(path, None).len());
        assert_eq!(met, [0, 1], "a provider is not Alter's backend");
    }
}
