//! Turns the built-in keys, which people read and write as TOML, into what is read fast: the first frame shows them.

use std::{env, error::Error, fs, path::Path};

const KEYMAP: &str = "assets/keymap.toml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={KEYMAP}");
    let keymap: toml::Value = toml::from_str(&fs::read_to_string(KEYMAP)?)?;
    let rows = keymap.get("rows").ok_or("assets/keymap.toml has no rows")?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&folder).join("keymap.json"), serde_json::to_vec(rows)?)?;
    Ok(())
}
