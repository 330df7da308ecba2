//! A grant as returned by the list (docs/protocol/grants.md section 1).

use std::sync::Arc;

use super::{AccessVia, GrantKind, Moment, Origin, PrincipalType, Reference, RowId, Status, policy};

/// A row of the list. It is kept small, because a list may have 100,000 rows: repeated texts are shared, and
/// rare fields are behind one pointer in [`Extra`].
///
/// All texts are as received and untrusted: show them through [`super::Clean`].
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Identity of the row; the grant id if it is readable.
    pub row: RowId,
    /// `grant_kind`.
    pub kind: GrantKind,
    /// `provider_id` or `managed_secret_slug`, as used in calls and filters. Empty if unreadable.
    pub provider: Arc<str>,
    /// `status`, as the backend says it. For people, use [`super::Health`].
    pub status: Status,
    /// `account_identifier`: the account at the provider.
    pub account_identifier: Option<Box<str>>,
    /// `account_display_name` (OAuth only).
    pub account_display_name: Option<Box<str>>,
    /// `label`: tells siblings apart.
    pub label: Option<Arc<str>>,
    /// `scopes`: provider scopes held (OAuth only; empty for managed secrets).
    pub scopes: Arc<[Arc<str>]>,
    /// `scope_mismatch`: the app now needs more than was granted.
    pub scope_mismatch: bool,
    /// `needs_reconnect`: active, but the stored credential is broken.
    pub needs_reconnect: bool,
    /// `delegable`: may be delegated onward.
    pub delegable: bool,
    /// `depth`: hops from the root of its delegation tree. Stored as received, even if negative.
    pub depth: i32,
    /// `expires_at`: the provider *token's* expiry; refreshed automatically, not the end of the grant.
    pub expires_at: Option<Moment>,
    /// `grant_expires_at`: the end of the *permission*. `None` = until revoked.
    pub grant_expires_at: Option<Moment>,
    /// `created_at`. Only `None` if the row is partly unreadable.
    pub created_at: Option<Moment>,
    /// `last_used_at`.
    pub last_used_at: Option<Moment>,
    /// `principal_type`: the owner.
    pub principal_type: PrincipalType,
    /// `access_via`: how this caller has access to it.
    pub access_via: AccessVia,
    /// `parent_grant_id`: the grant this was delegated from. `None` = root.
    pub parent_grant_id: Option<Reference>,
    /// `credential_id`: shared by the siblings of one connection.
    pub credential_id: Option<Reference>,
    /// Set for managed secrets, if readable.
    pub secret: Option<Box<ManagedSecret>>,
    /// Rare fields.
    pub extra: Option<Box<Extra>>,
}

/// Fields of managed secrets only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedSecret {
    /// `managed_secret_id`: path segment for creating grants on it.
    pub id: Box<str>,
    /// `managed_secret_name`: display name, not unique.
    pub name: Box<str>,
    /// `agent_id`: the owner when the principal is an agent.
    pub agent_id: Option<Reference>,
    /// `credential_kind`: `developer` or `end_user`, as received; `None` if neither.
    pub credential_kind: Option<Arc<str>>,
    /// `credential_label`.
    pub credential_label: Option<Arc<str>>,
}

/// Rare fields, boxed to keep [`Grant`] small.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra {
    /// `api_base_url`: bare origin `https://host` for providers whose host depends on the account.
    pub api_base_url: Option<Origin>,
    /// `delegated_at` (agent view).
    pub delegated_at: Option<Moment>,
    /// `delegated_agent_ids` (operator view).
    pub delegated_agent_ids: Vec<Reference>,
    /// `grant_policy`, of any form.
    pub grant_policy: Option<JsonText>,
    /// `scope_constraint`: narrowed provider scopes. `None` = inherited.
    pub scope_constraint: Option<Arc<[Arc<str>]>>,
    /// Unknown fields of a newer backend: name and value, in the order received.
    pub unknown_fields: Vec<(Box<str>, JsonText)>,
    /// What could not be read, in the order found. If not empty, the row is flagged.
    pub oddities: Vec<Oddity>,
}

/// A JSON value as compact text. Untrusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText(pub Box<str>);

/// Something in a row that this program could not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The field name on the wire; empty for the whole row.
    pub field: Box<str>,
    /// What was wrong, for people: "expected a list of texts, found null".
    pub problem: Box<str>,
}

impl Grant {
    /// Whether it is an agent's: delegated, or held by one.
    pub fn is_agents(&self) -> bool {
        self.parent_grant_id.is_some() || self.principal_type == PrincipalType::Agent
    }

    /// A row with nothing but its identity, for parsers to fill in.
    pub fn blank(row: RowId) -> Self {
        Self {
            row,
            kind: GrantKind::Oauth,
            provider: Arc::from(""),
            status: Status::Active,
            account_identifier: None,
            account_display_name: None,
            label: None,
            scopes: Arc::from([]),
            scope_mismatch: false,
            needs_reconnect: false,
            delegable: false,
            depth: 0,
            expires_at: None,
            grant_expires_at: None,
            created_at: None,
            last_used_at: None,
            principal_type: PrincipalType::User,
            access_via: AccessVia::Ownership,
            parent_grant_id: None,
            credential_id: None,
            secret: None,
            extra: None,
        }
    }

    /// Returns the extra part, creating it if needed.
    pub fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_with(Box::default)
    }

    /// What could not be read in this row.
    pub fn oddities(&self) -> &[Oddity] {
        self.extra.as_ref().map_or(&[], |extra| &extra.oddities)
    }

    /// `grant_policy`, if any.
    pub fn grant_policy(&self) -> Option<&JsonText> {
        self.extra.as_ref()?.grant_policy.as_ref()
    }

    /// Whether the backend never hands out its credential, as far as the list shows (docs/protocol/grants.md
    /// section 1, "proxy only"): it is delegated, narrowed, or has rules.
    pub fn is_proxy_only(&self) -> bool {
        self.parent_grant_id.is_some()
            || self.scope_constraint().is_some()
            || self.grant_policy().is_some_and(policy::is_proxy_only)
    }

    /// `scope_constraint`, if any.
    pub fn scope_constraint(&self) -> Option<&[Arc<str>]> {
        self.extra.as_ref()?.scope_constraint.as_deref()
    }

    /// `api_base_url`, if any.
    pub fn api_base_url(&self) -> Option<&Origin> {
        self.extra.as_ref()?.api_base_url.as_ref()
    }

    /// `delegated_agent_ids`; usually empty.
    pub fn delegated_agent_ids(&self) -> &[Reference] {
        self.extra.as_ref().map_or(&[], |extra| &extra.delegated_agent_ids)
    }

    /// The best name for people: the account's display name, else its identifier, else the secret's name or
    /// label. Empty if there is none.
    pub fn account(&self) -> &str {
        self.account_identifier
            .as_deref()
            .or(self.account_display_name.as_deref())
            .or_else(|| self.secret.as_deref().map(|secret| secret.name.as_ref()))
            .filter(|name| !name.is_empty())
            .or(self.label.as_deref())
            .unwrap_or("")
    }
}
