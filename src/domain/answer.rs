//! What a provider answered to a test call.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{ApprovalId, Clean};

/// The bytes of a body. Clones share them: a large answer is shown, searched and kept without being copied.
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

/// Bodies may hold anything, also secrets: none belongs into a log.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// A provider's answer, whichever mode brought it (docs/protocol/calls.md section B2). Everything in it is untrusted.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderAnswer {
    /// The held call that this is the result of.
    pub approval: Option<ApprovalId>,
    /// The provider's status; a refusal of the provider is an answer too.
    pub status: u16,
    /// Headers in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, decoded.
    pub body: Body,
    /// The backend cut the body: there was more of it.
    pub truncated: bool,
    /// This program kept only the beginning of the body, and the body's size as far as it was seen.
    pub cut_here: Option<BodySize>,
    /// How long the provider took, where the backend measured it.
    pub duration_ms: Option<u64>,
    /// Why a 401 or 403 may mean a wrong API surface rather than a bad credential.
    pub credential_hint: Option<String>,
}

/// How long a body is of which only the beginning was kept, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodySize {
    /// All of it was counted, or its length was announced.
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
    /// An answer that is whole and of which nothing else is known.
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

    /// Whether the body is there from its beginning to its end, as far as anybody told.
    pub fn is_whole(&self) -> bool {
        !self.truncated && self.cut_here.is_none()
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Bodies and headers of providers may hold anything, also secrets: neither belongs into a log.
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

/// What became of a request to save a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is in the file, which only its owner can read.
    Written {
        /// The file.
        path: Clean,
        /// How many bytes.
        bytes: u64,
    },
    /// Nothing was written: a file is there already.
    Exists {
        /// The file.
        path: Clean,
        /// How many bytes it has.
        bytes: u64,
    },
}
