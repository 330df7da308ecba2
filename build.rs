//! Turns the built-in keys, which people read and write as TOML, into what is read fast: the first frame shows them.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo runs this again when the package of the table changes.
    println!("cargo::rerun-if-changed=build.rs");
    let keymap: toml::Value = toml::from_str(grantdeck_assets::KEYMAP)?;
    let rows = keymap.get("rows").and_then(toml::Value::as_array).ok_or("assets/keymap.toml has no rows")?;
    let rows: Vec<toml::Value> = rows.iter().flat_map(for_each_place).collect();
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&folder).join("keymap.json"), serde_json::to_vec(&rows)?)?;
    Ok(())
}

/// A row for each place that a row names.
fn for_each_place(row: &toml::Value) -> Vec<toml::Value> {
    let Some(places) = row.get("place").and_then(toml::Value::as_array) else { return vec![row.clone()] };
    let with = |place: &toml::Value| {
        let mut row = row.clone();
        if let Some(row) = row.as_table_mut() {
            row.insert("place".to_owned(), place.clone());
        }
        row
    };
    places.iter().map(with).collect()
}
