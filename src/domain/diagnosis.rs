//! What went wrong, in one shape for screen, command line and exports: who refused, why, what to do, and
//! whether trying again helps. The sentences live in `assets/remedies.toml`, one row per [`Code`].

use std::time::Duration;

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::Clean;

/// One failure or notice, made from a typed error at the edge where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Which row of the remedies table explains it.
    pub code: Code,
    /// Who refused.
    pub who: Who,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The other side's own sentence, where it sent one.
    pub said: Option<Clean>,
    /// Further facts, label and value, in the order in which they are worth reading ("status" "401",
    /// "hint" "...", "missing" "grants:read").
    pub facts: Vec<(&'static str, Clean)>,
}

/// Who refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Who {
    /// Refused here, before anything was sent: input, configuration, key.
    You,
    /// The Alter backend.
    Alter,
    /// The provider behind a grant.
    Provider,
    /// Nobody: the way there is broken.
    Network,
    /// A defect of this program.
    Grantdeck,
}

impl Who {
    /// How a sentence names it.
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
    /// Yes, as it is; after the pause where one was told.
    Later(Option<Duration>),
    /// Once the remedy is done.
    AfterRemedy,
    /// Never as it is.
    No,
    /// It may have been carried out already, and doing it twice may do harm.
    Unsafe,
}

impl Diagnosis {
    /// A diagnosis without further facts.
    pub fn new(code: Code, who: Who, retry: Retry) -> Self {
        Self { code, who, retry, said: None, facts: Vec::new() }
    }

    /// Adds the other side's own sentence; an empty one is ignored.
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

/// Every kind of failure this program can tell apart. The snake-case name is stable: it stands in JSON output
/// and in `assets/remedies.toml`. Wire codes keep the wire's name (docs/protocol/errors.md).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each name is explained by its row of assets/remedies.toml")]
pub enum Code {
    // Refused here.
    KeyMissing,
    /// The command of a profile gave none.
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
    /// A credential would go to a host that nobody vouches for.
    HostNotAllowed,
    EditorFailed,
    BrowserFailed,
    NoTerminal,
    ReadOnlyProfile,
    /// The system has no keyring, it is locked, or it refuses.
    NoKeyring,
    // The way there.
    NameNotFound,
    ConnectionRefused,
    ConnectionLost,
    TlsFailed,
    TimedOut,
    /// The HTTP proxy on the way cannot be reached, or did not let the request through.
    ProxyFailed,
    NetworkFailed,
    /// In retrieve mode, from here.
    ProviderUnreachable,
    // Who are you.
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
    /// A filter let nothing through.
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
    /// The user said no.
    ConnectDenied,
    /// It ended without what it was for.
    SessionFailed,
    /// Nobody finished it in time.
    SessionTimedOut,
    /// The backend is older than what was asked of it.
    FeatureUnsupported,
    /// What is a person's needs that person.
    UserTokenNeeded,
    /// No call does it: the portal does.
    ManagedElsewhere,
    /// Another account was connected than the grant's.
    AnotherAccount,
    // Agents surface.
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
    /// Not encoded as it says.
    ProviderBodyUnreadable,
    CredentialUnusable,
    // Limits.
    RateLimitExceeded,
    QuotaExceeded,
    ThrottledOnTheWay,
    TooManyRequests,
    KeepingAQuarter,
    BudgetUsedUp,
    // By status.
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
    // A success answer that cannot be read.
    MalformedAnswer,
    AnswerTooLarge,
    /// The body of an answer was cut on its way.
    AnswerCut,
    /// A list whose rows and count disagree.
    ListNotWhole,
    /// Rows of a list without an id that can be read.
    RowsUnreadable,
    // A jq filter over an answer.
    JqFilterRefused,
    JqFilterFailed,
    JqInputRefused,
    JqLimitMet,
    JqBroke,
    // Of ours.
    TaskPanicked,
    FileNotWritable,
    /// There is a file of that name, and it was not asked to be replaced.
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
}
