//! Managed agents (protocol: grants.md section 7).

use super::client::Call;
use super::{ApiError, Client};
use crate::domain::{Agent, Code, Identity};
use crate::protocol::agents::{self, AgentPage};
use crate::protocol::error::Surface;
use crate::protocol::target;

/// Rows in one page of agents.
const PAGE: u64 = 100;

/// Pages after which a list that never ends is given up.
const MAX_PAGES: usize = 200;

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
        Ok(agents::parse_page(&self.send(call).await?)?)
    }

    /// All of the app's agents, removed ones included, so that every id has a name. App key.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn agents(&self) -> Result<Vec<Agent>, ApiError> {
        let mut all = Vec::new();
        for _ in 0..MAX_PAGES {
            let page = self.agents_page(true, PAGE, all.len() as u64).await?;
            let empty = page.agents.is_empty();
            all.extend(page.agents);
            if empty || !page.has_more {
                break;
            }
        }
        Ok(all)
    }
}
