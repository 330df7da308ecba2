//! Agents, and who the key says we are (docs/protocol/grants.md section 7).

use std::sync::Arc;

/// A managed agent, as far as names and states are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// `id`, a UUID.
    pub id: Arc<str>,
    /// `name`, unique per app.
    pub name: Arc<str>,
    /// `display_name`.
    pub display_name: Option<Arc<str>>,
    /// `status`: `active`, `inactive`, `revoked`.
    pub status: Arc<str>,
}

/// Whose key this is, once the backend told; a key's prefix does not say it (docs/protocol/transport.md section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `/sdk/agents/me` answered `me_requires_agent_key`: an application key, which sees every grant.
    Application,
    /// The key of this agent.
    Agent(Agent),
}
