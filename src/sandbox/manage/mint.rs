//! `POST /sdk/grants/{id}/mint` (docs/protocol/grants.md section 4).

use std::sync::Arc;

use serde_json::{Value, json};

use super::{fresh, label_taken, no_such_grant, policy, read};
use crate::faults::Fault;
use crate::grant::{Grant, Kind, instant};
use crate::input::Fields;
use crate::keys::Holder;
use crate::message::{Reply, Request};
use crate::seed::uuid;
use crate::world::{Caller, World};

/// The most characters of a label (docs/protocol/connect.md section 1).
const LABEL: usize = 255;

pub(crate) fn mint(
    world: &mut World,
    request: &Request,
    caller: Caller,
    id: &str,
    now: i64,
    faults: &[Fault],
) -> Result<Reply, Box<Reply>> {
    if caller.holder != Holder::App {
        let message = "Minting needs an application key.";
        return Err(Box::new(Reply::refusal(403, "agents_cannot_mint", message)));
    }
    let fields = Fields::read(&request.body, &["label", "grant_policy", "grant_tags"])?;
    let label = read::required(fields.name("label", LABEL)?, "label")?;
    fields.texts("grant_tags")?;
    let source = world.active(id, now)?;
    let Some(grant) = world.grants.get(source) else { return Err(no_such_grant()) };
    // The answer has a provider id, which a managed secret has not.
    if grant.parent.is_some() || matches!(grant.kind, Kind::Secret(_)) {
        return Err(no_such_grant());
    }
    if grant.user_limits {
        let message = "A grant that its user has set limits for cannot be minted from.";
        return Err(Box::new(Reply::refusal(403, "mint_source_has_grant_rules", message)));
    }
    let (policy, end) = policy::tightened(grant.policy.as_deref(), grant.grant_expires_at, &fields, now)?;
    if faults.contains(&Fault::LabelTaken) || world.has_label(grant, &label, now) {
        return Err(Box::new(label_taken(&label)));
    }
    let mut sibling = fresh(grant, uuid(&mut world.rng), Some(label.into()), now);
    sibling.policy = policy.map(Arc::new);
    sibling.grant_expires_at = end;
    let shown = show(&sibling, now);
    world.admit(sibling, now);
    Ok(Reply::json(201, &shown))
}

/// The information that the answer holds.
fn show(grant: &Grant, now: i64) -> Value {
    let (scopes, name, base, mismatch) = match &grant.kind {
        Kind::Oauth(oauth) => (
            &oauth.scopes[..],
            oauth.display_name.as_ref(),
            oauth.api_base_url.as_ref(),
            oauth.scope_mismatch,
        ),
        Kind::Secret(_) => (&[][..], None, None, false),
    };
    json!({
        "grant_id": grant.id, "provider_id": grant.selector, "scopes": scopes,
        "account_identifier": grant.account, "account_display_name": name, "api_base_url": base,
        "status": grant.status_at(now), "scope_mismatch": mismatch, "expires_at": grant.expires_at.map(instant),
        "created_at": instant(grant.created_at), "last_used_at": null, "principal_type": grant.principal,
        "label": grant.label, "credential_id": grant.credential, "grant_policy": grant.policy,
    })
}
