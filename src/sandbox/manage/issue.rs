//! `POST /sdk/managed-secrets/{id}/grants` (docs/protocol/grants.md section 6).

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Lifetime, label_taken, read};
use crate::faults::Fault;
use crate::grant::{Grant, Kind, Secret, instant};
use crate::input::{Fields, invalid};
use crate::keys::Holder;
use crate::message::{Reply, Request};
use crate::seed::uuid;
use crate::world::{Caller, World};

/// The most characters of labels and ids, and of a token (docs/protocol/grants.md section 6).
const NAME: usize = 255;
const TOKEN: usize = 8192;

/// Whose grant it will be.
struct Principal {
    kind: &'static str,
    user: Option<usize>,
    label: Option<String>,
}

pub(crate) fn issue(
    world: &mut World,
    request: &Request,
    caller: Caller,
    id: &str,
    now: i64,
    faults: &[Fault],
) -> Result<Reply, Box<Reply>> {
    if caller.holder != Holder::App {
        return Err(Box::new(Reply::refusal(403, "app_key_required", "This needs an application key.")));
    }
    let fields = Fields::read(&request.body, &["principal", "grant_policy", "credential_id"])?;
    if !fields.has("grant_policy") {
        return Err(invalid("grant_policy", "missing", "Field required"));
    }
    let lifetime = Lifetime::read(&fields, true)?;
    let wanted = fields.uuid("credential_id")?;
    let principal = principal(world, &fields, now)?;
    let secret = world.secret_by_id(id)?;
    let credential = world.credential(secret, wanted)?;
    let grant = world.issued(secret, credential, &principal, lifetime, now);
    if let Some(label) = principal.label.as_deref()
        && (faults.contains(&Fault::LabelTaken) || world.has_label(&grant, label, now))
    {
        return Err(Box::new(label_taken(label)));
    }
    let body = json!({
        "grant_id": grant.id, "principal_type": grant.principal, "label": grant.label,
        "created_at": instant(now), "credential_id": grant.credential,
    });
    world.admit(grant, now);
    Ok(Reply::json(201, &body))
}

fn principal(world: &World, fields: &Fields, now: i64) -> Result<Principal, Box<Reply>> {
    let known = ["type", "user_token", "label", "external_group_id", "idp_id"];
    let given = read::required(fields.inner("principal", &known)?, "principal")?;
    let kind = given.needed("type")?;
    let only = |names: &[&str]| match known.iter().find(|name| given.has(name) && !names.contains(name)) {
        Some(extra) => Err(invalid(extra, "extra_forbidden", "Extra inputs are not permitted")),
        None => Ok(()),
    };
    match kind.as_str() {
        "user" => {
            only(&["type", "user_token", "label"])?;
            let token = read::required(given.name("user_token", TOKEN)?, "user_token")?;
            let label = read::required(given.name("label", NAME)?, "label")?;
            Ok(Principal { kind: "user", user: Some(world.user_of(&token, now)?), label: Some(label) })
        }
        "group" => {
            only(&["type", "external_group_id", "idp_id", "label"])?;
            read::required(given.name("external_group_id", NAME)?, "external_group_id")?;
            let idp = read::required(given.name("idp_id", NAME)?, "idp_id")?;
            if Uuid::try_parse(&idp).ok() != Some(world.idp_id) {
                let message = "This app has no such identity provider.";
                return Err(Box::new(Reply::refusal(404, "idp_not_found", message)));
            }
            let label = read::required(given.name("label", NAME)?, "label")?;
            Ok(Principal { kind: "group", user: None, label: Some(label) })
        }
        "system" => {
            only(&["type", "label"])?;
            Ok(Principal { kind: "system", user: None, label: given.name("label", NAME)? })
        }
        "agent" => Err(invalid("principal", "union_tag_invalid", "Grants of agents are made in the portal")),
        _ => Err(invalid("principal", "union_tag_invalid", "Input should be user, group or system")),
    }
}

impl World {
    /// The place of a managed secret in the table, by its id.
    fn secret_by_id(&self, id: &str) -> Result<usize, Box<Reply>> {
        let wanted = Uuid::try_parse(id).ok();
        let found = self.secret_ids.iter().position(|(id, _)| Some(*id) == wanted);
        found.ok_or_else(|| {
            let message = "This app has no such managed secret.";
            Box::new(Reply::refusal(404, "managed_secret_not_found", message))
        })
    }

    /// The developer credentials of a managed secret that its grants use, or could use.
    fn developer_credentials(&self, secret: usize) -> Vec<Uuid> {
        let row = self.providers.secret.get(secret).filter(|row| &*row.credential == "developer");
        let (Some(row), Some((_, both))) = (row, self.secret_ids.get(secret)) else { return Vec::new() };
        both.iter().take(if row.single { 1 } else { 2 }).copied().collect()
    }

    /// The credential that was asked for, or the only one.
    fn credential(&self, secret: usize, wanted: Option<Uuid>) -> Result<Uuid, Box<Reply>> {
        let all = self.developer_credentials(secret);
        let of_user = |id: Uuid| {
            self.grants.iter().any(|grant| {
                grant.credential == id
                    && matches!(&grant.kind, Kind::Secret(kind) if &*kind.credential_kind == "end_user")
            })
        };
        let refuse =
            |status: u16, code: &str, message: &str| Err(Box::new(Reply::refusal(status, code, message)));
        match (wanted, all.as_slice()) {
            (Some(id), all) if all.contains(&id) => Ok(id),
            (Some(id), _) if of_user(id) => {
                let message = "This credential belongs to a user and cannot be assigned.";
                refuse(409, "end_user_credential_not_assignable", message)
            }
            (Some(_), _) | (None, []) => {
                refuse(404, "credential_not_found", "The managed secret has no such credential.")
            }
            (None, [one]) => Ok(*one),
            (None, several) => {
                let listed: Vec<Value> = several
                    .iter()
                    .zip(["live", "backup"])
                    .map(|(id, label)| json!({ "id": id, "label": label }))
                    .collect();
                let body = json!({ "detail": {
                    "error": "credential_id_required", "message": "Several credentials are stored: choose one.",
                    "details": { "credentials": listed },
                }});
                Err(Box::new(Reply::json(409, &body)))
            }
        }
    }

    /// The grant as it will be.
    fn issued(
        &mut self,
        secret: usize,
        credential: Uuid,
        principal: &Principal,
        lifetime: Lifetime,
        now: i64,
    ) -> Grant {
        let label = principal.label.as_deref().map(Arc::from);
        let mut grant = self.secret_grant(secret, credential, label, now);
        (grant.principal, grant.user) = (principal.kind, principal.user);
        grant.grant_expires_at = lifetime.ends(now);
        grant
    }

    /// A grant of a managed secret with a developer's credential, which belongs to nobody yet.
    pub(crate) fn secret_grant(
        &mut self,
        secret: usize,
        credential: Uuid,
        label: Option<Arc<str>>,
        now: i64,
    ) -> Grant {
        let (slug, name) = self
            .providers
            .secret
            .get(secret)
            .map(|row| (Arc::clone(&row.slug), Arc::clone(&row.name)))
            .unwrap_or_default();
        let id = self.secret_ids.get(secret).map(|(id, _)| *id).unwrap_or_default();
        Grant {
            id: uuid(&mut self.rng),
            selector: slug,
            kind: Kind::Secret(Secret {
                id,
                name,
                credential_kind: "developer".into(),
                credential_label: None,
            }),
            status: "active",
            account: None,
            label,
            created_at: now,
            last_used_at: None,
            expires_at: None,
            grant_expires_at: None,
            delegated_at: None,
            principal: "system",
            user: None,
            holder: None,
            credential,
            policy: None,
            parent: None,
            depth: 0,
            delegable: false,
            scope_constraint: None,
            user_limits: false,
            written: None,
        }
    }
}
