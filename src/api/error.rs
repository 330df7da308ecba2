//! Errors of calls to the backend and to providers.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use strum::IntoStaticStr;

use super::http_proxy::HttpProxy;
use crate::domain::connect::RequestRefused;
use crate::domain::words::count;
use crate::domain::{Code, Diagnosis, Retry, Who};
use crate::protocol::call::DraftError;
use crate::protocol::specs::SpecPathError;
use crate::protocol::{AlterError, Malformed};

/// A failed call. Contains no secret: URLs are removed from reqwest's errors.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// The backend refused.
    #[error(transparent)]
    Alter(#[from] Box<AlterError>),
    /// The backend could not be reached, or the connection broke.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A success whose answer cannot be parsed.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A success whose answer is too large.
    #[error("the answer of {endpoint} is larger than {limit} bytes")]
    TooLarge {
        /// Method and path.
        endpoint: &'static str,
        /// In bytes.
        limit: usize,
    },
    /// The backend is too old for the request.
    #[error("the backend does not support {feature}")]
    Unsupported {
        /// The unsupported feature, as the official SDK names it.
        feature: &'static str,
        /// The status of its answer.
        status: u16,
    },
    /// An invalid Connect session; nothing was sent.
    #[error(transparent)]
    Session(#[from] RequestRefused),
    /// Invalid input; nothing was sent.
    #[error(transparent)]
    Spec(#[from] SpecPathError),
    /// A draft that cannot be sent; nothing was sent.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// The stage of a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// DNS: the host's name has no address.
    Name,
    /// The connection was refused.
    Refused,
    /// The connection broke.
    Lost,
    /// The TLS handshake failed.
    Tls,
    /// A timeout.
    TimedOut,
    /// The body is not encoded as announced.
    Encoding,
    /// Calls to this address are not allowed; nothing was sent.
    Forbidden,
    /// The proxy cannot be reached, or refused the request; nothing was sent.
    Proxy,
    /// A variable names a proxy whose address cannot be parsed; nothing was sent.
    ProxySetting,
    /// The HTTP client could not be built, as without certificates.
    Building,
    /// Any other failure.
    Other,
}

/// A failure on the way to the backend or to a provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {detail}")]
pub struct TransportError {
    /// The stage that failed.
    pub stage: Stage,
    /// The host, without anything secret.
    pub host: String,
    /// The innermost cause, as worded by the library.
    pub detail: String,
    /// The time limit that was exceeded: for the next piece of the answer, or for all of it.
    pub waited: Option<Duration>,
    /// How much of the answer had arrived, if it had begun.
    pub arrived: Option<Arrived>,
    /// Whether the call was to a provider, not to the backend.
    pub of_provider: bool,
    /// The proxy, without its user.
    pub proxy: Option<Box<str>>,
}

/// How much had arrived of an answer that broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The status of the answer itself; in proxy mode that is Alter's.
    pub status: u16,
    /// Bytes of the body; in proxy mode of the provider's, decoded.
    pub body: u64,
    /// The announced length, if known for the same bytes.
    pub announced: Option<u64>,
}

impl ApiError {
    /// The error as a diagnosis.
    pub fn diagnose(&self) -> Diagnosis {
        match self {
            Self::Alter(error) => error.diagnose(),
            Self::Transport(error) => error.diagnose(),
            Self::Malformed(error) => Diagnosis::new(Code::MalformedAnswer, Who::Alter, Retry::No)
                .fact("call", error.endpoint)
                .fact("problem", &error.problem)
                .fact("place", &error.position),
            Self::TooLarge { endpoint, limit } => Diagnosis::new(Code::AnswerTooLarge, Who::Alter, Retry::No)
                .fact("call", endpoint)
                .fact("limit", &format!("{} MiB", limit >> 20)),
            Self::Unsupported { feature, status } => {
                Diagnosis::new(Code::FeatureUnsupported, Who::Alter, Retry::No)
                    .fact("status", &status.to_string())
                    .fact("feature", feature)
            }
            Self::Session(error) => {
                let code = match error {
                    RequestRefused::AgentNeedsUser | RequestRefused::SecretNeedsUser => Code::UserTokenNeeded,
                    _ => Code::ArgumentRefused,
                };
                Diagnosis::new(code, Who::You, Retry::AfterRemedy).fact("problem", &error.to_string())
            }
            Self::Draft(error) => error.diagnose(),
            Self::Spec(error) => {
                Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("problem", &error.to_string())
            }
        }
    }
}

impl TransportError {
    pub(crate) fn new(stage: Stage, host: &str, detail: impl Into<String>) -> Self {
        Self {
            stage,
            host: host.to_owned(),
            detail: detail.into(),
            waited: None,
            arrived: None,
            of_provider: false,
            proxy: None,
        }
    }

    /// Converts reqwest's error. `host` must not contain user information.
    pub(crate) fn read(error: reqwest::Error, host: &str, timeout: Duration) -> Self {
        let error = error.without_url();
        let stage = stage(&error);
        let mut innermost: &dyn StdError = &error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        let waited = (stage == Stage::TimedOut).then_some(timeout);
        Self { waited, ..Self::new(stage, host, innermost.to_string()) }
    }

    /// The same for a call to a provider.
    pub(super) fn of_the_provider(self) -> Self {
        Self { of_provider: true, ..self }
    }

    /// Adds the proxy. While connecting, any failure but a TLS error is the proxy's: there is no other connection.
    pub(super) fn by_way_of(self, proxy: Option<&HttpProxy>, is_connecting: bool) -> Self {
        let Some(proxy) = proxy else { return self };
        let is_theirs =
            matches!(self.stage, Stage::Tls | Stage::Building | Stage::Forbidden | Stage::ProxySetting);
        let stage = if is_connecting && !is_theirs { Stage::Proxy } else { self.stage };
        Self { stage, proxy: Some(proxy.to_string().into()), ..self }
    }

    /// The error as a diagnosis.
    pub fn diagnose(&self) -> Diagnosis {
        let (code, who, retry) = match self.stage {
            // Not about a host: the message names the variable.
            Stage::ProxySetting => {
                return Diagnosis::new(Code::ConfigMalformed, Who::You, Retry::AfterRemedy)
                    .fact("problem", &self.detail);
            }
            Stage::Name | Stage::Refused | Stage::Other if self.of_provider => {
                (Code::ProviderUnreachable, Who::Network, Retry::Later(None))
            }
            Stage::Encoding => (Code::ProviderBodyUnreadable, Who::Provider, Retry::AfterRemedy),
            Stage::Name => (Code::NameNotFound, Who::Network, Retry::Later(None)),
            Stage::Refused => (Code::ConnectionRefused, Who::Network, Retry::Later(None)),
            Stage::Lost => (Code::ConnectionLost, Who::Network, Retry::Later(None)),
            Stage::Tls => (Code::TlsFailed, Who::Network, Retry::AfterRemedy),
            Stage::Proxy => (Code::ProxyFailed, Who::Network, Retry::Later(None)),
            Stage::Forbidden => (Code::BlockedDestination, Who::You, Retry::No),
            Stage::TimedOut => (Code::TimedOut, Who::Network, Retry::Later(None)),
            Stage::Building => (Code::TlsFailed, Who::You, Retry::AfterRemedy),
            Stage::Other => (Code::NetworkFailed, Who::Network, Retry::Later(None)),
        };
        let mut diagnosis = Diagnosis::new(code, who, retry).fact("host", &self.host);
        if let Some(proxy) = &self.proxy {
            diagnosis = diagnosis.fact("proxy", proxy);
        }
        if let Some(waited) = self.waited {
            diagnosis = diagnosis.fact("waited", &format!("{} s", waited.as_secs_f32()));
        }
        if let Some(arrived) = self.arrived {
            diagnosis =
                diagnosis.fact("status", &arrived.status.to_string()).fact("arrived", &arrived.in_words());
        }
        diagnosis.fact("detail", &self.detail)
    }
}

impl Arrived {
    fn in_words(self) -> String {
        let of = self.announced.map_or_else(String::new, |all| format!(" of {}", count(all)));
        format!("{}{of} bytes of the body", count(self.body))
    }
}

/// Determines the stage from the chain of causes: reqwest itself only says "connect" or "request".
fn stage(error: &reqwest::Error) -> Stage {
    if error.is_timeout() {
        return Stage::TimedOut;
    }
    if error.is_builder() {
        return Stage::Building;
    }
    let mut found = Stage::Other;
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(this) = cause {
        if this.is::<rustls::Error>() {
            return Stage::Tls;
        }
        // `source` of an I/O error skips the error that it wraps.
        let mut wrapped = this.downcast_ref::<io::Error>();
        while let Some(io) = wrapped {
            found = by_kind(io.kind()).unwrap_or(found);
            let inner = io.get_ref();
            if inner.is_some_and(<dyn StdError + Send + Sync>::is::<rustls::Error>) {
                return Stage::Tls;
            }
            wrapped = inner.and_then(|inner| inner.downcast_ref());
        }
        // The types of the connector and the protocol are private; only their messages are available.
        let text = this.to_string();
        if text == "dns error" {
            return Stage::Name;
        }
        if found == Stage::Other && is_a_broken_connection(&text) {
            found = Stage::Lost;
        }
        cause = this.source();
    }
    if found == Stage::Other && error.is_body() { Stage::Lost } else { found }
}

fn by_kind(kind: io::ErrorKind) -> Option<Stage> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(Stage::Refused),
        io::ErrorKind::TimedOut => Some(Stage::TimedOut),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::NotConnected => Some(Stage::Lost),
        _ => None,
    }
}

fn is_a_broken_connection(text: &str) -> bool {
    [
        "connection closed before message completed",
        "end of file before message length reached",
        "connection error",
    ]
    .iter()
    .any(|known| text.contains(known))
}
