//! The list of grants (docs/protocol/grants.md section 1).

use serde::Serialize;

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::ServerFilter;
use crate::protocol::{Page, UserToken, page};

/// The largest page (docs/protocol/grants.md section 1).
pub const MAX_PAGE: u16 = 1000;

/// The number of consecutive pages without a new row after which a list counts as looping, as when the backend ignores
/// the offset. A list that changes repeats single rows, never this many whole pages.
pub const WITHOUT_NEWS: u32 = 8;

/// Limit for a page, in bytes. Pages may be large: long scope lists, free-form policies.
const MAX_BYTES: usize = 64 << 20;

#[derive(Serialize)]
struct Body<'a> {
    limit: u16,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_token: Option<&'a str>,
}

impl Client {
    /// Reads a page of grants. `limit` is clamped to 1..=1000. With a user token in the settings, only that user's
    /// grants are listed.
    ///
    /// # Errors
    /// See [`ApiError`]. A row that cannot be parsed is no error: it is marked in the page.
    pub async fn list_page(&self, filter: &ServerFilter, limit: u16, offset: u64) -> Result<Page, ApiError> {
        let given = |text: &'_ Option<std::sync::Arc<str>>| text.clone().filter(|text| !text.is_empty());
        let (provider, status) = (given(&filter.provider), given(&filter.status));
        let (account, label) = (given(&filter.account), given(&filter.label));
        let body = Body {
            limit: limit.clamp(1, MAX_PAGE),
            offset,
            provider_id: provider.as_deref(),
            status: status.as_deref(),
            account: account.as_deref(),
            label: label.as_deref(),
            user_token: self.user_token().map(UserToken::expose),
        };
        let call = Call::post(page::ENDPOINT, "/sdk/grants/list", &body).at_most(MAX_BYTES);
        let reply = self.send(call).await?;
        self.read(Page::parse(&reply))
    }
}
