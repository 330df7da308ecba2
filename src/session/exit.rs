//! Exit codes: up to 6 those of the official `alter` command, ours beyond.

use std::process::ExitCode;

use strum::{EnumIter, IntoEnumIterator};

use crate::domain::{Code, Diagnosis};
use crate::platform::{ending, silent};

/// How the program ended, with or without a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
#[repr(u8)]
pub enum Exit {
    /// Success.
    Ok = 0,
    /// Any other failure.
    Error = 1,
    /// Wrong arguments or configuration; nothing was sent.
    Usage = 2,
    /// The key is missing, malformed, unknown, revoked or not accepted.
    Auth = 3,
    /// Not found.
    NotFound = 4,
    /// Conflicts with the current state.
    Conflict = 5,
    /// Too many requests.
    RateLimit = 6,
    /// Denied by policy or scope.
    Denied = 7,
    /// The backend or provider failed.
    Failed = 8,
    /// Network failure or timeout.
    Network = 9,
    /// The check completed and found failures.
    Found = 10,
    /// The grant or its credential has ended.
    Over = 11,
    /// Held for an approval that was not given in time.
    Held = 12,
    /// A defect of this program; 101 is the code of a Rust panic.
    Defect = 101,
    /// The terminal was closed (128 + SIGHUP).
    HungUp = 129,
    /// Interrupted (128 + SIGINT).
    Interrupted = 130,
    /// Terminated (128 + SIGTERM).
    Terminated = 143,
}

impl From<&Diagnosis> for Exit {
    fn from(diagnosis: &Diagnosis) -> Self {
        Self::of(diagnosis.code)
    }
}

impl Exit {
    /// Ends the program with this code.
    pub fn end(self) -> ExitCode {
        // A key prompt may still be open on another thread.
        silent::give_back();
        ExitCode::from(self.number())
    }

    /// The code as a number: 128 + the signal's number if a signal ended the program.
    pub fn number(self) -> u8 {
        let by_signal = matches!(self, Self::HungUp | Self::Interrupted | Self::Terminated);
        ending::signal().filter(|_| by_signal).map_or(self as u8, |number| 128 | number)
    }

    /// A short description, for a list of all codes.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Usage => "usage",
            Self::Auth => "key refused",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::RateLimit => "rate limit",
            Self::Denied => "denied",
            Self::Failed => "backend or provider failed",
            Self::Network => "network or timeout",
            Self::Found => "the check found failures",
            Self::Over => "access ended",
            Self::Held => "held for approval",
            Self::Defect => "a bug in grantdeck",
            Self::HungUp => "terminal closed",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// All codes in one sentence, for help and README.
    pub fn sentence() -> String {
        let each = Self::iter().map(|exit| format!("{} {}", exit as u8, exit.meaning()));
        format!("Exit codes: {}.", each.collect::<Vec<_>>().join(", "))
    }

    /// The exit code for a failure.
    #[expect(clippy::too_many_lines, reason = "a table, one line for each failure")]
    pub fn of(code: Code) -> Self {
        use Code as C;
        match code {
            C::BaseUrlMalformed
            | C::CallerMalformed
            | C::ConfigMalformed
            | C::ConfigUnreadable
            | C::KeymapMalformed
            | C::ThemeMalformed
            | C::ArgumentRefused
            | C::HostNotAllowed
            | C::EditorFailed
            | C::BrowserFailed
            | C::NoTerminal
            | C::UserTokenNeeded
            | C::JqFilterRefused => Self::Usage,
            C::KeyMissing
            | C::KeyCommandFailed
            | C::NoKeyring
            | C::KeyMalformed
            | C::KeyChecksum
            | C::UserTokenMalformed
            | C::InvalidKey
            | C::KeyRevoked
            | C::KeyDeprecated
            | C::KeyExpired
            | C::KeyRotatedGraceExpired
            | C::KeyNotActive
            | C::AgentInactive
            | C::AgentRevoked
            | C::ClockSkew
            | C::NotAccepted
            | C::JwtValidationError
            | C::CallerAgentMismatch
            | C::CallerAgentUnresolved
            | C::AppNotFoundForKey
            | C::MeRequiresAgentKey => Self::Auth,
            C::GrantNotFound
            | C::NothingSelected
            | C::AgentNotFound
            | C::AgentDelegationMissing
            | C::NoDelegatedGrant
            | C::KeyNotFound
            | C::NotFound => Self::NotFound,
            C::AmbiguousGrant
            | C::SiblingLabelConflict
            | C::CredentialIdRequired
            | C::EndUserCredentialNotAssignable
            | C::TokenRefreshInProgress
            | C::AgentNameExists
            | C::AgentConcurrentUpdate
            | C::KeyAlreadyRevoked
            | C::LastActiveKey
            | C::IdempotencyKeyRefused
            | C::FileChanged
            | C::FileBusy
            | C::ManagedElsewhere
            | C::AnotherAccount
            | C::Conflict => Self::Conflict,
            C::RateLimitExceeded
            | C::QuotaExceeded
            | C::ThrottledOnTheWay
            | C::TooManyRequests
            | C::KeepingAQuarter
            | C::BudgetUsedUp => Self::RateLimit,
            C::ReadOnlyProfile
            | C::InsufficientScope
            | C::GrantNotDelegable
            | C::ConstraintNotNarrowing
            | C::RestrictedGrantRequiresProxy
            | C::PolicyViolation
            | C::StepUpRequired
            | C::RedactDischargeFailed
            | C::BlockedDestination
            | C::AgentCannotMintSubagents
            | C::GrantLimitExceeded
            | C::AgentKeyLimitReached
            | C::ApprovalDenied
            | C::ConnectDenied
            | C::Forbidden => Self::Denied,
            C::ApprovalExecutionFailed
            | C::ProviderUnauthorized
            | C::ProviderRefused
            | C::ProviderFailed
            | C::ProviderBodyUnreadable
            | C::CredentialUnusable
            | C::CallerAgentResolutionError
            | C::BadGateway
            | C::ServiceUnavailable
            | C::GatewayTimeout
            | C::Redirected
            | C::UnexpectedStatus
            | C::MalformedAnswer
            | C::AnswerCut
            | C::ListNotWhole
            | C::RowsUnreadable
            | C::SessionFailed
            | C::FeatureUnsupported
            | C::AnswerTooLarge => Self::Failed,
            C::NameNotFound
            | C::ConnectionRefused
            | C::ConnectionLost
            | C::TlsFailed
            | C::TimedOut
            | C::ProviderUnreachable
            | C::ProxyFailed
            | C::SessionTimedOut
            | C::NetworkFailed => Self::Network,
            C::Cancelled => Self::Interrupted,
            // An existing credential that cannot be used, and insufficient consent: reconnecting the account repairs
            // both.
            C::GrantExpired | C::GrantRevoked | C::GrantDeleted | C::CredentialRevoked | C::ScopeMismatch => {
                Self::Over
            }
            C::ApprovalStillOpen | C::ApprovalExpired => Self::Held,
            C::ConnectConfig
            | C::BadRequest
            | C::Malformed
            | C::JqFilterFailed
            | C::JqInputRefused
            | C::JqLimitMet
            | C::JqBroke
            | C::TaskPanicked
            | C::FileNotReadable
            | C::FileNotWritable
            | C::FileExists
            | C::FolderMissing
            | C::DiskFull
            | C::HistoryOff
            | C::NotRemembered
            | C::EditRefused => Self::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_them_all() {
        let readme: Vec<&str> = include_str!("../../README.md").split_whitespace().collect();
        let readme = readme.join(" ");
        assert!(readme.contains(&Exit::sentence()), "README.md lacks: {}", Exit::sentence());
    }

    #[test]
    fn failures_map_to_the_documented_codes() {
        let cases = [
            (Code::KeyMissing, 3),
            (Code::KeyChecksum, 3),
            (Code::InvalidKey, 3),
            (Code::ClockSkew, 3),
            (Code::InsufficientScope, 7),
            (Code::GrantNotFound, 4),
            (Code::Conflict, 5),
            (Code::RateLimitExceeded, 6),
            (Code::BadGateway, 8),
            (Code::MalformedAnswer, 8),
            (Code::TimedOut, 9),
            (Code::NameNotFound, 9),
            (Code::ConfigMalformed, 2),
            (Code::ArgumentRefused, 2),
            (Code::NothingSelected, 4),
            (Code::PolicyViolation, 7),
            (Code::AnswerCut, 8),
            (Code::ListNotWhole, 8),
            (Code::RowsUnreadable, 8),
            (Code::GrantRevoked, 11),
            (Code::GrantExpired, 11),
            (Code::GrantDeleted, 11),
            (Code::CredentialRevoked, 11),
            (Code::ScopeMismatch, 11),
            (Code::ApprovalStillOpen, 12),
            (Code::ApprovalExpired, 12),
            (Code::ApprovalDenied, 7),
            (Code::ConnectDenied, 7),
            (Code::SessionTimedOut, 9),
            (Code::SessionFailed, 8),
            (Code::UserTokenNeeded, 2),
            (Code::ManagedElsewhere, 5),
            (Code::AnotherAccount, 5),
            (Code::TaskPanicked, 1),
            (Code::Cancelled, 130),
        ];
        for (code, want) in cases {
            assert_eq!(Exit::of(code) as u8, want, "{code}");
        }
        assert!(Code::iter().all(|code| Exit::of(code) != Exit::Ok), "no failure is a success");
    }
}
