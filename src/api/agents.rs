//! Managed agents (docs/protocol/grants.md section 7).

use std::collections::HashSet;

use super::client::Call;
use super::grants::WITHOUT_NEWS;
use super::{ApiError, Client};
use crate::domain::{Agent, Code, Identity};
use crate::protocol::agents::{self, AgentPage};
use crate::protocol::error::Surface;
use crate::protocol::target;

/// Agents per page.
const PAGE: u64 = 100;

/// Page limit, for a list that never ends.
pub const MAX_PAGES: usize = 200;

impl Client {
    /// Identifies the key: an application's or an agent's.
    ///
    /// # Errors
    /// See [`ApiError`]. The backend's `me_requires_agent_key` is an answer here, not an error.
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

    /// Reads a page of the app's agents; `limit` is clamped to 1..=1000.
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

    /// Reads all of the app's agents, including revoked ones, so that every id can be shown with a name. Needs an app
    /// key.
    ///
    /// Names are never urgent: if less than a quarter of the budget would remain, each page waits for the end of the
    /// window. A list that loops, or does not end within [`MAX_PAGES`], is returned as far as it was read; ids without
    /// a name are shown as they are.
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
