//! Which characters of a visible row a query lights up. Asked for the rows on screen only, while drawing.

use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

use super::Query;
use super::matching::Fuzzy;
use crate::domain::RowId;

/// The texts of a row as they are shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its identity.
    pub row: RowId,
    /// The account, cleaned.
    pub account: &'a str,
    /// The provider, cleaned.
    pub provider: &'a str,
    /// The label, cleaned; empty where there is none.
    pub label: &'a str,
}

/// What is lit: places of grapheme clusters (what a reader calls a character), ascending, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lit {
    /// In the account.
    pub account: Vec<u32>,
    /// In the provider.
    pub provider: Vec<u32>,
    /// In the label.
    pub label: Vec<u32>,
    /// How many characters of the printed id, from its beginning.
    pub id: usize,
}

/// A query made ready for lighting rows up; keep it while the query stays the same.
#[derive(Debug)]
pub struct Highlighter {
    words: Vec<Fuzzy>,
    ids: Vec<super::query::IdPrefix>,
    matcher: Matcher,
}

impl Highlighter {
    /// Makes a query ready.
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

    /// What is lit in one row. A word lights nothing where it matched in a text that is not shown.
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
