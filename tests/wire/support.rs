//! Reading vector files.

use serde_json::Value;

/// A whole vector file.
pub(crate) fn file(name: &str) -> Value {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of a vector file, checked against the count that the file itself gives.
pub(crate) fn rows(name: &str) -> Vec<Value> {
    let file = file(&format!("{name}.json"));
    let rows = file["vectors"].as_array().expect("rows").clone();
    assert_eq!(rows.len() as u64, file["count"].as_u64().expect("count"), "{name}");
    rows
}

/// The name of a row, for messages.
pub(crate) fn id(row: &Value) -> &str {
    row["id"].as_str().expect("id")
}

/// A text that is there, or none.
pub(crate) fn text<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    row.get(name).and_then(Value::as_str)
}

/// The input and output of a row that is written as changes to a base; no output where it is refused.
pub(crate) fn resolve(file: &Value, row: &Value) -> (Value, Option<Value>) {
    let base = &file["bases"][row["base"].as_str().expect("base")];
    let mut input = base["input"].clone();
    for (name, value) in row["set"].as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    for name in row["unset"].as_array().into_iter().flatten() {
        input.as_object_mut().expect("object").remove(name.as_str().expect("name"));
    }
    for whole in ["item", "data"] {
        if let Some(value) = row.get(whole) {
            input = value.clone();
        }
    }
    let mut output = base["output"].clone();
    for (name, value) in row["changed"].as_object().into_iter().flatten() {
        output[name] = value.clone();
    }
    if let Some(value) = row.get("value") {
        output = value.clone();
    }
    (input, (row["ok"] == true).then_some(output))
}
