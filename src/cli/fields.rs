//! The fields of a grant by name: those of the protocol (docs/protocol/grants.md section 1, both kinds) and a few of
//! our own.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};
use uuid::Uuid;

use super::output::json;
use crate::domain::suggest::nearest;
use crate::domain::{Grant, Health, Moment, Now, Origin, Reference, RowId};

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the protocol's, explained there")]
pub enum Field {
    GrantId,
    GrantKind,
    ProviderId,
    ManagedSecretId,
    ManagedSecretSlug,
    ManagedSecretName,
    AccountIdentifier,
    AccountDisplayName,
    Label,
    Status,
    /// Derived: see [`Health`].
    Health,
    Scopes,
    ScopeMismatch,
    NeedsReconnect,
    ExpiresAt,
    GrantExpiresAt,
    CreatedAt,
    LastUsedAt,
    PrincipalType,
    AccessVia,
    AgentId,
    DelegatedAt,
    DelegatedAgentIds,
    CredentialId,
    CredentialKind,
    CredentialLabel,
    ApiBaseUrl,
    GrantPolicy,
    ParentGrantId,
    Depth,
    Delegable,
    ScopeConstraint,
    /// Ours: `provider_id` or `managed_secret_slug`.
    Provider,
    /// Ours: the best name of the account.
    Account,
    /// Ours: what could not be read of the row.
    Unreadable,
}

/// What a field holds.
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Cow<'a, str>),
    Id(Uuid),
    Moment(&'a Moment),
    Texts(&'a [Arc<str>]),
    List(Vec<Cow<'a, str>>),
    /// JSON as received.
    Json(&'a str),
}

impl Field {
    /// Fields that `--output csv` shows unless told otherwise.
    pub(super) const CSV: [Self; 12] = [
        Self::GrantId,
        Self::GrantKind,
        Self::Provider,
        Self::Account,
        Self::Label,
        Self::Status,
        Self::Health,
        Self::PrincipalType,
        Self::Scopes,
        Self::GrantExpiresAt,
        Self::LastUsedAt,
        Self::CreatedAt,
    ];

    /// Fields of the table that a person sees.
    pub(super) const TABLE: [Self; 6] =
        [Self::Provider, Self::Account, Self::Label, Self::Health, Self::LastUsedAt, Self::GrantId];

    /// The stable name.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Reads a `--fields` list.
    ///
    /// # Errors
    /// The sentence for the user: which name is unknown, and which one is near.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let fields: Vec<Self> = names.map(Self::parse).collect::<Result<_, _>>()?;
        if fields.is_empty() { Err("name at least one field".to_owned()) } else { Ok(fields) }
    }

    fn parse(name: &str) -> Result<Self, String> {
        if let Some(field) = Self::iter().find(|field| field.name() == name) {
            return Ok(field);
        }
        let mut sentence = format!("no field is called `{}`", crate::domain::Clean::line(name));
        if let Some(near) = nearest(name, Self::iter().map(Self::name)) {
            let _ = write!(sentence, "; did you mean `{near}`?");
        } else {
            let known: Vec<&str> = Self::iter().map(Self::name).collect();
            let _ = write!(sentence, "; there are {}", known.join(", "));
        }
        Err(sentence)
    }

    /// Not a field of the wire, but made here.
    fn is_ours(self) -> bool {
        matches!(self, Self::Provider | Self::Account | Self::Health | Self::Unreadable)
    }

    /// Whether grants of this kind have it; those of an unknown kind may have any.
    pub(super) fn belongs_to(self, grant: &Grant) -> bool {
        match self {
            Self::Provider | Self::Account => false,
            Self::Unreadable => !grant.oddities().is_empty(),
            Self::ProviderId
            | Self::AccountDisplayName
            | Self::Scopes
            | Self::ScopeMismatch
            | Self::NeedsReconnect
            | Self::ApiBaseUrl
            | Self::DelegatedAgentIds => grant.secret.is_none(),
            Self::ManagedSecretId
            | Self::ManagedSecretSlug
            | Self::ManagedSecretName
            | Self::AgentId
            | Self::CredentialKind
            | Self::CredentialLabel => grant.secret.is_some(),
            _ => true,
        }
    }

    /// What a grant holds under it: values as received, null where there is none or its kind has none.
    pub(super) fn value<'a>(self, grant: &'a Grant, now: Now) -> Value<'a> {
        if !self.is_ours() && !self.belongs_to(grant) {
            return Value::Null;
        }
        let extra = grant.extra.as_deref();
        let secret = grant.secret.as_deref();
        let moment = |moment: Option<&'a Moment>| moment.map_or(Value::Null, Value::Moment);
        let reference = |reference: Option<&'a Reference>| match reference {
            None => Value::Null,
            Some(Reference::Id(id)) => Value::Id(*id),
            Some(Reference::Text(text)) => borrowed(text),
        };
        match self {
            Self::GrantId => match grant.row {
                RowId::Grant(id) => Value::Id(id.0),
                RowId::Unreadable(_) => received(grant, "grant_id"),
            },
            Self::GrantKind => borrowed(grant.kind.as_str()),
            Self::ProviderId | Self::ManagedSecretSlug | Self::Provider => borrowed(&grant.provider),
            Self::Account => borrowed(grant.account()),
            Self::ManagedSecretId => secret.map_or(Value::Null, |secret| borrowed(&secret.id)),
            Self::ManagedSecretName => secret.map_or(Value::Null, |secret| borrowed(&secret.name)),
            Self::AccountIdentifier => maybe(grant.account_identifier.as_deref()),
            Self::AccountDisplayName => maybe(grant.account_display_name.as_deref()),
            Self::Label => maybe(grant.label.as_deref()),
            Self::Status => borrowed(grant.status.as_str()),
            Self::Health => borrowed(Health::of(grant, now.wall).name()),
            Self::Scopes => Value::Texts(&grant.scopes),
            Self::ScopeMismatch => Value::Bool(grant.scope_mismatch),
            Self::NeedsReconnect => Value::Bool(grant.needs_reconnect),
            Self::ExpiresAt => moment(grant.expires_at.as_ref()),
            Self::GrantExpiresAt => moment(grant.grant_expires_at.as_ref()),
            Self::CreatedAt => moment(grant.created_at.as_ref()),
            Self::LastUsedAt => moment(grant.last_used_at.as_ref()),
            Self::PrincipalType => borrowed(grant.principal_type.as_str()),
            Self::AccessVia => borrowed(grant.access_via.as_str()),
            Self::AgentId => reference(secret.and_then(|secret| secret.agent_id.as_ref())),
            Self::DelegatedAt => moment(extra.and_then(|extra| extra.delegated_at.as_ref())),
            Self::DelegatedAgentIds => {
                Value::List(grant.delegated_agent_ids().iter().map(|id| id.to_string().into()).collect())
            }
            Self::CredentialId => reference(grant.credential_id.as_ref()),
            Self::CredentialKind => maybe(secret.and_then(|secret| secret.credential_kind.as_deref())),
            Self::CredentialLabel => maybe(secret.and_then(|secret| secret.credential_label.as_deref())),
            Self::ApiBaseUrl => maybe(grant.api_base_url().map(Origin::as_str)),
            Self::GrantPolicy => grant.grant_policy().map_or(Value::Null, |policy| Value::Json(&policy.0)),
            Self::ParentGrantId => reference(grant.parent_grant_id.as_ref()),
            Self::Depth => Value::Number(grant.depth.into()),
            Self::Delegable => Value::Bool(grant.delegable),
            Self::ScopeConstraint => grant.scope_constraint().map_or(Value::Null, Value::Texts),
            Self::Unreadable => Value::List(
                grant
                    .oddities()
                    .iter()
                    .map(|oddity| match &*oddity.field {
                        "" => oddity.problem.to_string().into(),
                        field => format!("{field}: {}", oddity.problem).into(),
                    })
                    .collect(),
            ),
        }
    }

    /// The value as one piece of text for tables.
    pub(super) fn plain(self, grant: &Grant, now: Now) -> Cow<'_, str> {
        self.value(grant, now).plain(self)
    }
}

impl<'a> Value<'a> {
    /// The value of a field as one piece of text: lists with blanks between, null as nothing.
    pub(super) fn plain(self, field: Field) -> Cow<'a, str> {
        match self {
            Self::Null => "".into(),
            Self::Bool(value) => if value { "true" } else { "false" }.into(),
            Self::Number(value) => value.to_string().into(),
            Self::Text(text) => text,
            Self::Id(id) => id.to_string().into(),
            Self::Moment(moment) => moment.to_string().into(),
            Self::Texts(items) => items.join(" ").into(),
            Self::List(items) if field == Field::Unreadable => items.join("; ").into(),
            Self::List(items) => items.join(" ").into(),
            Self::Json(json) => json::unquoted(json).into(),
        }
    }
}

/// A field that could not be read as what it is, as it came.
fn received<'a>(grant: &'a Grant, name: &str) -> Value<'a> {
    let unknown = grant.extra.as_deref().map_or(&[][..], |extra| &extra.unknown_fields);
    let found = unknown.iter().find(|(field, _)| &**field == name);
    found.map_or(Value::Null, |(_, json)| Value::Json(&json.0))
}

fn borrowed(value: &str) -> Value<'_> {
    Value::Text(value.into())
}

fn maybe(value: Option<&str>) -> Value<'_> {
    value.map_or(Value::Null, borrowed)
}
