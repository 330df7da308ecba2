//! The closed set of verdicts. Their texts are in `assets/verdicts.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use strum::{Display, EnumCount, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// The verdict of a smoke test for one grant. Variants are in report order: failures first.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Deserialize,
    Display,
    EnumCount,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each is explained by its row of assets/verdicts.toml")]
pub enum Verdict {
    NeedsReconnect,
    MissingScopes,
    Revoked,
    Expired,
    Gone,
    ProviderRefused,
    PolicyDenied,
    NeedsOtherMode,
    ProviderDown,
    AlterFailed,
    RateLimited,
    Network,
    Unclear,
    NeedsApproval,
    NoProbe,
    Skipped,
    WorksBut,
    Works,
}

/// What a verdict means for whether something is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Proven to work.
    Fine,
    /// It does not work, or could not be proven to work for a reason that needs attention.
    Failing,
    /// Unknown until a person acts: not tested, or held.
    Untold,
}

/// A row of the table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictRow {
    word: String,
    short: Option<String>,
    meaning: String,
    remedy: String,
}

static TABLE: LazyLock<BTreeMap<String, VerdictRow>> =
    LazyLock::new(|| toml::from_str(grantdeck_assets::VERDICTS).unwrap_or_default());

/// Fallback for a verdict without a row, which a test rules out.
static NONE: LazyLock<VerdictRow> = LazyLock::new(VerdictRow::default);

impl Verdict {
    /// The stable name, as in `--output json` and `--fail-on`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    fn row(self) -> &'static VerdictRow {
        TABLE.get(self.name()).unwrap_or(&NONE)
    }

    /// One or two words for lists.
    pub fn word(self) -> &'static str {
        &self.row().word
    }

    /// Like [`word`](Self::word), in at most seven cells.
    pub fn short(self) -> &'static str {
        self.row().short.as_deref().unwrap_or(self.word())
    }

    /// What it means, in a sentence.
    pub fn meaning(self) -> &'static str {
        &self.row().meaning
    }

    /// What to do about it, in a sentence.
    pub fn remedy(self) -> &'static str {
        &self.row().remedy
    }

    /// Its standing.
    pub fn standing(self) -> Standing {
        match self {
            Self::Works | Self::WorksBut => Standing::Fine,
            Self::NeedsApproval | Self::NoProbe | Self::Skipped => Standing::Untold,
            _ => Standing::Failing,
        }
    }

    /// A symbol that distinguishes the three standings, and warnings, without colour.
    pub fn sign(self) -> &'static str {
        match (self, self.standing()) {
            (Self::WorksBut, _) => "!",
            (_, Standing::Fine) => "✓",
            (_, Standing::Failing) => "✗",
            (_, Standing::Untold) => "–",
        }
    }

    /// The verdicts that make a run fail by default.
    pub fn failing() -> impl Iterator<Item = Self> {
        Self::iter().filter(|verdict| verdict.standing() == Standing::Failing)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Clean;

    #[test]
    fn every_verdict_has_a_row_and_every_row_a_verdict() {
        let table: BTreeMap<String, VerdictRow> = toml::from_str(grantdeck_assets::VERDICTS).unwrap();
        let rows: BTreeSet<&str> = table.keys().map(String::as_str).collect();
        let verdicts: BTreeSet<&str> = Verdict::iter().map(Verdict::name).collect();
        assert_eq!(rows, verdicts);
        let words: BTreeSet<&str> = Verdict::iter().map(Verdict::word).collect();
        assert_eq!(words.len(), verdicts.len(), "two verdicts share a word");
        let short: BTreeSet<&str> = Verdict::iter().map(Verdict::short).collect();
        assert_eq!(short.len(), verdicts.len(), "two verdicts share a short word");
    }

    #[test]
    fn sentences_are_whole_and_words_fit_a_column() {
        for verdict in Verdict::iter() {
            assert!(verdict.word().chars().count() <= 14, "{verdict}");
            assert!(verdict.short().chars().count() <= 7, "{verdict}");
            for text in [verdict.meaning(), verdict.remedy()] {
                assert!(text.ends_with('.') && text.chars().count() < 160, "{verdict}: {text}");
                assert!(text.chars().next().is_some_and(char::is_uppercase), "{verdict}: {text}");
                assert_eq!(Clean::line(text).as_str(), text, "{verdict}");
            }
            assert_eq!(verdict.name().parse(), Ok(verdict));
        }
    }

    #[test]
    fn what_is_broken_comes_first() {
        let standings: Vec<Standing> = Verdict::iter().map(Verdict::standing).collect();
        let rank = |standing: &Standing| match standing {
            Standing::Failing => 0,
            Standing::Untold => 1,
            Standing::Fine => 2,
        };
        assert!(standings.is_sorted_by_key(rank));
    }
}
