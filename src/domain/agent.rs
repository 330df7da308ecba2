//! Agents, and the identity behind a key (docs/protocol/grants.md section 7).

use std::sync::Arc;

/// A managed agent: its names and status.
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

/// Who owns the key, as reported by the backend; the key's prefix does not say (docs/protocol/transport.md
/// section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// An application key, which sees every grant: `/sdk/agents/me` answered `me_requires_agent_key`.
    Application,
    /// The key of this agent.
    Agent(Agent),
}
