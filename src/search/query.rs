//! What a person typed into the search line, taken apart.

use strum::IntoEnumIterator;

use super::mistake::{Mistake, Taken};
use super::words::{Token, tokens};
use crate::domain::near::nearest;
use crate::domain::{AccessVia, GrantKind, Health, HealthGroup, PrincipalType, Status};

/// A search, parsed: facets such as `health:expired` and `-label:test`, an id prefix, and words to match
/// fuzzily. All parts must hold; the values of one facet (`provider:google,slack`) are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// As typed.
    pub text: String,
    /// The facets.
    pub facets: Vec<Facet>,
    /// The words.
    pub words: Vec<Word>,
    /// What was not understood, to be shown as long as the query is in use.
    pub mistakes: Vec<Mistake>,
    /// Words that look like a facet and are near none, such as `foo:bar`; scopes look like that too, so they are
    /// worth a remark only where nothing was found.
    pub unknown_filters: Vec<Mistake>,
}

/// One condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// `-`: rows for which it holds are left out.
    pub negated: bool,
    /// The condition.
    pub want: Want,
}

/// What a facet asks for. Texts are in lower case and are alternatives: one of them has to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// `provider:`, the beginning of a provider id or slug.
    Provider(Vec<String>),
    /// `account:`, a part of the account's identifier, display name or secret name.
    Account(Vec<String>),
    /// `label:`, a part of the label.
    Label(Vec<String>),
    /// `status:`, the beginning of the backend's word.
    Status(Vec<String>),
    /// `kind:`, the beginning of the backend's word; `secret` is short for `managed_secret`.
    Kind(Vec<String>),
    /// `principal:`, the beginning of the backend's word.
    Principal(Vec<String>),
    /// `access:`, the beginning of the backend's word.
    Access(Vec<String>),
    /// `scope:`, a part of one held scope.
    Scope(Vec<String>),
    /// `policy:`, a part of the name of one rule of the grant's policy, such as `approval`.
    Policy(Vec<String>),
    /// `health:`, the beginning of its name or of the word in the list.
    Health(Vec<Health>),
    /// `id:`, the first digits.
    Id(Vec<IdPrefix>),
}

/// A bare word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As typed, without sign and quotes. With an upper-case letter it matches exact case only.
    pub text: String,
    /// `-`: rows that contain it as it stands are left out.
    pub negated: bool,
    /// It was quoted: its letters must stand together.
    pub whole: bool,
}

/// The first digits of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdPrefix {
    value: u128,
    digits: u8,
}

/// The facets, with the protocol's field names as second names.
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

/// With all that there is, for whoever is near none of it.
const NO_SUCH_HEALTH: &str =
    "no such health; choose from broken, revoked, expired, reconnect, scopes, unknown, expiring, ok";

/// More parts than a person types; the rest of a pasted text is left out and named.
const MOST_PARTS: usize = 32;

impl Query {
    /// Takes a typed line apart; never fails, mistakes are kept to be shown. A part that is still being typed
    /// (`health:`, an open quote) is no mistake.
    pub fn parse(text: &str) -> Self {
        let mut query = Self { text: text.to_owned(), ..Self::default() };
        for (count, token) in tokens(text).into_iter().enumerate() {
            if count >= MOST_PARTS {
                query.mistake(token.typed, "more than 32 parts, left out from here on", None, Taken::LeftOut);
                break;
            }
            query.take(token);
        }
        query
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.facets.is_empty() && self.words.is_empty()
    }

    /// Whether there are words that rank the rows.
    pub fn ranks(&self) -> bool {
        self.words.iter().any(|word| !word.negated)
    }

    /// Whether every row that this query finds was found by `last` too, so that only `last`'s rows need to be
    /// looked at. May say no where it would be true.
    pub fn narrows(&self, last: &Self) -> bool {
        last.words.iter().all(|old| self.words.iter().any(|new| new.narrows(old)))
            && last.facets.iter().all(|old| self.facets.iter().any(|new| new.narrows(old)))
    }

    fn take(&mut self, token: Token) {
        let Some(name) = token.facet.clone() else {
            if !token.value.is_empty() {
                self.words.push(Word { text: token.value, negated: token.negated, whole: token.quoted });
            }
            return;
        };
        let lower = name.to_lowercase();
        let Some((_, field)) = FACETS.iter().find(|(known, _)| *known == lower) else {
            // Scopes have colons (`chat:write`): what is no facet is a word, and a slip is mentioned.
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

    fn mistake(&mut self, part: String, problem: &'static str, suggestion: Option<String>, taken: Taken) {
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
                let problem = if near.is_some() { "no such health" } else { NO_SUCH_HEALTH };
                self.mistake(token.only(typed), problem, suggestion, Taken::AsNothing);
            }
            wanted.extend(found);
        }
        // A health that does not exist is found nowhere; showing everything instead would be a lie.
        Want::Health(wanted)
    }

    fn ids(&mut self, token: &Token, values: &[String]) -> Want {
        let mut wanted = Vec::new();
        for value in values {
            if let Some(prefix) = IdPrefix::new(value) {
                wanted.push(prefix);
            } else {
                let problem = "an id has up to 32 digits of 0-9 and a-f";
                self.mistake(token.only(value), problem, None, Taken::AsNothing);
            }
        }
        Want::Id(wanted)
    }

    /// A newer backend may use other words, so an unknown one is searched for all the same; one that looks
    /// like a slip is mentioned.
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
                self.mistake(typed.to_owned(), problem, suggestion, Taken::AsTyped);
            }
        }
        values
    }
}

/// Letters from which on a bare word is also looked for in ids and scopes: shorter ones would match nearly
/// every row.
const LONG_ENOUGH: usize = 4;

impl Word {
    /// The id prefix that this word may mean: at least four hexadecimal digits and nothing else.
    pub fn id_prefix(&self) -> Option<IdPrefix> {
        let digits = self.text.bytes().filter(u8::is_ascii_hexdigit).count();
        if digits < LONG_ENOUGH || self.whole || self.negated { None } else { IdPrefix::new(&self.text) }
    }

    /// The text to look for in scopes, in lower case; None for short words.
    pub fn scope_part(&self) -> Option<String> {
        let long = self.text.chars().nth(LONG_ENOUGH - 1).is_some();
        (long && !self.negated).then(|| self.text.to_lowercase())
    }

    fn narrows(&self, old: &Self) -> bool {
        if self == old {
            return true;
        }
        if !self.whole {
            // A longer word may match well enough where a shorter one did not.
            return false;
        }
        // A longer part may begin to reach scopes, which the shorter one did not.
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
    /// Reads one to 32 hexadecimal digits; hyphens between them are of no account.
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

    /// Whether an id begins with it.
    pub fn matches(self, id: u128) -> bool {
        id >> (128 - 4 * u32::from(self.digits)) == self.value
    }

    /// How many characters of the printed id it covers, hyphens included.
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
