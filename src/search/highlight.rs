//! Finds the characters of a visible row to highlight. Only called for rows on screen, while drawing.

use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

use super::Query;
use super::matching::Fuzzy;
use crate::domain::RowId;

/// The displayed texts of a row.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its identity.
    pub row: RowId,
    /// The sanitised account.
    pub account: &'a str,
    /// The sanitised provider.
    pub provider: &'a str,
    /// The sanitised label; empty if there is none.
    pub label: &'a str,
}

/// What to highlight: indices of grapheme clusters (user-perceived characters), ascending and unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lit {
    /// In the account.
    pub account: Vec<u32>,
    /// In the provider.
    pub provider: Vec<u32>,
    /// In the label.
    pub label: Vec<u32>,
    /// Number of leading characters of the displayed id.
    pub id: usize,
}

/// A query prepared for highlighting; keep it while the query is unchanged.
#[derive(Debug)]
pub struct Highlighter {
    words: Vec<Fuzzy>,
    ids: Vec<super::query::IdPrefix>,
    matcher: Matcher,
}

impl Highlighter {
    /// Prepares a query.
    pub fn new(query: &Query) -> Self {
        let words = || query.words.iter().filter(|word| !word.negated);
        let faceted =
            query.facets.iter().filter(|facet| !facet.negated).filter_map(|facet| match &facet.want {
                super::query::Want::Id(heads) => Some(heads.as_slice()),
                _ => None,
            });
        Self {
            words: words().map(Fuzzy::new).collect(),
            ids: words()
                .filter_map(super::query::Word::id_prefix)
                .chain(faceted.flatten().copied())
                .collect(),
            matcher: Matcher::new(Config::DEFAULT),
        }
    }

    /// Returns what to highlight in a row: nothing for a word that matched in a text that is not shown.
    pub fn light(&mut self, shown: &Shown<'_>) -> Lit {
        let mut lit = Lit::default();
        if let RowId::Grant(id) = shown.row {
            let matching = self.ids.iter().filter(|prefix| prefix.matches(id.0.as_u128()));
            lit.id = matching.map(|prefix| prefix.printed()).max().unwrap_or(0);
        }
        if self.words.is_empty() {
            return lit;
        }
        let [account, provider, label] =
            [shown.account, shown.provider, shown.label].map(|text| self.places(text));
        Lit { account, provider, label, ..lit }
    }

    fn places(&mut self, text: &str) -> Vec<u32> {
        let characters: Vec<char> =
            text.graphemes(true).filter_map(|cluster| cluster.chars().next()).collect();
        let mut places = Vec::new();
        for word in &self.words {
            word.light(Utf32Str::Unicode(&characters), &mut self.matcher, &mut places);
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
