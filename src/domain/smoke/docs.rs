//! Prints the table of verdicts in `docs/smoke.md` between two marks; the rest of the page is written by
//! hand.

use std::fmt::Write as _;

use strum::IntoEnumIterator;

use super::{Standing, Verdict};

/// The marks before and after the table.
pub const MARKS: [&str; 2] = ["<!-- verdicts: printed from assets/verdicts.toml -->", "<!-- /verdicts -->"];

/// Prints the table.
pub fn table() -> String {
    let mut out = String::from(
        "| Verdict | In lists | Counts as | What it means | What to do |\n|---|---|---|---|---|\n",
    );
    for verdict in Verdict::iter() {
        let standing = match verdict.standing() {
            Standing::Fine => "fine",
            Standing::Failing => "failing",
            Standing::Untold => "not judged",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| `{verdict}` | {} {} | {standing} | {} | {} |",
            verdict.sign(),
            verdict.word(),
            verdict.meaning(),
            verdict.remedy()
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_table_of_verdicts_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/smoke.md");
        let page = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = page.split_once(MARKS[0]).unwrap();
        let (_, tail) = rest.split_once(MARKS[1]).unwrap();
        let want = format!("{head}{}\n\n{}\n{}{tail}", MARKS[0], table(), MARKS[1]);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &want).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap();
        assert!(
            found == want,
            "docs/smoke.md is stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit it"
        );
    }
}
