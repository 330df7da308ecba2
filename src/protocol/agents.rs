//! Managed agents (docs/protocol/grants.md section 7): only what is needed for names and states. An agent that cannot
//! be parsed is left out of a list; its id is then shown as it is.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::malformed::{self, Malformed};
use crate::domain::{Agent, GrantId};

/// Method and path of the list.
pub const LIST: &str = "GET /sdk/agents";
/// Method and path of the calling agent.
pub const ME: &str = "GET /sdk/agents/me";

/// A page of agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentPage {
    /// The agents that could be parsed.
    pub agents: Vec<Agent>,
    /// The number of items that could not be parsed.
    pub unreadable: usize,
    /// Whether more follow.
    pub has_more: bool,
}

/// Parses a page of the list.
///
/// # Errors
/// If there is no list of items.
pub fn parse_page(bytes: &[u8]) -> Result<AgentPage, Malformed> {
    let answer: Value = malformed::read(LIST, bytes)?;
    let items = answer.get("items").and_then(Value::as_array).ok_or_else(|| Malformed {
        endpoint: LIST,
        position: "items".to_owned(),
        problem: "expected a list of agents".to_owned(),
    })?;
    let agents: Vec<Agent> = items.iter().filter_map(|item| agent(item.as_object()?).ok()).collect();
    let unreadable = items.len() - agents.len();
    Ok(AgentPage { agents, unreadable, has_more: answer.get("has_more") == Some(&Value::Bool(true)) })
}

/// Parses the calling agent.
///
/// # Errors
/// The first required field that is missing or has the wrong type.
pub fn parse_me(bytes: &[u8]) -> Result<Agent, Malformed> {
    let answer: Value = malformed::read(ME, bytes)?;
    let entry = answer.as_object().ok_or_else(|| Malformed::whole(ME, "expected an object"))?;
    agent(entry).map_err(|field| Malformed {
        endpoint: ME,
        position: field.to_owned(),
        problem: "missing or of the wrong type".to_owned(),
    })
}

/// Parses an agent; the error is the name of the field. Fields that this program does not show are not checked, and an
/// unknown status is kept.
fn agent(entry: &Map<String, Value>) -> Result<Agent, &'static str> {
    let text = |name: &'static str| entry.get(name).and_then(Value::as_str).ok_or(name);
    let id = text("id")?;
    if GrantId::parse(id).is_none() {
        return Err("id");
    }
    let display_name = match entry.get("display_name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(Arc::from(name.as_str())),
        Some(_) => return Err("display_name"),
    };
    Ok(Agent { id: id.into(), name: text("name")?.into(), display_name, status: text("status")?.into() })
}
