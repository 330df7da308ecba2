//! Matches and scores rows: cheap facet checks first, fuzzy words last.

use std::collections::HashMap;
use std::sync::Arc;

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::query::{Facet, IdPrefix, Query, Want, Word};
use crate::domain::{Grant, Health, Now, RowId, policy};

/// A query prepared for many rows, with reusable buffers.
pub(super) struct Matching<'a> {
    facets: &'a [Facet],
    words: Vec<ReadyWord>,
    now: Now,
    matcher: Matcher,
    characters: Vec<char>,
    lowered: String,
    /// Substrings to search in scopes, and per distinct scope list which of them it contains.
    scope_parts: Vec<String>,
    scope_sets: HashMap<usize, u64>,
}

struct ReadyWord {
    atom: Fuzzy,
    negated: bool,
    id: Option<IdPrefix>,
    /// Index into the scope parts.
    scope: Option<usize>,
}

/// A word that is a prefix of the row's id beats any fuzzy match (nucleo's scores end at 65,535).
const ID_SCORE: u32 = 1 << 17;

/// A match visible in the list beats one in a name that only the detail pane shows.
const SHOWN_SCORE: u32 = 1 << 16;

/// A word that only matches a scope ranks below every fuzzy match.
const SCOPE_SCORE: u32 = 0;

impl<'a> Matching<'a> {
    /// Prepares a query.
    pub(super) fn new(query: &'a Query, now: Now) -> Self {
        let mut scope_parts = Vec::new();
        let mut part = |text: String| {
            scope_parts.push(text);
            scope_parts.len() - 1
        };
        let words = query
            .words
            .iter()
            .map(|word| ReadyWord {
                atom: Fuzzy::new(word),
                negated: word.negated,
                id: word.id_prefix(),
                scope: word.scope_part().map(&mut part),
            })
            .collect();
        for facet in &query.facets {
            if let Want::Scope(parts) = &facet.want {
                parts.iter().cloned().for_each(|text| _ = part(text));
            }
        }
        Self {
            facets: &query.facets,
            words,
            now,
            matcher: Matcher::new(Config::DEFAULT),
            characters: Vec::new(),
            lowered: String::new(),
            scope_parts,
            scope_sets: HashMap::new(),
        }
    }

    /// Returns the score of a row, or `None` if it does not match.
    pub(super) fn score(&mut self, grant: &Grant) -> Option<u32> {
        for facet in self.facets {
            if self.holds(&facet.want, grant) == facet.negated {
                return None;
            }
        }
        if self.words.is_empty() {
            return Some(0);
        }
        let scopes = self.scopes_held(grant);
        let mut score = 0u32;
        for word in &self.words {
            if word.id.zip(id(grant)).is_some_and(|(prefix, id)| prefix.matches(id)) {
                score = score.saturating_add(ID_SCORE);
                continue;
            }
            let (matcher, characters) = (&mut self.matcher, &mut self.characters);
            let points = texts(grant)
                .filter_map(|(text, shown)| {
                    let points = word.atom.score(Utf32Str::new(text, characters), matcher)?;
                    Some(u32::from(points) + if shown { SHOWN_SCORE } else { 0 })
                })
                .max();
            if word.negated {
                if points.is_some() {
                    return None;
                }
                continue;
            }
            let in_scope = || word.scope.filter(|part| bit(scopes, *part)).map(|_| SCOPE_SCORE);
            score = score.saturating_add(points.or_else(in_scope)?);
        }
        Some(score)
    }

    fn holds(&mut self, want: &Want, grant: &Grant) -> bool {
        match want {
            Want::Provider(prefixes) => self.starts_with(&grant.provider, prefixes),
            Want::Status(prefixes) => self.starts_with(grant.status.as_str(), prefixes),
            Want::Kind(prefixes) => self.starts_with(grant.kind.as_str(), prefixes),
            Want::Principal(prefixes) => self.starts_with(grant.principal_type.as_str(), prefixes),
            Want::Access(prefixes) => self.starts_with(grant.access_via.as_str(), prefixes),
            Want::Label(parts) => grant.label.as_deref().is_some_and(|label| self.contains(label, parts)),
            Want::Account(parts) => {
                let names = [
                    grant.account_identifier.as_deref(),
                    grant.account_display_name.as_deref(),
                    grant.secret.as_deref().map(|secret| secret.name.as_ref()),
                ];
                names.into_iter().flatten().any(|name| self.contains(name, parts))
            }
            Want::Policy(parts) => {
                let rules = grant.grant_policy().map(policy::rules).unwrap_or_default();
                rules.iter().any(|rule| self.contains(rule, parts))
            }
            Want::Health(wanted) => wanted.contains(&Health::of(grant, self.now.wall)),
            Want::Id(prefixes) => {
                id(grant).is_some_and(|id| prefixes.iter().any(|prefix| prefix.matches(id)))
            }
            Want::Scope(parts) => {
                let held = self.scopes_held(grant);
                let place = |text: &String| self.scope_parts.iter().position(|part| part == text);
                parts.iter().filter_map(place).any(|part| bit(held, part))
            }
        }
    }

    fn starts_with(&mut self, text: &str, prefixes: &[String]) -> bool {
        let lowered = lower(text, &mut self.lowered);
        prefixes.iter().any(|prefix| lowered.starts_with(prefix.as_str()))
    }

    fn contains(&mut self, text: &str, parts: &[String]) -> bool {
        let lowered = lower(text, &mut self.lowered);
        parts.iter().any(|part| lowered.contains(part.as_str()))
    }

    /// Returns a bit set of the scope parts that the row's scopes contain. Rows share scope lists, so each
    /// list is searched once, keyed by its address: the rows outlive the search.
    fn scopes_held(&mut self, grant: &Grant) -> u64 {
        if self.scope_parts.is_empty() || grant.scopes.is_empty() {
            return 0;
        }
        let name = Arc::as_ptr(&grant.scopes).cast::<u8>().addr();
        let (parts, lowered) = (&self.scope_parts, &mut self.lowered);
        *self.scope_sets.entry(name).or_insert_with(|| {
            let mut held = 0;
            for scope in grant.scopes.iter() {
                let scope = lower(scope, lowered);
                let here =
                    parts.iter().take(64).enumerate().filter(|(_, part)| scope.contains(part.as_str()));
                here.for_each(|(place, _)| held |= 1 << place);
            }
            held
        })
    }
}

/// The minimum average score per letter of a word. The matcher gives 16 per letter, up to 8 more at the start
/// of a part of the text, and subtracts 3 for a gap and 1 for each further letter in it. This excludes
/// letters scattered over a long address, where nearly any short word would match.
const POINTS_PER_LETTER: usize = 14;

/// A word in the matcher's form, with the minimum score to count as a match.
#[derive(Debug)]
pub(super) struct Fuzzy {
    atom: Atom,
    least: usize,
}

impl Fuzzy {
    pub(super) fn new(word: &Word) -> Self {
        let kind = if word.whole || word.negated { AtomKind::Substring } else { AtomKind::Fuzzy };
        let atom = Atom::new(&word.text, CaseMatching::Smart, Normalization::Smart, kind, false);
        Self { atom, least: word.text.chars().count() * POINTS_PER_LETTER }
    }

    /// Returns the score of a text, or `None` if it is below the minimum.
    pub(super) fn score(&self, text: Utf32Str<'_>, matcher: &mut Matcher) -> Option<u16> {
        self.atom.score(text, matcher).filter(|points| usize::from(*points) >= self.least)
    }

    /// Appends the indices of the matching letters if the text matches.
    pub(super) fn light(&self, text: Utf32Str<'_>, matcher: &mut Matcher, places: &mut Vec<u32>) {
        let before = places.len();
        let points = self.atom.indices(text, matcher, places);
        if points.is_none_or(|points| usize::from(points) < self.least) {
            places.truncate(before);
        }
    }
}

/// Returns the texts that words are matched against, and whether the list shows them: every name of the
/// account, the provider, the label. They are matched one by one: letters scattered over several texts are no
/// useful match.
fn texts(grant: &Grant) -> impl Iterator<Item = (&str, bool)> {
    let identifier = grant.account_identifier.as_deref();
    let display = grant.account_display_name.as_deref();
    let parts = [
        identifier.map(|name| (name, true)),
        display.filter(|name| Some(*name) != identifier).map(|name| (name, identifier.is_none())),
        grant
            .secret
            .as_deref()
            .map(|secret| (secret.name.as_ref(), identifier.is_none() && display.is_none())),
        Some((&*grant.provider, true)),
        grant.label.as_deref().map(|label| (label, true)),
    ];
    parts.into_iter().flatten()
}

fn id(grant: &Grant) -> Option<u128> {
    match grant.row {
        RowId::Grant(id) => Some(id.0.as_u128()),
        RowId::Unreadable(_) => None,
    }
}

fn bit(bits: u64, place: usize) -> bool {
    place < 64 && bits >> place & 1 == 1
}

/// Lower-cases a text into a reused buffer.
pub(super) fn lower<'b>(text: &str, buffer: &'b mut String) -> &'b str {
    buffer.clear();
    if text.is_ascii() {
        buffer.push_str(text);
        buffer.make_ascii_lowercase();
    } else {
        buffer.push_str(&text.to_lowercase());
    }
    buffer
}
