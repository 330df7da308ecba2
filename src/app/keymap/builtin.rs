//! The built-in rows, as the build script leaves them: reading TOML was a third of the time to the first frame.

use std::borrow::Cow;

use serde::Deserialize;

use super::binding::Binding;

/// The rows of `assets/keymap.toml`, in its order.
const ROWS: &str = include_str!(concat!(env!("OUT_DIR"), "/keymap.json"));

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    place: Cow<'a, str>,
    #[serde(borrow)]
    keys: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(default)]
    label: String,
    #[serde(default)]
    help: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    weight: u8,
    #[serde(default)]
    dangerous: bool,
}

/// The embedded rows. That they are those of the file, and none of them has a mistake, is a test.
pub(super) fn rows() -> Vec<Binding> {
    let rows: Vec<Row<'_>> = serde_json::from_str(ROWS).unwrap_or_default();
    rows.into_iter().filter_map(Row::binding).collect()
}

impl Row<'_> {
    fn binding(self) -> Option<Binding> {
        Some(Binding {
            place: self.place.parse().ok()?,
            keys: self.keys.iter().filter_map(|chord| chord.parse().ok()).collect(),
            action: self.action.parse().ok()?,
            label: self.label,
            help: self.help,
            group: self.group,
            weight: self.weight,
            dangerous: self.dangerous,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    #[test]
    fn the_embedded_rows_are_those_of_the_file() {
        let (drafts, mistakes) = table::read(grantdeck_assets::KEYMAP);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let read: Vec<Binding> = drafts.iter().map(|draft| draft.on_top_of(None)).collect();
        assert_eq!(rows(), read);
        assert!(read.len() > 100, "{}", read.len());
    }
}
