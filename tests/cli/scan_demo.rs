//! `grantdeck scan` in the demonstration, whose grants are always the same.

use std::fs;

use serde_json::Value;

use crate::rig::{bare, run};

#[test]
fn a_demonstration_can_be_scanned_too() {
    let home = tempfile::tempdir().unwrap();
    let id = run(&mut bare(&home, &["--demo", "id", "google:work@acme.example"])).out;
    fs::write(home.path().join(".env"), format!("A={id}")).unwrap();
    let ran = run(&mut bare(&home, &["--demo", "scan", "-o", "table"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("google · work@acme.example"), "{}", ran.out);
}

#[test]
fn where_it_is_not_certain_what_takes_a_place_all_that_could_is_listed_with_the_reason() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".env"), "A_GRANT_ID=b41106d7-f88a-4126-9ee8-7f6e99b5fded\n").unwrap();
    let ran = run(&mut bare(&home, &["--demo", "scan", "-o", "jsonl"]));
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&found["obstacle"], &found["replacement"]), (&Value::from("several"), &Value::Null));
    assert_eq!(found["replacements"].as_array().unwrap().len(), 2, "{found}");
    let short = run(&mut bare(&home, &["--demo", "list", "--all", "--fields", "grant_id"])).out;
    let short = short.split('"').find(|id| id.starts_with("b5378cad")).unwrap().to_owned();
    fs::write(home.path().join(".env"), format!("A_GRANT_ID={short}\n")).unwrap();
    let ran = run(&mut bare(&home, &["--demo", "scan", "-o", "table"]));
    assert!(ran.out.contains("could replace it, but the live grant lacks scopes"), "{}", ran.out);
}
