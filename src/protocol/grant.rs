//! Converts a row of the list to a [`Grant`] (docs/protocol/grants.md section 1). Coercions are those of the official
//! SDK wherever it accepts a row. Where it refuses one, and with it the whole list, the row is kept as far as possible,
//! with an [`Oddity`] for each invalid field.

use std::borrow::Cow;
use std::sync::Arc;

use super::lenient;
use super::row::{Field, Reader, Row};
use super::wire_value::WireValue;
use crate::domain::{
    AccessVia, Extra, Grant, GrantId, GrantKind, Interner, ManagedSecret, Moment, Oddity, Origin,
    PrincipalType, Reference, RowId, Status,
};

/// Converts a row. A row without a usable id gets [`RowId::Unreadable`] with number 0, which the page replaces.
pub(crate) fn convert(row: &mut Row<'_>, reader: &mut Reader) -> Grant {
    let grant = reader.blank.get_or_insert_with(unknown_grant).clone();
    let mut convert = Converter { row, interner: &mut reader.interner, extra: Extra::default() };
    let mut grant = convert.grant(grant);
    convert.extra.unknown_fields.append(&mut convert.row.unknown);
    if convert.extra != Extra::default() {
        grant.extra = Some(Box::new(convert.extra));
    }
    grant
}

/// A row whose JSON cannot be parsed.
pub(crate) fn unreadable(problem: &str) -> Grant {
    let mut grant = unknown_grant();
    grant.extra_mut().oddities.push(Oddity { field: "".into(), problem: problem.into() });
    grant
}

/// A grant about which nothing is known; it must not look like a healthy OAuth grant.
fn unknown_grant() -> Grant {
    let mut grant = Grant::blank(RowId::Unreadable(0));
    let nothing: Arc<str> = Arc::from("");
    grant.kind = GrantKind::Other(Arc::clone(&nothing));
    grant.status = Status::Other(Arc::clone(&nothing));
    grant.principal_type = PrincipalType::Other(nothing);
    grant
}

struct Converter<'a, 'de> {
    row: &'a mut Row<'de>,
    interner: &'a mut Interner,
    extra: Extra,
}

impl<'de> Converter<'_, 'de> {
    fn grant(&mut self, mut grant: Grant) -> Grant {
        if let Some(instead) = self.row.instead {
            return unreadable(&format!("expected an object, found {instead}"));
        }
        grant.kind = self.kind();
        // Without a known kind, the fields present decide what can be shown.
        let is_secret = match &grant.kind {
            GrantKind::Oauth => false,
            GrantKind::ManagedSecret => true,
            GrantKind::Other(_) => {
                matches!(self.row.peek(Field::ManagedSecretSlug), WireValue::Text(_))
                    && !matches!(self.row.peek(Field::ProviderId), WireValue::Text(_))
            }
        };
        self.common(&mut grant, is_secret);
        if is_secret {
            self.secret(&mut grant);
        } else {
            self.oauth(&mut grant);
        }
        grant
    }

    fn kind(&mut self) -> GrantKind {
        match self.row.take(Field::GrantKind) {
            WireValue::Text(word) => {
                let kind = GrantKind::new(&word);
                if !kind.is_known() {
                    self.odd(Field::GrantKind, "a kind that this version does not know");
                }
                kind
            }
            other => {
                self.expected(Field::GrantKind, "a text", &other);
                GrantKind::Other(Arc::from(""))
            }
        }
    }

    fn common(&mut self, grant: &mut Grant, is_secret: bool) {
        grant.row = self.row_id();
        if let Some(word) = self.required(Field::Status) {
            grant.status = match Status::new(&word) {
                Status::Other(_) => Status::Other(self.interner.text(&word)),
                known => known,
            };
        }
        grant.created_at = self.required(Field::CreatedAt).map(|text| Moment::new(&text));
        self.principal(grant, is_secret);
        grant.account_identifier = self.optional(Field::AccountIdentifier).map(boxed);
        grant.last_used_at = self.optional(Field::LastUsedAt).map(|text| Moment::new(&text));
        self.extra.delegated_at = self.optional(Field::DelegatedAt).map(|text| Moment::new(&text));
        grant.label = self.coerced(Field::Label).map(|text| self.interner.text(&text));
        grant.expires_at = self.coerced(Field::ExpiresAt).map(|text| Moment::new(&text));
        grant.grant_expires_at = self.coerced(Field::GrantExpiresAt).map(|text| Moment::new(&text));
        grant.parent_grant_id = self.coerced(Field::ParentGrantId).map(|text| Reference::new(&text));
        grant.credential_id = self.coerced(Field::CredentialId).map(|text| Reference::new(&text));
        grant.delegable = matches!(self.row.take(Field::Delegable), WireValue::Bool(true));
        grant.depth = self.depth();
        if let WireValue::Raw(json) = self.row.take(Field::GrantPolicy)
            && json.0.starts_with('{')
        {
            self.extra.grant_policy = Some(json);
        }
        if let WireValue::List(items, odd) = self.row.take(Field::ScopeConstraint) {
            if odd {
                self.odd(Field::ScopeConstraint, "something in the list is no text");
            }
            self.extra.scope_constraint = Some(items);
        }
    }

    fn oauth(&mut self, grant: &mut Grant) {
        if let Some(provider) = self.required(Field::ProviderId) {
            grant.provider = self.interner.text(&provider);
        }
        grant.account_display_name = self.optional(Field::AccountDisplayName).map(boxed);
        grant.scopes = self.list(Field::Scopes);
        grant.scope_mismatch = self.flag(Field::ScopeMismatch);
        grant.needs_reconnect = self.flag(Field::NeedsReconnect);
        let agents = self.list(Field::DelegatedAgentIds);
        self.extra.delegated_agent_ids = agents.iter().map(|id| Reference::new(id)).collect();
        self.extra.api_base_url = self.coerced(Field::ApiBaseUrl).and_then(|text| Origin::parse(&text));
        self.keep(&[
            Field::ManagedSecretId,
            Field::ManagedSecretSlug,
            Field::ManagedSecretName,
            Field::AgentId,
            Field::CredentialKind,
            Field::CredentialLabel,
        ]);
    }

    fn secret(&mut self, grant: &mut Grant) {
        if let Some(slug) = self.required(Field::ManagedSecretSlug) {
            grant.provider = self.interner.text(&slug);
        }
        let kind = match self.row.peek(Field::CredentialKind) {
            WireValue::Text(word) if matches!(word.as_ref(), "developer" | "end_user") => {
                self.coerced(Field::CredentialKind)
            }
            _ => None,
        };
        grant.secret = Some(Box::new(ManagedSecret {
            id: self.required(Field::ManagedSecretId).unwrap_or_default().into(),
            name: self.required(Field::ManagedSecretName).unwrap_or_default().into(),
            agent_id: self.optional(Field::AgentId).map(|text| Reference::new(&text)),
            credential_kind: kind.map(|word| self.interner.text(&word)),
            credential_label: self.coerced(Field::CredentialLabel).map(|text| self.interner.text(&text)),
        }));
        // The SDK drops an unknown kind; here it is kept among the unknown fields.
        self.keep(&[
            Field::CredentialKind,
            Field::ProviderId,
            Field::Scopes,
            Field::AccountDisplayName,
            Field::ApiBaseUrl,
            Field::ScopeMismatch,
            Field::NeedsReconnect,
            Field::DelegatedAgentIds,
        ]);
    }

    fn row_id(&mut self) -> RowId {
        let Some(text) = self.required(Field::GrantId) else { return RowId::Unreadable(0) };
        if let Some(id) = GrantId::parse(&text) {
            return RowId::Grant(id);
        }
        // The SDK accepts any text here, but calls accept only a UUID.
        self.odd(Field::GrantId, "not a UUID, so it cannot be used in a call");
        if let Some(json) = WireValue::Text(text).to_json() {
            self.extra.unknown_fields.push((Field::GrantId.name().into(), json));
        }
        RowId::Unreadable(0)
    }

    fn principal(&mut self, grant: &mut Grant, is_secret: bool) {
        if let Some(word) = self.required(Field::PrincipalType) {
            grant.principal_type = PrincipalType::new(&word);
            let fits = match grant.principal_type {
                PrincipalType::Other(_) => false,
                PrincipalType::Group => is_secret,
                _ => true,
            };
            if !fits {
                self.odd(Field::PrincipalType, "an owner that this version does not know for this kind");
            }
        }
        match self.row.take(Field::AccessVia) {
            WireValue::Absent => {}
            WireValue::Text(word) => {
                grant.access_via = AccessVia::new(&word);
                let fits = match grant.access_via {
                    AccessVia::Ownership => true,
                    AccessVia::OauthDelegation => !is_secret,
                    AccessVia::MsDelegation => is_secret,
                    AccessVia::Other(_) => false,
                };
                if !fits {
                    self.odd(Field::AccessVia, "a way that this version does not know for this kind");
                }
            }
            other => self.expected(Field::AccessVia, "a text", &other),
        }
    }

    /// A whole number; any other type counts as 0.
    fn depth(&mut self) -> i32 {
        let WireValue::Whole(depth) = self.row.take(Field::Depth) else { return 0 };
        i32::try_from(depth).unwrap_or_else(|_| {
            self.odd(Field::Depth, "a depth beyond all bounds");
            if depth > 0 { i32::MAX } else { i32::MIN }
        })
    }

    fn required(&mut self, field: Field) -> Option<Cow<'de, str>> {
        match self.row.take(field) {
            WireValue::Text(text) => Some(text),
            other => {
                self.expected(field, "a text", &other);
                None
            }
        }
    }

    fn optional(&mut self, field: Field) -> Option<Cow<'de, str>> {
        match self.row.take(field) {
            WireValue::Text(text) => Some(text),
            WireValue::Absent | WireValue::Null => None,
            other => {
                self.expected(field, "a text", &other);
                None
            }
        }
    }

    /// Wrong types count as absent.
    fn coerced(&mut self, field: Field) -> Option<Cow<'de, str>> {
        match self.row.take(field) {
            WireValue::Text(text) => Some(text),
            _ => None,
        }
    }

    fn flag(&mut self, field: Field) -> bool {
        let seen = self.row.take(field);
        let value = match &seen {
            WireValue::Absent => Some(false),
            WireValue::Bool(value) => Some(*value),
            WireValue::Whole(value) => lenient::number(*value as f64),
            WireValue::Number(value) => lenient::number(*value),
            WireValue::Text(word) => lenient::word(word),
            _ => None,
        };
        value.unwrap_or_else(|| {
            self.expected(field, "true or false", &seen);
            false
        })
    }

    fn list(&mut self, field: Field) -> Arc<[Arc<str>]> {
        match self.row.take(field) {
            WireValue::List(items, odd) => {
                if odd {
                    self.odd(field, "something in the list is no text");
                }
                items
            }
            WireValue::Absent => self.interner.list(&[]),
            other => {
                self.expected(field, "a list of texts", &other);
                self.interner.list(&[])
            }
        }
    }

    /// Keeps fields that this kind does not have: the SDK ignores them, but they may be of interest.
    fn keep(&mut self, fields: &[Field]) {
        for field in fields {
            if let Some(json) = self.row.take(*field).to_json() {
                self.extra.unknown_fields.push((field.name().into(), json));
            }
        }
    }

    fn expected(&mut self, field: Field, wanted: &str, found: &WireValue<'_>) {
        self.odd(field, &format!("expected {wanted}, found {}", found.name()));
    }

    fn odd(&mut self, field: Field, problem: &str) {
        self.extra.oddities.push(Oddity { field: field.name().into(), problem: problem.into() });
    }
}

fn boxed(text: Cow<'_, str>) -> Box<str> {
    text.into_owned().into()
}
