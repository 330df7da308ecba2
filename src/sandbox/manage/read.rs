//! Fields that several acts have.

use std::sync::Arc;

use uuid::Uuid;

use crate::input::{Fields, invalid};
use crate::message::Reply;
use crate::world::World;

/// The most scopes of a constraint, and the most characters of each (docs/protocol/grants.md section 5).
const ATOMS: usize = 100;
const ATOM_LENGTH: usize = 512;

/// The active agent with this id or name (docs/protocol/connect.md section 1).
pub(crate) fn agent_named(world: &World, name: &str) -> Result<usize, Box<Reply>> {
    let id = Uuid::try_parse(name).ok();
    let found = world.agents.iter().position(|agent| {
        agent.status == "active" && (id.is_some_and(|id| agent.id == id) || agent.name == name)
    });
    found.ok_or_else(|| {
        Box::new(Reply::refusal(404, "agent_not_found", "This app has no active agent of this id or name."))
    })
}

/// The scopes that a delegation is narrowed to.
pub(crate) fn atoms(fields: &Fields) -> Result<Option<Vec<Arc<str>>>, Box<Reply>> {
    let Some(texts) = fields.texts("scope_constraint")? else { return Ok(None) };
    let right = |text: &String| {
        text.len() <= ATOM_LENGTH
            && text != "*"
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    if texts.is_empty() || texts.len() > ATOMS || !texts.iter().all(right) {
        return Err(bad_constraint("A constraint is a list of 1 to 100 scopes."));
    }
    Ok(Some(texts.into_iter().map(Arc::from).collect()))
}

/// 422 `invalid_scope_constraint`.
pub(crate) fn bad_constraint(message: &str) -> Box<Reply> {
    Box::new(Reply::refusal(422, "invalid_scope_constraint", message))
}

/// A bare origin: `scheme://host[:port]` (docs/protocol/connect.md section 3).
pub(crate) fn origin(fields: &Fields) -> Result<(), Box<Reply>> {
    let Some(text) = fields.text("allowed_origin")? else { return Ok(()) };
    let bare = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.host_str().is_some_and(|host| !host.contains('*'))
    };
    match url::Url::parse(&text) {
        Ok(url) if bare(&url) => Ok(()),
        _ => Err(Box::new(Reply::refusal(400, "invalid_origin", "An origin is scheme://host[:port]."))),
    }
}

/// A UUID in a path.
pub(super) fn id(text: &str, name: &str) -> Result<Uuid, Box<Reply>> {
    Uuid::try_parse(text)
        .ok()
        .filter(|_| text.len() == 36)
        .ok_or_else(|| Box::new(Reply::invalid("path", name, "uuid_parsing", "Input should be a valid UUID")))
}

/// A field that must be there.
pub(super) fn required<Value>(value: Option<Value>, name: &str) -> Result<Value, Box<Reply>> {
    value.ok_or_else(|| invalid(name, "missing", "Field required"))
}
