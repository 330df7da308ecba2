//! Who is calling, on whose behalf and why (docs/protocol/transport.md section 4).

pub(super) use crate::domain::attribution::ascii_json;
use crate::domain::attribution::{ContextLimit, encode_context};
use crate::domain::{Code, Diagnosis, Retry, Who};

/// A caller name: 1 to 255 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller(Box<str>);

/// The kind of a caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallerType {
    /// `agent`.
    Agent,
    /// `service`; used by this program.
    #[default]
    Service,
}

/// Why an identity cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Not 1..=255 characters of printable ASCII.
    #[error("a caller is 1 to 255 characters of printable ASCII")]
    Caller,
    /// See [`ContextLimit`].
    #[error(transparent)]
    Context(#[from] ContextLimit),
}

impl IdentityError {
    /// The error as a diagnosis.
    pub fn diagnose(self) -> Diagnosis {
        Diagnosis::new(Code::CallerMalformed, Who::You, Retry::AfterRemedy).fact("problem", &self.to_string())
    }
}

impl Caller {
    /// Validates a caller name.
    ///
    /// # Errors
    /// [`IdentityError::Caller`].
    pub fn new(text: &str) -> Result<Self, IdentityError> {
        let legal = (1..=255).contains(&text.len()) && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        if legal { Ok(Self(text.into())) } else { Err(IdentityError::Caller) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CallerType {
    /// The protocol's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Service => "service",
        }
    }
}

/// A context map, encoded for its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context(Box<str>);

impl Context {
    /// Encodes pairs in the caller's order; `None` for no pairs, as no header is sent then.
    ///
    /// # Errors
    /// The limit that was exceeded.
    pub fn new(pairs: &[(&str, &str)]) -> Result<Option<Self>, IdentityError> {
        Ok(encode_context(pairs)?.map(|text| Self(text.into())))
    }

    /// The header's value: ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The identity part of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identification {
    /// `X-Alter-Caller` and `X-Alter-Caller-Type`, always sent together.
    pub caller: Option<(Caller, CallerType)>,
    /// `X-Alter-Actor-ID`, as assigned by the backend.
    pub actor_id: Option<Box<str>>,
    /// `X-Alter-Context`.
    pub context: Option<Context>,
}

impl Identification {
    /// The non-empty identity headers in signing order: header, label of the signed line, value.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str, &str)> {
        let caller = self.caller.as_ref();
        [
            ("X-Alter-Caller", "caller", caller.map(|(caller, _)| caller.as_str())),
            ("X-Alter-Caller-Type", "caller-type", caller.map(|(_, kind)| kind.as_str())),
            ("X-Alter-Actor-ID", "actor-id", self.actor_id.as_deref()),
            ("X-Alter-Context", "actor-context", self.context.as_ref().map(Context::as_str)),
        ]
        .into_iter()
        .filter_map(|(header, label, value)| Some((header, label, value.filter(|value| !value.is_empty())?)))
    }
}

/// Whether an actor id may be kept for the life of the client: a hyphenated UUID in either case.
pub fn is_actor_id(text: &str) -> bool {
    crate::domain::GrantId::parse(text).is_some()
}
