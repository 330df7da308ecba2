//! A grant as the list shows it (docs/protocol/grants.md section 1).

use std::sync::Arc;

use super::{AccessVia, GrantKind, Moment, Origin, PrincipalType, Reference, RowId, Status, policy};

/// One row of the list. Small on purpose: a list may have 100,000 of them, so repeated texts are shared and
/// what few rows have lives behind one pointer in [`Extra`].
///
/// All texts are as received, untrusted: show them through [`super::Clean`].
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Identity of the row; the grant's id where it could be read.
    pub row: RowId,
    /// `grant_kind`.
    pub kind: GrantKind,
    /// `provider_id`, or `managed_secret_slug`: what calls and filters name. Empty where it could not be read.
    pub provider: Arc<str>,
    /// `status`, the backend's word. For people, use [`super::Health`].
    pub status: Status,
    /// `account_identifier`: the account at the provider.
    pub account_identifier: Option<Box<str>>,
    /// `account_display_name` (OAuth only).
    pub account_display_name: Option<Box<str>>,
    /// `label`: the name of this sibling.
    pub label: Option<Arc<str>>,
    /// `scopes`: provider scopes held (OAuth only; empty for managed secrets).
    pub scopes: Arc<[Arc<str>]>,
    /// `scope_mismatch`: the app now needs more than was granted.
    pub scope_mismatch: bool,
    /// `needs_reconnect`: active, but the provider credential is broken.
    pub needs_reconnect: bool,
    /// `delegable`: may be delegated onward.
    pub delegable: bool,
    /// `depth`: hops from the root of its delegation tree. Kept as it came, negatives included.
    pub depth: i32,
    /// `expires_at`: the provider *token's* expiry; refreshed automatically, not the end of the grant.
    pub expires_at: Option<Moment>,
    /// `grant_expires_at`: the end of the *permission*. None = until revoked.
    pub grant_expires_at: Option<Moment>,
    /// `created_at`. None only where the row could not be read in full.
    pub created_at: Option<Moment>,
    /// `last_used_at`.
    pub last_used_at: Option<Moment>,
    /// `principal_type`: the owner.
    pub principal_type: PrincipalType,
    /// `access_via`: how this caller reaches it.
    pub access_via: AccessVia,
    /// `parent_grant_id`: the grant this was delegated from. None = root.
    pub parent_grant_id: Option<Reference>,
    /// `credential_id`: shared by the siblings of one connection.
    pub credential_id: Option<Reference>,
    /// Present exactly for managed secrets that could be read.
    pub secret: Option<Box<ManagedSecret>>,
    /// What few rows have.
    pub extra: Option<Box<Extra>>,
}

/// The fields that only a managed secret has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedSecret {
    /// `managed_secret_id`: path segment for creating grants on it.
    pub id: Box<str>,
    /// `managed_secret_name`: display name, not unique.
    pub name: Box<str>,
    /// `agent_id`: the owner when the principal is an agent.
    pub agent_id: Option<Reference>,
    /// `credential_kind`: `developer` or `end_user`, as received; None when it was neither.
    pub credential_kind: Option<Arc<str>>,
    /// `credential_label`.
    pub credential_label: Option<Arc<str>>,
}

/// What few rows have, so that the others do not pay for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra {
    /// `api_base_url`: bare origin `https://host` for providers whose host depends on the account.
    pub api_base_url: Option<Origin>,
    /// `delegated_at` (agent view).
    pub delegated_at: Option<Moment>,
    /// `delegated_agent_ids` (operator view).
    pub delegated_agent_ids: Vec<Reference>,
    /// `grant_policy`, free form.
    pub grant_policy: Option<JsonText>,
    /// `scope_constraint`: narrowed provider scopes. None = inherits.
    pub scope_constraint: Option<Arc<[Arc<str>]>>,
    /// Fields of a newer backend: name and value, in the order received.
    pub unknown_fields: Vec<(Box<str>, JsonText)>,
    /// What could not be read, in the order found. Not empty = the row carries a mark.
    pub oddities: Vec<Oddity>,
}

/// A JSON value as compact text. Untrusted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText(pub Box<str>);

/// One thing about a row that this program could not read, and what it did about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// The wire's field name, empty for the row as a whole.
    pub field: Box<str>,
    /// What was wrong, for people: "expected a list of texts, found null".
    pub problem: Box<str>,
}

impl Grant {
    /// A row about which nothing is known yet but its identity: the base that parsers fill in.
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

    /// The extra part, made when it was missing.
    pub fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_with(Box::default)
    }

    /// What could not be read of this row.
    pub fn oddities(&self) -> &[Oddity] {
        self.extra.as_ref().map_or(&[], |extra| &extra.oddities)
    }

    /// `grant_policy`, where there is one.
    pub fn grant_policy(&self) -> Option<&JsonText> {
        self.extra.as_ref()?.grant_policy.as_ref()
    }

    /// Whether the backend hands its credential to nobody, as far as the list tells (docs/protocol/grants.md section 1,
    /// "proxy only"): delegated, narrowed, or with rules.
    pub fn is_proxy_only(&self) -> bool {
        self.parent_grant_id.is_some()
            || self.scope_constraint().is_some()
            || self.grant_policy().is_some_and(policy::is_proxy_only)
    }

    /// `scope_constraint`, where there is one.
    pub fn scope_constraint(&self) -> Option<&[Arc<str>]> {
        self.extra.as_ref()?.scope_constraint.as_deref()
    }

    /// `api_base_url`, where there is one.
    pub fn api_base_url(&self) -> Option<&Origin> {
        self.extra.as_ref()?.api_base_url.as_ref()
    }

    /// `delegated_agent_ids`; empty for most.
    pub fn delegated_agent_ids(&self) -> &[Reference] {
        self.extra.as_ref().map_or(&[], |extra| &extra.delegated_agent_ids)
    }

    /// The best name for people: display name of the account, else its identifier, else the secret's name or
    /// label. Empty where the row has none of them.
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
