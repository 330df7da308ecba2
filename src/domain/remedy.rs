//! The texts of each failure: `assets/remedies.toml`, one row per [`Code`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Code;

/// A row of the table.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// What happened, in one calm sentence.
    pub headline: String,
    /// The usual cause.
    pub cause: String,
    /// What to do next.
    pub remedy: String,
}

static TABLE: LazyLock<BTreeMap<String, Remedy>> =
    LazyLock::new(|| toml::from_str(grantdeck_assets::REMEDIES).unwrap_or_default());

/// Fallback for a code without a row, which a test rules out.
static NONE: LazyLock<Remedy> = LazyLock::new(Remedy::default);

/// The row for a code.
pub fn for_code(code: Code) -> &'static Remedy {
    TABLE.get(code.name()).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clean;
    use std::collections::BTreeSet;
    use strum::IntoEnumIterator;

    #[test]
    fn every_code_has_a_row_and_every_row_a_code() {
        let table: BTreeMap<String, Remedy> = toml::from_str(grantdeck_assets::REMEDIES).unwrap();
        let rows: BTreeSet<&str> = table.keys().map(String::as_str).collect();
        let codes: BTreeSet<&str> = Code::iter().map(Code::name).collect();
        assert_eq!(rows, codes);
    }

    #[test]
    fn sentences_are_whole_and_short() {
        for code in Code::iter() {
            let row = for_code(code);
            for text in [&row.headline, &row.cause, &row.remedy] {
                assert!(text.ends_with('.') && !text.ends_with(".."), "{code}: {text}");
                assert!(text.chars().count() < 160, "{code}: {text}");
                assert!(text.chars().next().is_some_and(char::is_uppercase), "{code}: {text}");
                assert_eq!(Clean::line(text).as_str(), text, "{code}");
                // Some views print facts before these sentences, others after.
                assert!(!text.contains(" below") && !text.contains(" above"), "{code}: {text}");
            }
            assert!(row.headline.chars().count() <= 72, "{code}: a headline fits one line: {}", row.headline);
        }
    }
}
