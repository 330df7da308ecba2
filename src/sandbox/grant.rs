//! A grant as the backend stores it, and the item it shows to each kind of caller.
//!
//! Fields and their rules: docs/protocol/grants.md section 1.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// An agent that holds a grant: its index and its id.
pub(super) type AgentRef = (usize, Uuid);

/// Instants are Unix seconds.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "the protocol's own names")]
pub(super) struct Grant {
    pub(super) id: Uuid,
    /// The provider's id or the managed secret's slug: what `provider_id` filters.
    pub(super) selector: Arc<str>,
    pub(super) kind: Kind,
    pub(super) status: &'static str,
    pub(super) account: Option<Arc<str>>,
    pub(super) label: Option<Arc<str>>,
    pub(super) created_at: i64,
    pub(super) last_used_at: Option<i64>,
    pub(super) expires_at: Option<i64>,
    pub(super) grant_expires_at: Option<i64>,
    pub(super) delegated_at: Option<i64>,
    pub(super) principal: &'static str,
    /// The end user behind it, by index; children keep their root's.
    pub(super) user: Option<usize>,
    pub(super) holder: Option<AgentRef>,
    pub(super) credential: Uuid,
    pub(super) policy: Option<Arc<Value>>,
    pub(super) parent: Option<Uuid>,
    pub(super) depth: u8,
    pub(super) delegable: bool,
    pub(super) scope_constraint: Option<Vec<Arc<str>>>,
    /// Whether its user has set limits; the list does not say so (docs/protocol/calls.md, "Which mode").
    pub(super) user_limits: bool,
    /// The operator's item, and whether it was written before or after the permission ended.
    pub(super) written: Option<(bool, Bytes)>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Oauth(Oauth),
    Secret(Secret),
}

#[derive(Debug, Clone)]
pub(super) struct Oauth {
    pub(super) scopes: Vec<Arc<str>>,
    pub(super) display_name: Option<Arc<str>>,
    pub(super) api_base_url: Option<String>,
    pub(super) scope_mismatch: bool,
    pub(super) needs_reconnect: bool,
    pub(super) delegated_agents: Vec<Uuid>,
    /// How often the connection was made again: each time the credential is another.
    pub(super) renewals: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) id: Uuid,
    pub(super) name: Arc<str>,
    pub(super) credential_kind: Arc<str>,
    pub(super) credential_label: Option<Arc<str>>,
}

/// Who looks at a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Operator,
    Agent,
}

#[derive(Serialize)]
struct OauthItem<'grant> {
    grant_kind: &'static str,
    grant_id: Uuid,
    provider_id: &'grant str,
    scopes: &'grant [Arc<str>],
    account_identifier: Option<&'grant str>,
    account_display_name: Option<&'grant str>,
    api_base_url: Option<&'grant str>,
    status: &'static str,
    scope_mismatch: bool,
    needs_reconnect: bool,
    expires_at: Option<String>,
    grant_expires_at: Option<String>,
    created_at: String,
    last_used_at: Option<String>,
    principal_type: &'static str,
    access_via: &'static str,
    delegated_at: Option<String>,
    delegated_agent_ids: &'grant [Uuid],
    label: Option<&'grant str>,
    credential_id: Uuid,
    grant_policy: Option<&'grant Value>,
    parent_grant_id: Option<Uuid>,
    depth: u8,
    delegable: bool,
    scope_constraint: Option<&'grant [Arc<str>]>,
}

#[derive(Serialize)]
struct SecretItem<'grant> {
    grant_kind: &'static str,
    grant_id: Uuid,
    managed_secret_id: Uuid,
    managed_secret_slug: &'grant str,
    managed_secret_name: &'grant str,
    agent_id: Option<Uuid>,
    account_identifier: Option<&'grant str>,
    label: Option<&'grant str>,
    status: &'static str,
    expires_at: Option<String>,
    grant_expires_at: Option<String>,
    created_at: String,
    last_used_at: Option<String>,
    principal_type: &'static str,
    access_via: &'static str,
    delegated_at: Option<String>,
    credential_id: Uuid,
    credential_kind: &'grant str,
    credential_label: Option<&'grant str>,
    grant_policy: Option<&'grant Value>,
    parent_grant_id: Option<Uuid>,
    depth: u8,
    delegable: bool,
    scope_constraint: Option<&'grant [Arc<str>]>,
}

impl Grant {
    /// The status as shown: an active grant reads `expired` from the instant its permission ends.
    pub(super) fn status_at(&self, now: i64) -> &'static str {
        if self.status == "active" && self.ended(now) { "expired" } else { self.status }
    }

    /// Note a use.
    pub(super) fn use_at(&mut self, now: i64) {
        self.last_used_at = Some(now);
        self.written = None;
    }

    fn ended(&self, now: i64) -> bool {
        self.grant_expires_at.is_some_and(|end| end <= now)
    }

    /// The operator's item; written once and again only when the permission ends.
    pub(super) fn operator_item(&mut self, now: i64) -> Bytes {
        let ended = self.ended(now);
        match &self.written {
            Some((before, bytes)) if *before == ended => bytes.clone(),
            _ => {
                let bytes = self.item(View::Operator, now);
                self.written = Some((ended, bytes.clone()));
                bytes
            }
        }
    }

    /// The item as `view` sees it.
    pub(super) fn item(&self, view: View, now: i64) -> Bytes {
        let delegated = view == View::Agent && self.parent.is_some();
        let delegated_at = self.delegated_at.filter(|_| delegated).map(instant);
        let ownership = |delegation: &'static str| if delegated { delegation } else { "ownership" };
        let written = match &self.kind {
            Kind::Oauth(oauth) => serde_json::to_vec(&OauthItem {
                grant_kind: "oauth",
                grant_id: self.id,
                provider_id: &self.selector,
                scopes: &oauth.scopes,
                account_identifier: self.account.as_deref(),
                account_display_name: oauth.display_name.as_deref(),
                api_base_url: oauth.api_base_url.as_deref(),
                status: self.status_at(now),
                scope_mismatch: oauth.scope_mismatch,
                needs_reconnect: oauth.needs_reconnect,
                expires_at: self.expires_at.map(instant),
                grant_expires_at: self.grant_expires_at.map(instant),
                created_at: instant(self.created_at),
                last_used_at: self.last_used_at.map(instant),
                principal_type: self.principal,
                access_via: ownership("oauth_delegation"),
                delegated_at,
                delegated_agent_ids: if view == View::Agent { &[] } else { &oauth.delegated_agents },
                label: self.label.as_deref(),
                credential_id: self.credential,
                grant_policy: self.policy.as_deref(),
                parent_grant_id: self.parent,
                depth: self.depth,
                delegable: self.delegable,
                scope_constraint: self.scope_constraint.as_deref(),
            }),
            Kind::Secret(secret) => serde_json::to_vec(&SecretItem {
                grant_kind: "managed_secret",
                grant_id: self.id,
                managed_secret_id: secret.id,
                managed_secret_slug: &self.selector,
                managed_secret_name: &secret.name,
                agent_id: self.holder.map(|(_, id)| id),
                account_identifier: self.account.as_deref(),
                label: self.label.as_deref(),
                status: self.status_at(now),
                expires_at: self.expires_at.map(instant),
                grant_expires_at: self.grant_expires_at.map(instant),
                created_at: instant(self.created_at),
                last_used_at: self.last_used_at.map(instant),
                principal_type: self.principal,
                access_via: ownership("ms_delegation"),
                delegated_at,
                credential_id: self.credential,
                credential_kind: &secret.credential_kind,
                credential_label: secret.credential_label.as_deref(),
                grant_policy: self.policy.as_deref(),
                parent_grant_id: self.parent,
                depth: self.depth,
                delegable: self.delegable,
                scope_constraint: self.scope_constraint.as_deref(),
            }),
        };
        // Neither struct has a map with keys that are not strings, the only thing that cannot be written.
        written.unwrap_or_default().into()
    }
}

/// An instant as the wire writes it: `2026-01-01T08:00:00Z`.
pub(super) fn instant(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| String::new(), |instant| instant.to_string())
}
