//! Converts operations of provider specs to the domain (docs/protocol/grants.md section 9).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::specs::{self, OperationDetail};
use crate::domain::operation::{Operation, OperationSummary, Parameter, Place};
use crate::domain::skeleton::skeleton;
use crate::domain::template::is_name;

/// Maximum number of parameters; no honest operation has more.
const MAX_PARAMETERS: usize = 300;

/// Maximum number of choices per parameter.
const MAX_CHOICES: usize = 200;

/// A row of the picker.
pub fn summary(operation: specs::Operation) -> OperationSummary {
    let (path, _) = with_valid_names(&operation.path_template);
    OperationSummary {
        id: operation.operation_id,
        method: operation.method.to_ascii_uppercase(),
        path,
        summary: operation.summary.unwrap_or_default(),
        deprecated: operation.deprecated,
        scopes: operation.scopes,
    }
}

/// Converts an operation, with its form and initial body; `absolute` prepends the origin to its path.
///
/// # Errors
/// Those of `absolute`.
pub fn operation<Error>(
    detail: OperationDetail,
    absolute: impl FnOnce(&str) -> Result<String, Error>,
) -> Result<Operation, Error> {
    let (_, names) = with_valid_names(&detail.operation.path_template);
    let listed = detail.params_schema.unwrap_or_default();
    let summary = summary(detail.operation);
    let url = absolute(&summary.path)?;
    let schema = detail.request_schema.map(Value::Object);
    Ok(Operation {
        parameters: parameters(&names, &listed),
        body: schema.as_ref().map(skeleton),
        schema,
        summary,
        url,
    })
}

/// Renames a path's placeholders to valid names (`{item-id}` becomes `{item_id}`, `{+name}` `{name}`); also returns
/// each name with the one in the spec, in order.
fn with_valid_names(template: &str) -> (String, Vec<(String, String)>) {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((inside, after)) = after.split_once('}') else {
            rest = after;
            out.push('{');
            continue;
        };
        rest = after;
        let plain = inside.trim_start_matches(['+', '/', '#']).trim_end_matches('*');
        let known = names.iter().find(|(_, original)| original == plain).map(|(name, _)| name.clone());
        let name = known.unwrap_or_else(|| {
            let name = unused_name(plain, &names);
            names.push((name.clone(), plain.to_owned()));
            name
        });
        out.push('{');
        out.push_str(&name);
        out.push('}');
    }
    out.push_str(rest);
    (out, names)
}

fn unused_name(original: &str, taken: &[(String, String)]) -> String {
    let legal = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    let mut name: String = original.chars().take(100).map(legal).collect();
    if !is_name(&name) {
        name.insert(0, '_');
    }
    while taken.iter().any(|(known, _)| *known == name) {
        name.push('_');
    }
    name
}

/// Path parameters in the order of the URL, then the others, required ones first.
fn parameters(names: &[(String, String)], listed: &[Map<String, Value>]) -> Vec<Parameter> {
    let mut of_path: BTreeMap<&str, Parameter> = BTreeMap::new();
    let mut others: Vec<Parameter> = Vec::new();
    for row in listed.iter().take(MAX_PARAMETERS) {
        let Some(name) = row.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
            continue;
        };
        let place = match row.get("in").and_then(Value::as_str) {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            // Cookies are never sent, and a body has its own schema.
            _ => continue,
        };
        let parameter = parameter(name, place, row);
        if place == Place::Path {
            of_path.entry(name).or_insert(parameter);
        } else if !others.iter().any(|known| known.place == place && known.name == name) {
            others.push(parameter);
        }
    }
    let bare = Map::new();
    let mut out: Vec<Parameter> = Vec::new();
    for (name, original) in names.iter().take(MAX_PARAMETERS) {
        let found = of_path.remove(original.as_str());
        let parameter = found.unwrap_or_else(|| parameter(original, Place::Path, &bare));
        // Required whatever the spec says: the placeholder would stay empty.
        out.push(Parameter { name: name.clone(), required: true, ..parameter });
    }
    others.sort_by_key(|parameter| !parameter.required);
    out.extend(others);
    out
}

fn parameter(name: &str, place: Place, row: &Map<String, Value>) -> Parameter {
    // OpenAPI 3 has a schema; older specs have its fields beside the name.
    let schema = row.get("schema").and_then(Value::as_object).unwrap_or(row);
    let schema = first_form(schema);
    let items = schema.get("items").and_then(Value::as_object);
    let either = |field: &str| row.get(field).or_else(|| schema.get(field));
    let choices = schema.get("enum").or_else(|| items.and_then(|items| items.get("enum")));
    let choices = choices.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let first = |value: &Value| match value {
        Value::Object(named) => named.values().next().map(|one| one.get("value").unwrap_or(one).clone()),
        Value::Array(list) => list.first().cloned(),
        _ => None,
    };
    let example = either("example").cloned().or_else(|| either("examples").and_then(first));
    Parameter {
        name: name.to_owned(),
        place,
        required: row.get("required").and_then(Value::as_bool).unwrap_or_default(),
        kind: kind(schema),
        description: either("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        choices: choices.iter().take(MAX_CHOICES).filter_map(scalar_text).collect(),
        default: schema.get("default").and_then(scalar_text),
        example: example.as_ref().and_then(scalar_text),
    }
}

/// The first alternative that is not null.
fn first_form(schema: &Map<String, Value>) -> &Map<String, Value> {
    let forms = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|name| schema.get(name)?.as_array());
    let real = |form: &&Map<String, Value>| form.get("type").and_then(Value::as_str) != Some("null");
    let first = forms.and_then(|forms| forms.iter().filter_map(Value::as_object).find(real));
    if schema.contains_key("type") { schema } else { first.unwrap_or(schema) }
}

/// A scalar as shown in a form field.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| if item.is_array() { None } else { scalar_text(item) }).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

fn kind(schema: &Map<String, Value>) -> String {
    let word = |schema: &Map<String, Value>| {
        let named = match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
            Some(kind) => kind.as_str(),
            None => None,
        };
        let word = match named.unwrap_or_default() {
            "string" => "text",
            "boolean" => "true or false",
            other => other,
        };
        match schema.get("format").and_then(Value::as_str) {
            Some(format) if !word.is_empty() => format!("{word} ({format})"),
            _ => word.to_owned(),
        }
    };
    match word(schema).as_str() {
        "array" => {
            let items = schema.get("items").and_then(Value::as_object).map(word).unwrap_or_default();
            if items.is_empty() { "list".to_owned() } else { format!("list of {items}") }
        }
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use serde_json::json;

    fn detail(value: &Value) -> OperationDetail {
        let spec = json!({
            "provider_kind": "oauth", "provider_id": "p", "version": 1, "provenance": "openapi",
            "content_hash": "x", "operation_count": 1, "fetched_at": "2026-01-01T00:00:00Z",
            "changed_at": "2026-01-01T00:00:00Z",
        });
        let mut whole = json!({ "operation_id": "o", "method": "post", "path_template": "/a", "spec": spec });
        whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        specs::parse_operation(whole.to_string().as_bytes()).unwrap()
    }

    fn read(value: &Value) -> Operation {
        let origin = |path: &str| Ok::<_, std::convert::Infallible>(format!("https://h{path}"));
        let Ok(operation) = operation(detail(value), origin);
        operation
    }

    #[test]
    fn places_get_names_that_a_url_can_have() {
        let cases = [
            ("/a/{item-id}/{item_id}/{item-id}", "/a/{item_id}/{item_id_}/{item_id}"),
            ("/{+name}/{1}/{}/x", "/{name}/{_1}/{_}/x"),
            ("/{open", "/{open"),
            ("/plain", "/plain"),
        ];
        for (template, want) in cases {
            assert_eq!(with_valid_names(template).0, want);
        }
    }

    #[test]
    fn a_form_has_the_path_first_and_the_required_before_the_others() {
        let found = read(&json!({
            "path_template": "/{drive-id}/items/{id}",
            "params_schema": [
                { "name": "limit", "in": "query", "schema": { "type": "integer", "default": 20 } },
                { "name": "q", "in": "query", "required": true, "description": "what for", "example": "x",
                  "schema": { "type": ["string", "null"], "enum": ["x", "y", null] } },
                { "name": "drive-id", "in": "path", "schema": { "type": "string", "format": "uuid" } },
                { "name": "session", "in": "cookie" },
                { "name": "If-Match", "in": "header", "type": "string" },
                { "name": "fields", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } },
                { "in": "query" },
            ],
            "request_schema": { "type": "object", "required": ["a"], "properties": { "a": { "const": 1 } } },
            "scopes": ["s", 1], "deprecated": true,
        }));
        assert_eq!(found.url, "https://h/{drive_id}/items/{id}");
        let shown: Vec<_> = found
            .parameters
            .iter()
            .map(|one| (one.name.as_str(), one.place, one.required, one.kind.as_str()))
            .collect();
        let want = [
            ("drive_id", Place::Path, true, "text (uuid)"),
            ("id", Place::Path, true, ""),
            ("q", Place::Query, true, "text"),
            ("limit", Place::Query, false, "integer"),
            ("If-Match", Place::Header, false, "text"),
            ("fields", Place::Query, false, "list of text"),
        ];
        assert_eq!(shown, want);
        let q = &found.parameters[2];
        assert_eq!(
            (&q.choices, q.example.as_deref(), &*q.description),
            (&vec!["x".into(), "y".into()], Some("x"), "what for")
        );
        assert_eq!(found.parameters[3].default.as_deref(), Some("20"));
        assert_eq!(found.body.unwrap().text, "{\n  \"a\": 1\n}");
        assert_eq!((found.summary.method.as_str(), found.summary.deprecated), ("POST", true));
        assert_eq!(found.summary.scopes, ["s"]);
    }

    #[test]
    fn what_is_not_said_is_not_made_up() {
        let found = read(&json!({ "scopes": "odd", "deprecated": "odd", "summary": null }));
        assert_eq!((found.parameters.len(), found.body.is_none()), (0, true));
        assert_eq!((found.summary.scopes.len(), found.summary.deprecated), (0, false));
    }
}
