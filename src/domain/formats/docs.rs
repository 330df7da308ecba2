//! Prints `docs/formats.md` from the table. A test compares the page with this output.

use std::fmt::Write;

use strum::IntoEnumIterator;
use uuid::Uuid;

use super::{CopyFormat, Named, render, suggest};
use crate::GrantId;

/// Example grants.
const EXAMPLES: [(u128, &str, &str); 2] = [
    (0x7c1f_0a52_1111_4222_8333_4444_5555_9e2a, "google", "work@acme.com"),
    (0x0b9d_3c41_2222_4333_9444_5555_6666_4d17, "slack", "acme-hq"),
];

/// Prints the whole of `docs/formats.md`.
pub fn page() -> String {
    let grants = EXAMPLES.map(|(id, provider, account)| Named {
        name: suggest(provider, account),
        id: GrantId(Uuid::from_u128(id)),
        provider: provider.to_owned(),
        account: account.to_owned(),
    });
    let mut out = String::from(
        "# Formats for copying\n\n\
         <!-- Printed from assets/formats.toml; `UPDATE_DOCS=1 cargo test --lib docs` writes it again. -->\n\n\
         `grantdeck id SELECTOR --as FORMAT` prints a grant's id in one of these formats; `--copy` copies it. Several \
         grants become one block. The name is made from provider and account; `--name` gives another one, which \
         must be valid in the format.\n\n\
         | Format | `--as` | What it is for |\n|---|---|---|\n",
    );
    for format in CopyFormat::iter() {
        let row = format.row();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| {} | `{format}` | {} |", row.label, row.help);
    }
    for format in CopyFormat::iter() {
        let fence = match format {
            CopyFormat::Env | CopyFormat::Shell | CopyFormat::Command => "sh",
            CopyFormat::Uuid => "text",
            CopyFormat::Mcp => "json",
            other => other.name(),
        };
        let _ = write!(
            out,
            "\n## {}\n\n```{fence}\n{}\n```\n",
            format.row().label,
            render(format, &grants).trim_end()
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_page_of_formats_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md");
        let want = page();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &want).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == want,
            "docs/formats.md is stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit it"
        );
    }
}
