//! A provider's answer to a test call.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{ApprovalId, Clean};

/// The bytes of a body. Clones share them, so large answers are shown, searched and kept without copying.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(Arc<Vec<u8>>);

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Prints no content: bodies may contain secrets, which must not reach a log.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// A provider's answer in either mode (docs/protocol/calls.md section B2). Everything in it is untrusted.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderAnswer {
    /// The held call that this is the result of.
    pub approval: Option<ApprovalId>,
    /// The provider's status; may be an error status.
    pub status: u16,
    /// Headers in the order received.
    pub headers: Vec<(String, String)>,
    /// The decoded body.
    pub body: Body,
    /// The backend truncated the body.
    pub truncated: bool,
    /// Set if this program kept only the beginning of the body: the body's size as far as known.
    pub cut_here: Option<BodySize>,
    /// The provider's response time, if the backend measured it.
    pub duration_ms: Option<u64>,
    /// Why a 401 or 403 may mean a wrong API surface rather than a bad credential.
    pub credential_hint: Option<String>,
}

/// The size in bytes of a body of which only the beginning was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodySize {
    /// Counted to the end, or announced.
    Exactly(u64),
    /// Reading stopped here.
    AtLeast(u64),
}

impl BodySize {
    /// The number alone.
    pub fn bytes(self) -> u64 {
        let (Self::Exactly(bytes) | Self::AtLeast(bytes)) = self;
        bytes
    }
}

impl ProviderAnswer {
    /// Creates a complete answer without further facts.
    pub fn new(status: u16, headers: Vec<(String, String)>, body: impl Into<Body>) -> Self {
        Self {
            approval: None,
            status,
            headers,
            body: body.into(),
            truncated: false,
            cut_here: None,
            duration_ms: None,
            credential_hint: None,
        }
    }

    /// Whether the body is complete, as far as known.
    pub fn is_whole(&self) -> bool {
        !self.truncated && self.cut_here.is_none()
    }

    /// Returns the first header of that name, ignoring case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Prints no content: bodies and headers may contain secrets, which must not reach a log.
impl fmt::Debug for ProviderAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderAnswer")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("bytes", &self.body.len())
            .field("truncated", &self.truncated)
            .field("cut_here", &self.cut_here)
            .finish_non_exhaustive()
    }
}

/// The result of saving a body to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Written to a file that only its owner can read.
    Written {
        /// The file.
        path: Clean,
        /// Number of bytes written.
        bytes: u64,
    },
    /// Nothing was written, because the file exists.
    Exists {
        /// The file.
        path: Clean,
        /// Its size in bytes.
        bytes: u64,
    },
}
