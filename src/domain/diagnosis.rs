//! Failures in one shape for screen, command line and exports: who refused, why, what to do, and whether to
//! retry. The sentences are in `assets/remedies.toml`, one row per [`Code`].

use std::time::Duration;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::Clean;

/// A failure or notice, created from a typed error where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The row of the remedies table.
    pub code: Code,
    /// Who refused.
    pub who: Who,
    /// Whether a retry can help.
    pub retry: Retry,
    /// The other side's message, if it sent one.
    pub said: Option<Clean>,
    /// Further facts as label and value, most useful first ("status" "401", "hint" "...", "missing"
    /// "grants:read").
    pub facts: Vec<(&'static str, Clean)>,
}

/// Who refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Who {
    /// Refused locally before anything was sent: input, configuration, key.
    You,
    /// The Alter backend.
    Alter,
    /// The provider behind a grant.
    Provider,
    /// Nobody: the network failed.
    Network,
    /// A bug in this program.
    Grantdeck,
}

impl Who {
    /// Its name within a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::You => "your input",
            Self::Alter => "Alter",
            Self::Provider => "the provider",
            Self::Network => "the network",
            Self::Grantdeck => "grantdeck",
        }
    }
}

/// Whether the same request can succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Yes, unchanged; after the pause, if one was given.
    Later(Option<Duration>),
    /// Once the remedy is done.
    AfterRemedy,
    /// Never without a change.
    No,
    /// It may have been carried out already, and repeating it may do harm.
    Unsafe,
}

impl Diagnosis {
    /// A diagnosis without further facts.
    pub fn new(code: Code, who: Who, retry: Retry) -> Self {
        Self { code, who, retry, said: None, facts: Vec::new() }
    }

    /// Adds the other side's message, unless it is empty.
    #[must_use]
    pub fn said(mut self, text: &str) -> Self {
        self.said = Some(Clean::line(text)).filter(|said| !said.as_str().is_empty());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, label: &'static str, value: &str) -> Self {
        self.facts.push((label, Clean::line(value)));
        self
    }
}

/// Every kind of failure that this program distinguishes. The snake-case name is stable: JSON output and
/// `assets/remedies.toml` use it. Wire codes keep the name they have on the wire (docs/protocol/errors.md).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each name is explained by its row of assets/remedies.toml")]
pub enum Code {
    // Refused locally.
    KeyMissing,
    /// The key command of a profile printed no key.
    KeyCommandFailed,
    KeyMalformed,
    KeyChecksum,
    BaseUrlMalformed,
    UserTokenMalformed,
    CallerMalformed,
    ConfigMalformed,
    ConfigUnreadable,
    KeymapMalformed,
    ThemeMalformed,
    ArgumentRefused,
    /// The credential would be sent to a host that is not allowed.
    HostNotAllowed,
    EditorFailed,
    BrowserFailed,
    NoTerminal,
    ReadOnlyProfile,
    /// The system has no keyring, or it is locked or denies access.
    NoKeyring,
    // Network.
    NameNotFound,
    ConnectionRefused,
    ConnectionLost,
    TlsFailed,
    TimedOut,
    /// The HTTP proxy is unreachable, or refused the request.
    ProxyFailed,
    NetworkFailed,
    /// In retrieve mode, from here.
    ProviderUnreachable,
    // Authentication.
    InvalidKey,
    KeyRevoked,
    KeyDeprecated,
    KeyExpired,
    KeyRotatedGraceExpired,
    KeyNotActive,
    AgentInactive,
    AgentRevoked,
    ClockSkew,
    NotAccepted,
    JwtValidationError,
    CallerAgentMismatch,
    CallerAgentUnresolved,
    CallerAgentResolutionError,
    AppNotFoundForKey,
    InsufficientScope,
    MeRequiresAgentKey,
    // Grants.
    GrantNotFound,
    /// A filter matched nothing.
    NothingSelected,
    AgentNotFound,
    AgentDelegationMissing,
    NoDelegatedGrant,
    GrantExpired,
    GrantRevoked,
    CredentialRevoked,
    GrantDeleted,
    ScopeMismatch,
    AmbiguousGrant,
    GrantNotDelegable,
    SiblingLabelConflict,
    CredentialIdRequired,
    EndUserCredentialNotAssignable,
    GrantLimitExceeded,
    ConstraintNotNarrowing,
    TokenRefreshInProgress,
    // Modes and policy.
    RestrictedGrantRequiresProxy,
    PolicyViolation,
    StepUpRequired,
    RedactDischargeFailed,
    BlockedDestination,
    // Connecting and signing in.
    ConnectConfig,
    /// The user declined.
    ConnectDenied,
    /// The session ended without a result.
    SessionFailed,
    /// The session was not finished in time.
    SessionTimedOut,
    /// The backend is too old for the request.
    FeatureUnsupported,
    /// The grant belongs to a user, who has to be signed in.
    UserTokenNeeded,
    /// Only possible in the portal, not by an API call.
    ManagedElsewhere,
    /// A different account than the grant's was connected.
    AnotherAccount,
    // Agents API.
    AgentNameExists,
    AgentConcurrentUpdate,
    AgentCannotMintSubagents,
    KeyAlreadyRevoked,
    KeyNotFound,
    LastActiveKey,
    AgentKeyLimitReached,
    IdempotencyKeyRefused,
    // Approvals.
    ApprovalDenied,
    ApprovalExpired,
    ApprovalExecutionFailed,
    ApprovalStillOpen,
    // Providers.
    ProviderUnauthorized,
    ProviderRefused,
    ProviderFailed,
    /// The content does not match its Content-Encoding.
    ProviderBodyUnreadable,
    CredentialUnusable,
    // Limits.
    RateLimitExceeded,
    QuotaExceeded,
    ThrottledOnTheWay,
    TooManyRequests,
    KeepingAQuarter,
    BudgetUsedUp,
    // By HTTP status.
    BadRequest,
    Forbidden,
    NotFound,
    Conflict,
    Malformed,
    BadGateway,
    ServiceUnavailable,
    GatewayTimeout,
    Redirected,
    UnexpectedStatus,
    // Success answers that cannot be read.
    MalformedAnswer,
    AnswerTooLarge,
    /// The body of an answer was truncated in transit.
    AnswerCut,
    /// A list whose rows and total disagree.
    ListNotWhole,
    /// List rows without a readable id.
    RowsUnreadable,
    // jq filters.
    JqFilterRefused,
    JqFilterFailed,
    JqInputRefused,
    JqLimitMet,
    JqBroke,
    // This program.
    TaskPanicked,
    FileNotWritable,
    /// The file exists, and overwriting was not requested.
    FileExists,
    FolderMissing,
    DiskFull,
    HistoryOff,
    NotRemembered,
    FileNotReadable,
    FileChanged,
    FileBusy,
    EditRefused,
    Cancelled,
}

impl Code {
    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether a new consent of the grant's user mends it (docs/protocol/connect.md section 1).
    pub fn is_mended_by_consent(self) -> bool {
        matches!(
            self,
            Self::GrantExpired
                | Self::GrantRevoked
                | Self::CredentialRevoked
                | Self::GrantDeleted
                | Self::ScopeMismatch
                | Self::ProviderUnauthorized
        )
    }
}
