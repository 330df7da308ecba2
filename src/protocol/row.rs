//! A row of the list as received: which fields it has, and their types.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::wire_value::{ValueSeed, WireValue, compact};
use crate::domain::{Grant, Interner, JsonText};

macro_rules! fields {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// The known fields.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Field {
            $($variant,)+
        }

        impl Field {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the protocol.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The name with quotes and colon, as most backends write it.
            pub(crate) fn written(self) -> &'static [u8] {
                match self {
                    $(Self::$variant => concat!("\"", $name, "\":").as_bytes(),)+
                }
            }

            /// The field with this name.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        const COUNT: usize = [$($name),+].len();
    };
}

fields! {
    GrantKind = "grant_kind",
    GrantId = "grant_id",
    ProviderId = "provider_id",
    Scopes = "scopes",
    AccountIdentifier = "account_identifier",
    AccountDisplayName = "account_display_name",
    ApiBaseUrl = "api_base_url",
    Status = "status",
    ScopeMismatch = "scope_mismatch",
    NeedsReconnect = "needs_reconnect",
    ExpiresAt = "expires_at",
    GrantExpiresAt = "grant_expires_at",
    CreatedAt = "created_at",
    LastUsedAt = "last_used_at",
    PrincipalType = "principal_type",
    AccessVia = "access_via",
    DelegatedAt = "delegated_at",
    DelegatedAgentIds = "delegated_agent_ids",
    Label = "label",
    CredentialId = "credential_id",
    GrantPolicy = "grant_policy",
    ParentGrantId = "parent_grant_id",
    Depth = "depth",
    Delegable = "delegable",
    ScopeConstraint = "scope_constraint",
    ManagedSecretId = "managed_secret_id",
    ManagedSecretSlug = "managed_secret_slug",
    ManagedSecretName = "managed_secret_name",
    AgentId = "agent_id",
    CredentialKind = "credential_kind",
    CredentialLabel = "credential_label",
}

impl Field {
    /// Whether it is a list of strings.
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Scopes | Self::DelegatedAgentIds | Self::ScopeConstraint)
    }
}

/// A row, not yet converted.
#[derive(Debug, Default)]
pub(crate) struct Row<'de> {
    values: [WireValue<'de>; COUNT],
    /// Unknown fields, in the order received.
    pub(crate) unknown: Vec<(Box<str>, JsonText)>,
    /// Set if the row is not an object: what it is instead.
    pub(crate) instead: Option<&'static str>,
}

impl<'de> Row<'de> {
    /// A row of which only this is known.
    pub(crate) fn not_an_object(instead: &'static str) -> Self {
        Self { instead: Some(instead), ..Self::default() }
    }

    /// Sets a field. If a name is repeated, the last value counts, as in the SDK.
    pub(crate) fn set(&mut self, field: Field, value: WireValue<'de>) {
        if let Some(place) = self.values.get_mut(field as usize) {
            *place = value;
        }
    }

    /// Clears it, to be reused.
    pub(crate) fn clear(&mut self) {
        self.values.iter_mut().for_each(|value| *value = WireValue::Absent);
        self.unknown.clear();
        self.instead = None;
    }

    /// Takes a field's value out.
    pub(crate) fn take(&mut self, field: Field) -> WireValue<'de> {
        self.values.get_mut(field as usize).map(std::mem::take).unwrap_or_default()
    }

    /// Borrows a field's value.
    pub(crate) fn peek(&self, field: Field) -> &WireValue<'de> {
        self.values.get(field as usize).unwrap_or(&WireValue::Absent)
    }
}

/// Shared state of reading rows: the interner, and caches.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) interner: Interner,
    scratch: Vec<Arc<str>>,
    /// The fields of the last row in order: backends write all rows alike.
    order: Vec<Field>,
    /// Parse each value separately, so that one that cannot be parsed does not lose the row.
    pub(crate) careful: bool,
    /// The initial state of every row; cheap to clone.
    pub(crate) blank: Option<Grant>,
}

/// Parses a row.
pub(crate) struct RowSeed<'a>(pub(crate) &'a mut Reader);

impl<'de> DeserializeSeed<'de> for RowSeed<'_> {
    type Value = Row<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RowSeed<'_> {
    type Value = Row<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a grant")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Row<'de>, A::Error> {
        let reader = self.0;
        let mut row = Row::default();
        let mut position = 0;
        while let Some(key) = entries.next_key_seed(Key { likely: reader.expected_field(position) })? {
            match key {
                Named::Known(field) => {
                    reader.remember_field(position, field);
                    position += 1;
                    let value = reader.value(field, &mut entries)?;
                    row.set(field, value);
                }
                Named::Unknown(name) => {
                    let raw: &RawValue = entries.next_value()?;
                    row.unknown.push((name.into(), compact(raw.get())));
                }
            }
        }
        Ok(row)
    }

    fn visit_unit<E: Error>(self) -> Result<Row<'de>, E> {
        Ok(Row::not_an_object("null"))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Row<'de>, E> {
        Ok(Row::not_an_object("true or false"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Row<'de>, E> {
        Ok(Row::not_an_object("a number"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Row<'de>, E> {
        Ok(Row::not_an_object("a number"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Row<'de>, E> {
        Ok(Row::not_an_object("a number"))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Row<'de>, E> {
        Ok(Row::not_an_object("a text"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Row<'de>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Row::not_an_object("a list"))
    }
}

impl Reader {
    fn value<'de, A: MapAccess<'de>>(
        &mut self,
        field: Field,
        entries: &mut A,
    ) -> Result<WireValue<'de>, A::Error> {
        if field == Field::GrantPolicy {
            let raw: &RawValue = entries.next_value()?;
            return Ok(match raw.get() {
                "null" => WireValue::Null,
                text => WireValue::Raw(compact(text)),
            });
        }
        if !self.careful {
            return entries.next_value_seed(self.seed(field));
        }
        let raw: &'de RawValue = entries.next_value()?;
        let mut deserializer = serde_json::Deserializer::from_str(raw.get());
        Ok(self.seed(field).deserialize(&mut deserializer).unwrap_or(WireValue::Broken))
    }

    fn seed(&mut self, field: Field) -> ValueSeed<'_> {
        ValueSeed { texts: field.is_list().then_some((&mut self.interner, &mut self.scratch)) }
    }

    /// Parses a single value: of a field, else of the envelope.
    pub(crate) fn read_value<'de>(
        &mut self,
        field: Option<Field>,
        json: &'de str,
    ) -> Result<WireValue<'de>, serde_json::Error> {
        if field == Some(Field::GrantPolicy) && json != "null" {
            return Ok(WireValue::Raw(compact(json)));
        }
        let seed = field.map_or(ValueSeed { texts: None }, |field| self.seed(field));
        seed.deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    /// The shared copy of a list of strings.
    pub(crate) fn share(&mut self, texts: &[&str]) -> Arc<[Arc<str>]> {
        self.scratch.clear();
        for text in texts {
            let text = self.interner.text(text);
            self.scratch.push(text);
        }
        self.interner.list(&self.scratch)
    }

    /// The field at this position of the previous row.
    pub(crate) fn expected_field(&self, position: usize) -> Option<Field> {
        self.order.get(position).copied()
    }

    /// Remembers the field at this position.
    pub(crate) fn remember_field(&mut self, position: usize, field: Field) {
        match self.order.get_mut(position) {
            Some(known) => *known = field,
            None => self.order.push(field),
        }
    }
}

/// The name of a field.
enum Named<'de> {
    Known(Field),
    Unknown(Cow<'de, str>),
}

struct Key {
    likely: Option<Field>,
}

impl Key {
    fn known(&self, name: &str) -> Option<Field> {
        self.likely.filter(|likely| likely.name() == name).or_else(|| Field::named(name))
    }
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Named<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named<'de>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Named<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Named<'de>, E> {
        Ok(self.known(name).map_or(Named::Unknown(Cow::Borrowed(name)), Named::Known))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Named<'de>, E> {
        Ok(self.known(name).map_or_else(|| Named::Unknown(Cow::Owned(name.to_owned())), Named::Known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_finds_itself() {
        for (index, field) in Field::ALL.iter().enumerate() {
            assert_eq!(Field::named(field.name()), Some(*field));
            assert_eq!(*field as usize, index);
        }
        assert_eq!(Field::ALL.len(), COUNT);
    }
}
