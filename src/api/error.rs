//! Everything that can come back from a call instead of its answer.

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

/// A call that failed. Holds no secret: URLs are taken out of the library's errors.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// The backend refused.
    #[error(transparent)]
    Alter(#[from] Box<AlterError>),
    /// The backend could not be reached, or the connection broke.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A success answer that cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A success answer beyond any sensible size.
    #[error("the answer of {endpoint} is larger than {limit} bytes")]
    TooLarge {
        /// Method and path.
        endpoint: &'static str,
        /// In bytes.
        limit: usize,
    },
    /// The backend is older than what was asked of it.
    #[error("the backend does not support {feature}")]
    Unsupported {
        /// What it does not support, as the official SDK names it.
        feature: &'static str,
        /// The status of its answer.
        status: u16,
    },
    /// A session that cannot be asked for; nothing was sent.
    #[error(transparent)]
    Session(#[from] RequestRefused),
    /// Bad input; nothing was sent.
    #[error(transparent)]
    Spec(#[from] SpecPathError),
    /// A draft that cannot be sent; nothing was.
    #[error(transparent)]
    Draft(#[from] DraftError),
}

/// Where on the way it broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// The host's name has no address.
    Name,
    /// Nobody listens there.
    Refused,
    /// The connection broke.
    Lost,
    /// No encrypted connection could be agreed on.
    Tls,
    /// Nothing came in time.
    TimedOut,
    /// An answer whose body is not encoded as it says.
    Encoding,
    /// The address may not be called from here; nothing was sent.
    Forbidden,
    /// The proxy on the way cannot be reached, or did not let the request through; nothing was sent.
    Proxy,
    /// A variable names a proxy that cannot be read; nothing was sent.
    ProxySetting,
    /// The HTTP client itself could not be made, such as for want of certificates.
    Building,
    /// Anything else.
    Other,
}

/// The way to the backend or to a provider is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {detail}")]
pub struct TransportError {
    /// Where.
    pub stage: Stage,
    /// The backend's host, without anything secret.
    pub host: String,
    /// The innermost cause, in the library's words.
    pub detail: String,
    /// How long was waited, for timeouts: for the next piece of the answer, or for all of it.
    pub waited: Option<Duration>,
    /// What had arrived, where the answer had begun.
    pub arrived: Option<Arrived>,
    /// It was the way to a provider, not to the backend.
    pub of_provider: bool,
    /// The proxy on the way, without its user.
    pub proxy: Option<Box<str>>,
}

/// What had arrived of an answer that broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The status of the answer itself; in proxy mode that is Alter's.
    pub status: u16,
    /// Bytes of the body; in proxy mode of the provider's, decoded.
    pub body: u64,
    /// How many were announced, where that is known of the same bytes.
    pub announced: Option<u64>,
}

impl ApiError {
    /// What went wrong, in the shape that all faces share.
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

    /// Reads the library's error. `host` must be free of user information.
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

    /// The same on the way to a provider.
    pub(super) fn of_the_provider(self) -> Self {
        Self { of_provider: true, ..self }
    }

    /// With the proxy on the way. While connecting, whatever fails but an encrypted connection is the proxy's: nobody else
    /// is connected to from here.
    pub(super) fn by_way_of(self, proxy: Option<&HttpProxy>, is_connecting: bool) -> Self {
        let Some(proxy) = proxy else { return self };
        let is_theirs =
            matches!(self.stage, Stage::Tls | Stage::Building | Stage::Forbidden | Stage::ProxySetting);
        let stage = if is_connecting && !is_theirs { Stage::Proxy } else { self.stage };
        Self { stage, proxy: Some(proxy.to_string().into()), ..self }
    }

    /// What went wrong, in the shape that all faces share.
    pub fn diagnose(&self) -> Diagnosis {
        let (code, who, retry) = match self.stage {
            // No host's matter: the sentence names the variable.
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
                diagnosis.fact("status", &arrived.status.to_string()).fact("arrived", &arrived.words());
        }
        diagnosis.fact("detail", &self.detail)
    }
}

impl Arrived {
    fn words(self) -> String {
        let of = self.announced.map_or_else(String::new, |all| format!(" of {}", count(all)));
        format!("{}{of} bytes of the body", count(self.body))
    }
}

/// Looks through the chain of causes: the library itself only says "connect" or "request".
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
        // An I/O error hides the one that it wraps from the chain.
        let mut wrapped = this.downcast_ref::<io::Error>();
        while let Some(io) = wrapped {
            found = by_kind(io.kind()).unwrap_or(found);
            let inner = io.get_ref();
            if inner.is_some_and(<dyn StdError + Send + Sync>::is::<rustls::Error>) {
                return Stage::Tls;
            }
            wrapped = inner.and_then(|inner| inner.downcast_ref());
        }
        // The connector's and the protocol's own types are private; their sentences are all there is.
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
