//! Content-Type parsing.

/// Returns type and subtype in lower case, without parameters.
pub fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a body is one JSON value: `application/json`, `application/vnd.api+json; charset=utf-8`, but not JSON lines.
pub fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    let (_, name) = essence.split_once('/').unwrap_or_default();
    matches!(name, "json" | "x-json") || name.ends_with("+json")
}

/// Whether a body is JSON lines: one JSON value per line.
pub fn is_json_lines(content_type: &str) -> bool {
    const NAMES: [&str; 8] =
        ["x-ndjson", "ndjson", "jsonl", "x-jsonl", "json-lines", "jsonlines", "x-jsonlines", "json-seq"];
    let essence = essence(content_type);
    essence.split_once('/').is_some_and(|(_, name)| NAMES.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_and_one_a_line_are_told_apart() {
        for (content_type, json, lines) in [
            ("application/json", true, false),
            ("Application/JSON ; charset=utf-8", true, false),
            ("application/vnd.api+json", true, false),
            ("application/x-ndjson", false, true),
            ("application/jsonl; charset=utf-8", false, true),
            ("text/plain", false, false),
            ("json", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_json(content_type), is_json_lines(content_type)), (json, lines), "{content_type}");
        }
    }
}
