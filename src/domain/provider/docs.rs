//! Prints `docs/providers.md` from the table. A test compares the page with this output.

use std::fmt::Write;

use super::{KnownProvider, Table};

/// Prints the whole of `docs/providers.md`.
pub fn page(table: &Table) -> String {
    let probes = table.values().filter(|row| row.probe.is_some()).count();
    let presets: usize = table.values().map(|row| row.presets.len()).sum();
    let mut out = format!(
        "# Providers\n\n\
         <!-- Printed from assets/providers.toml; `UPDATE_DOCS=1 cargo test --lib docs` writes it again. -->\n\n\
         What grantdeck itself knows: {} providers, {probes} read-only probes and {presets} calls to begin with. \
         **None of the probes was ever run by our tests against a provider.** \"documented, not run\" means that \
         the provider's page, specification or client was read; \"from third-party sources, not run\" that \
         only other people's code or reports were; \"from general knowledge, not run\" that nothing was. Each row of \
         `assets/providers.toml` names what it rests on.\n\n\
         | Provider | Id | Kind | Probe | Documentation | State |\n|---|---|---|---|---|---|\n",
        table.len(),
    );
    for (id, row) in table {
        let (probe, state) = if let Some(probe) = &row.probe {
            let call = format!("`{} {}`", probe.request().method, cell(&where_to(row)));
            (call, probe.state.to_string())
        } else {
            let why = row.probe_missing.as_deref().unwrap_or_default();
            (format!("none: {}", cell(why)), "no probe".to_owned())
        };
        let doc = row.probe.as_ref().and_then(|probe| probe.doc()).or(row.docs.as_deref());
        let doc = doc.map_or_else(|| "–".to_owned(), |link| format!("[page](<{link}>)"));
        let _ = writeln!(out, "| {} | `{id}` | {} | {probe} | {doc} | {state} |", cell(&row.name), row.kind);
    }
    out.push_str(
        "\nA managed secret's slug belongs to the longest id that it begins with: `stripe-production` is a \
         `stripe`.\n",
    );
    out
}

/// The URL of the probe, as far as the table knows it.
fn where_to(row: &KnownProvider) -> String {
    let Some(request) = row.probe.as_ref().map(super::Probe::request) else { return String::new() };
    let base = request.base.clone().or_else(|| row.base_url(None));
    format!("{}{}", base.as_deref().unwrap_or("{instance}"), request.path)
}

/// Escapes bars, which end the cell of a Markdown table even inside backticks.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::provider::table;

    #[test]
    fn the_page_of_providers_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/providers.md");
        let want = page(table());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &want).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == want,
            "docs/providers.md is stale: run `UPDATE_DOCS=1 cargo test --lib docs` and commit it"
        );
    }

    #[test]
    fn every_provider_stands_on_the_page_once() {
        let page = page(table());
        for id in table().keys() {
            assert_eq!(page.matches(&format!("| `{id}` |")).count(), 1, "{id}");
        }
    }
}
