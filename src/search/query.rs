//! Parses search queries.

use strum::IntoEnumIterator;

use super::mistake::{Mistake, Taken};
use super::tokens::{Token, tokens};
use crate::domain::suggest::nearest;
use crate::domain::{AccessVia, GrantKind, Health, HealthGroup, PrincipalType, Status};

/// A parsed query: facets such as `health:expired` and `-label:test`, id prefixes, and words for fuzzy
/// matching. All parts must match; the values of one facet (`provider:google,slack`) are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// As typed.
    pub text: String,
    /// The facets.
    pub facets: Vec<Facet>,
    /// The words.
    pub words: Vec<Word>,
    /// Parts that were not understood, shown while the query is in use.
    pub mistakes: Vec<Mistake>,
    /// Words like `foo:bar` that look like a facet but resemble no known one. Scopes look like that too, so
    /// they are only mentioned if nothing was found.
    pub unknown_filters: Vec<Mistake>,
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// `-`: exclude rows that match.
    pub negated: bool,
    /// The condition.
    pub want: Want,
}

/// The condition of a facet. Texts are in lower case and alternatives: one of them has to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// `provider:`, a prefix of a provider id or slug.
    Provider(Vec<String>),
    /// `account:`, a substring of the account's identifier, display name or secret name.
    Account(Vec<String>),
    /// `label:`, a substring of the label.
    Label(Vec<String>),
    /// `status:`, a prefix of the raw status.
    Status(Vec<String>),
    /// `kind:`, a prefix of the raw kind; `secret` is short for `managed_secret`.
    Kind(Vec<String>),
    /// `principal:`, a prefix of the raw principal type.
    Principal(Vec<String>),
    /// `access:`, a prefix of the raw access.
    Access(Vec<String>),
    /// `scope:`, a substring of one held scope.
    Scope(Vec<String>),
    /// `policy:`, a substring of the name of a rule in the grant's policy, such as `approval`.
    Policy(Vec<String>),
    /// `health:`, a prefix of its name or of the word in the list.
    Health(Vec<Health>),
    /// `id:`, the first digits.
    Id(Vec<IdPrefix>),
}

/// A bare word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As typed, without sign and quotes. If it contains an upper-case letter, case matters.
    pub text: String,
    /// `-`: exclude rows that contain it as a substring.
    pub negated: bool,
    /// It was quoted: its letters must be adjacent.
    pub whole: bool,
}

/// The first digits of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdPrefix {
    value: u128,
    digits: u8,
}

/// The facets, with the protocol's field names as aliases.
const FACETS: &[(&str, &str)] = &[
    ("provider", "provider"),
    ("provider_id", "provider"),
    ("account", "account"),
    ("account_identifier", "account"),
    ("label", "label"),
    ("status", "status"),
    ("health", "health"),
    ("kind", "kind"),
    ("grant_kind", "kind"),
    ("principal", "principal"),
    ("principal_type", "principal"),
    ("access", "access"),
    ("access_via", "access"),
    ("scope", "scope"),
    ("scopes", "scope"),
    ("policy", "policy"),
    ("grant_policy", "policy"),
    ("id", "id"),
    ("grant_id", "id"),
];

/// Lists all values, for input that resembles none of them.
const UNKNOWN_HEALTH: &str =
    "no such health; choose from broken, revoked, expired, reconnect, scopes, unknown, expiring, ok";

/// More parts than a person types; the rest of a pasted text is ignored and reported.
const MAX_PARTS: usize = 32;

impl Query {
    /// Parses a query. Never fails: mistakes are kept to be shown. A part that is still being typed
    /// (`health:`, an open quote) is not a mistake.
    pub fn parse(text: &str) -> Self {
        let mut query = Self { text: text.to_owned(), ..Self::default() };
        for (count, token) in tokens(text).into_iter().enumerate() {
            if count >= MAX_PARTS {
                query.report(token.typed, "more than 32 parts, left out from here on", None, Taken::LeftOut);
                break;
            }
            query.add(token);
        }
        query
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.facets.is_empty() && self.words.is_empty()
    }

    /// Whether there are words that rank the rows.
    pub fn ranks(&self) -> bool {
        self.words.iter().any(|word| !word.negated)
    }

    /// Whether every match of this query is certainly a match of `last` too, so that only `last`'s matches
    /// need to be searched. False negatives are possible.
    pub fn narrows(&self, last: &Self) -> bool {
        last.words.iter().all(|old| self.words.iter().any(|new| new.narrows(old)))
            && last.facets.iter().all(|old| self.facets.iter().any(|new| new.narrows(old)))
    }

    fn add(&mut self, token: Token) {
        let Some(name) = token.facet.clone() else {
            if !token.value.is_empty() {
                self.words.push(Word { text: token.value, negated: token.negated, whole: token.quoted });
            }
            return;
        };
        let lower = name.to_lowercase();
        let Some((_, field)) = FACETS.iter().find(|(known, _)| *known == lower) else {
            // Scopes contain colons (`chat:write`): an unknown facet is a word, but a likely typo is
            // reported.
            let near = nearest(&lower, FACETS.iter().map(|(known, _)| *known));
            let suggestion = near.map(|near| format!("{near}:{}", token.value));
            let list = if suggestion.is_some() { &mut self.mistakes } else { &mut self.unknown_filters };
            let problem = "unknown filter, searched as text";
            list.push(Mistake { part: token.typed, problem, suggestion, taken: Taken::AsWord });
            let text = format!("{name}:{}", token.value);
            self.words.push(Word { text, negated: token.negated, whole: true });
            return;
        };
        let value = token.value.to_lowercase();
        let values: Vec<String> = if token.quoted {
            vec![value]
        } else {
            value.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        if values.is_empty() || values == [""] {
            return;
        }
        let want = match *field {
            "provider" => Some(Want::Provider(values)),
            "account" => Some(Want::Account(values)),
            "label" => Some(Want::Label(values)),
            "scope" => Some(Want::Scope(values)),
            "policy" => Some(Want::Policy(values)),
            "health" => Some(self.healths(&token, &values)),
            "id" => Some(self.ids(&token, &values)),
            "status" => Some(Want::Status(self.open_words(&token.typed, field, values, Status::KNOWN))),
            "kind" => Some(Want::Kind(self.open_words(&token.typed, field, values, GrantKind::KNOWN))),
            "principal" => {
                Some(Want::Principal(self.open_words(&token.typed, field, values, PrincipalType::KNOWN)))
            }
            _ => Some(Want::Access(self.open_words(&token.typed, field, values, AccessVia::KNOWN))),
        };
        self.facets.extend(want.map(|want| Facet { negated: token.negated, want }));
    }

    fn report(&mut self, part: String, problem: &'static str, suggestion: Option<String>, taken: Taken) {
        self.mistakes.push(Mistake { part, problem, suggestion, taken });
    }

    fn healths(&mut self, token: &Token, values: &[String]) -> Want {
        let mut wanted = Vec::new();
        for typed in values {
            let value = typed.replace('-', "_");
            let exact = Health::iter().filter(|health| health.name() == value || health.word() == value);
            let begun =
                Health::iter().filter(|h| h.name().starts_with(&value) || h.word().starts_with(&value));
            let mut found: Vec<Health> = exact.collect();
            if found.is_empty() {
                found = begun.collect();
                if HealthGroup::BROKEN.name.starts_with(&value) {
                    found.extend(HealthGroup::BROKEN.members);
                }
            }
            if found.is_empty() {
                let words = Health::iter().flat_map(|health| [health.name(), health.word()]);
                let near = nearest(&value, std::iter::once(HealthGroup::BROKEN.name).chain(words));
                let sign = if token.negated { "-" } else { "" };
                let suggestion = near.map(|near| format!("{sign}health:{near}"));
                let problem = if near.is_some() { "no such health" } else { UNKNOWN_HEALTH };
                self.report(token.only(typed), problem, suggestion, Taken::AsNothing);
            }
            wanted.extend(found);
        }
        // An unknown health matches nothing; matching everything would be misleading.
        Want::Health(wanted)
    }

    fn ids(&mut self, token: &Token, values: &[String]) -> Want {
        let mut wanted = Vec::new();
        for value in values {
            if let Some(prefix) = IdPrefix::new(value) {
                wanted.push(prefix);
            } else {
                let problem = "an id has up to 32 digits of 0-9 and a-f";
                self.report(token.only(value), problem, None, Taken::AsNothing);
            }
        }
        Want::Id(wanted)
    }

    /// A newer backend may know other values, so an unknown one is searched all the same; a likely typo is
    /// reported.
    fn open_words(
        &mut self,
        typed: &str,
        field: &str,
        mut values: Vec<String>,
        known: &[&'static str],
    ) -> Vec<String> {
        for value in &mut values {
            if field == "kind" && "secret".starts_with(value.as_str()) {
                "managed_secret".clone_into(value);
            }
            *value = value.replace('-', "_");
            if known.iter().any(|word| word.starts_with(value.as_str())) {
                continue;
            }
            if let Some(near) = nearest(value, known.iter().copied()) {
                let suggestion = Some(format!("{field}:{near}"));
                let problem = "unknown value";
                self.report(typed.to_owned(), problem, suggestion, Taken::AsTyped);
            }
        }
        values
    }
}

/// Minimum length for a bare word to be searched in ids and scopes: shorter ones would match nearly every
/// row.
const MIN_LENGTH: usize = 4;

impl Word {
    /// The id prefix that this word may mean: at least four hexadecimal digits and nothing else.
    pub fn id_prefix(&self) -> Option<IdPrefix> {
        let digits = self.text.bytes().filter(u8::is_ascii_hexdigit).count();
        if digits < MIN_LENGTH || self.whole || self.negated { None } else { IdPrefix::new(&self.text) }
    }

    /// The lower-case text to search in scopes; `None` for short words.
    pub fn scope_part(&self) -> Option<String> {
        let long = self.text.chars().nth(MIN_LENGTH - 1).is_some();
        (long && !self.negated).then(|| self.text.to_lowercase())
    }

    fn narrows(&self, old: &Self) -> bool {
        if self == old {
            return true;
        }
        if !self.whole {
            // A longer word may match where a shorter one scored too low.
            return false;
        }
        // A longer part may become long enough to be searched in scopes, unlike the shorter one.
        let reaches_further =
            self.scope_part().is_some_and(|new| old.scope_part().is_none_or(|old| !new.starts_with(&old)));
        !self.negated
            && !old.negated
            && self.whole == old.whole
            && self.text.starts_with(&old.text)
            && !reaches_further
    }
}

impl Facet {
    fn narrows(&self, old: &Self) -> bool {
        if self == old {
            return true;
        }
        let texts = |new: &[String], old: &[String]| {
            new.iter().all(|new| old.iter().any(|old| new.starts_with(old.as_str())))
        };
        !self.negated
            && !old.negated
            && match (&self.want, &old.want) {
                (Want::Provider(new), Want::Provider(old))
                | (Want::Account(new), Want::Account(old))
                | (Want::Label(new), Want::Label(old))
                | (Want::Status(new), Want::Status(old))
                | (Want::Kind(new), Want::Kind(old))
                | (Want::Principal(new), Want::Principal(old))
                | (Want::Access(new), Want::Access(old))
                | (Want::Scope(new), Want::Scope(old))
                | (Want::Policy(new), Want::Policy(old)) => texts(new, old),
                (Want::Health(new), Want::Health(old)) => new.iter().all(|health| old.contains(health)),
                (Want::Id(new), Want::Id(old)) => {
                    new.iter().all(|new| old.iter().any(|old| old.begins(*new)))
                }
                _ => false,
            }
    }
}

impl IdPrefix {
    /// Parses 1 to 32 hexadecimal digits, ignoring hyphens.
    pub fn new(text: &str) -> Option<Self> {
        let (mut value, mut digits) = (0u128, 0u8);
        for character in text.chars() {
            if character == '-' && digits > 0 {
                continue;
            }
            value = value.checked_mul(16)? | u128::from(character.to_digit(16)?);
            digits += 1;
            if digits > 32 {
                return None;
            }
        }
        (digits > 0).then_some(Self { value, digits })
    }

    /// Whether an id starts with it.
    pub fn matches(self, id: u128) -> bool {
        id >> (128 - 4 * u32::from(self.digits)) == self.value
    }

    /// Number of characters of the printed id that it covers, including hyphens.
    pub fn printed(self) -> usize {
        let digits = usize::from(self.digits);
        digits + [8, 12, 16, 20].into_iter().filter(|hyphen| digits > *hyphen).count()
    }

    fn begins(self, longer: Self) -> bool {
        longer.digits >= self.digits
            && longer.value >> (4 * u32::from(longer.digits - self.digits)) == self.value
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
