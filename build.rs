//! Turns the built-in keys, which people read and write as TOML, into what is read fast: the first frame shows them.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo runs this again when the package of the table changes.
    println!("cargo::rerun-if-changed=build.rs");
    let keymap: toml::Value = toml::from_str(grantdeck_assets::KEYMAP)?;
    let rows = keymap.get("rows").ok_or("assets/keymap.toml has no rows")?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&folder).join("keymap.json"), serde_json::to_vec(rows)?)?;
    Ok(())
}
