//! The page behind an approval's link. In the real world it is the hosted page; here it is two buttons.

use jiff::Timestamp;
use uuid::Uuid;

use super::approval::Decision;
use crate::message::{Reply, Request};
use crate::pages::{self, button, escape};
use crate::world::World;

/// `GET /wallet/approvals/{id}` shows the call, `POST …/approve` and `POST …/deny` decide.
pub(crate) fn approval_page(world: &mut World, request: &Request, now: Timestamp) -> Reply {
    let segments: Vec<&str> = request.path().split('/').skip(1).collect();
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["wallet", "approvals", id]) => show(world, id, now),
        ("POST", ["wallet", "approvals", id, "approve"]) => decide(world, id, Decision::Approve, now),
        ("POST", ["wallet", "approvals", id, "deny"]) => decide(world, id, Decision::Deny, now),
        _ => page(404, "<p>There is nothing here.</p>"),
    }
}

fn decide(world: &mut World, id: &str, decision: Decision, now: Timestamp) -> Reply {
    if let Ok(known) = Uuid::try_parse(id) {
        world.decide(known, decision, None, now);
    }
    show(world, id, now)
}

fn show(world: &mut World, id: &str, now: Timestamp) -> Reply {
    let wanted = Uuid::try_parse(id).ok();
    let held = world.held(now).into_iter().find(|held| held.gates.iter().any(|gate| Some(*gate) == wanted));
    let Some(held) = held else { return page(404, "<p>There is no such approval.</p>") };
    let buttons = if held.status == "pending" {
        let address = format!("/wallet/approvals/{}", wanted.unwrap_or_default());
        button(&format!("{address}/approve"), "Approve") + &button(&format!("{address}/deny"), "Deny")
    } else {
        String::new()
    };
    let reason = held.reason.as_deref().unwrap_or("No reason was given.");
    page(
        200,
        &format!(
            "<p><code>{} {}</code></p><p>{}</p><p>Status: <b>{}</b></p>{buttons}",
            escape(&held.method),
            escape(&held.url),
            escape(reason),
            held.status,
        ),
    )
}

fn page(status: u16, body: &str) -> Reply {
    pages::page(status, "May this call be made?", body)
}
