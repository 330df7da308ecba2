//! Managed agents (docs/protocol/grants.md section 7).

use std::collections::HashSet;

use super::client::Call;
use super::grants::WITHOUT_NEWS;
use super::{ApiError, Client};
use crate::domain::{Agent, Code, Identity};
use crate::protocol::agents::{self, AgentPage};
use crate::protocol::error::Surface;
use crate::protocol::target;

/// Rows in one page of agents.
const PAGE: u64 = 100;

/// Pages after which a list that never ends is given up.
pub const MAX_PAGES: usize = 200;

impl Client {
    /// Whose key this is: an application's or one agent's.
    ///
    /// # Errors
    /// See [`ApiError`]. The backend's `me_requires_agent_key` is no error but the answer.
    pub async fn me(&self) -> Result<Identity, ApiError> {
        let call = Call::get(agents::ME, "/sdk/agents/me".to_owned()).on(Surface::Agents);
        match self.send(call).await {
            Ok(reply) => Ok(Identity::Agent(agents::parse_me(&reply)?)),
            Err(ApiError::Alter(error)) if error.code == Code::MeRequiresAgentKey => {
                Ok(Identity::Application)
            }
            Err(error) => Err(error),
        }
    }

    /// One page of the app's agents; `limit` is brought into 1..=1000.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn agents_page(
        &self,
        include_revoked: bool,
        limit: u64,
        offset: u64,
    ) -> Result<AgentPage, ApiError> {
        let query = target::query(&[
            ("include_revoked", include_revoked.to_string()),
            ("limit", limit.clamp(1, 1000).to_string()),
            ("offset", offset.to_string()),
        ]);
        let call = Call::get(agents::LIST, format!("/sdk/agents{query}")).on(Surface::Agents);
        self.read(agents::parse_page(&self.send(call).await?))
    }

    /// All of the app's agents, removed ones included, so that every id has a name. App key.
    ///
    /// Names are never urgent: where a quarter of the budget would not be left, each page waits for the window to
    /// end. A list that goes in circles, or that has no end within [`MAX_PAGES`], is taken as far as it came: an id
    /// without a name is shown as it is.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn agents(&self) -> Result<Vec<Agent>, ApiError> {
        let mut all = Vec::new();
        let mut known = HashSet::new();
        let (mut offset, mut without_news) = (0, 0);
        for _ in 0..MAX_PAGES {
            tokio::time::sleep(self.background_pause()).await;
            let page = self.agents_page(true, PAGE, offset).await?;
            let count = page.agents.len() + page.unreadable;
            offset += count as u64;
            let before = all.len();
            all.extend(page.agents.into_iter().filter(|agent| known.insert(agent.id.clone())));
            without_news = if all.len() == before { without_news + 1 } else { 0 };
            if count == 0 || !page.has_more || without_news >= WITHOUT_NEWS {
                break;
            }
        }
        Ok(all)
    }
}
