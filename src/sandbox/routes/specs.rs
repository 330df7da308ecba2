//! Provider specs: the operations of the providers' APIs (docs/protocol/grants.md section 9).

use data_encoding::HEXLOWER;
use serde_json::{Map, Value, json};

use super::Query;
use crate::grant::instant;
use crate::message::Reply;
use crate::seed::DAY;
use crate::tables::{self, OperationRow, SpecRow};
use crate::world::World;

/// The specs as shown, each with its operations.
#[derive(Debug)]
pub(crate) struct Specs(Vec<Spec>);

#[derive(Debug)]
struct Spec {
    row: SpecRow,
    shown: Value,
}

impl Specs {
    fn read(born: i64) -> Self {
        let specs = tables::operations().spec.into_iter().map(|row| {
            let shown = show(&row, born);
            Spec { row, shown }
        });
        Self(specs.collect())
    }
}

fn specs(world: &mut World) -> &[Spec] {
    let born = world.born;
    &world.specs.get_or_insert_with(|| Specs::read(born)).0
}

fn find<'world>(world: &'world mut World, kind: &str, provider: &str) -> Result<&'world Spec, Box<Reply>> {
    let found = specs(world).iter().find(|spec| spec.row.kind == kind && spec.row.provider == provider);
    found.ok_or_else(|| {
        Box::new(Reply::refusal(404, "provider_spec_not_found", "There is no spec of this provider."))
    })
}

pub(super) fn list(world: &mut World, query: &Query) -> Reply {
    let kind = query.get("kind");
    if kind.is_some_and(|kind| !matches!(kind, "oauth" | "managed")) {
        return Reply::invalid("query", "kind", "literal_error", "Input should be 'oauth' or 'managed'");
    }
    let all = specs(world).iter().filter(|spec| kind.is_none_or(|kind| spec.row.kind == kind));
    let items: Vec<&Value> = all.map(|spec| &spec.shown).collect();
    Reply::json(200, &json!({ "items": items, "total": items.len() }))
}

pub(super) fn get(world: &mut World, kind: &str, provider: &str) -> Reply {
    find(world, kind, provider).map_or_else(|refusal| *refusal, |spec| Reply::json(200, &spec.shown))
}

pub(super) fn operations(world: &mut World, kind: &str, provider: &str, query: &Query) -> Reply {
    let (limit, offset) = match query.window(100, 500) {
        Ok(window) => window,
        Err(refusal) => return *refusal,
    };
    let search = query.get("search").unwrap_or_default().to_lowercase();
    if search.chars().count() > 200 {
        return Reply::invalid(
            "query",
            "search",
            "string_too_long",
            "String should have at most 200 characters",
        );
    }
    let spec = match find(world, kind, provider) {
        Ok(spec) => spec,
        Err(refusal) => return *refusal,
    };
    // A substring of id, path or summary, as the official client documents it.
    let hits: Vec<&OperationRow> = spec
        .row
        .operations
        .iter()
        .filter(|row| {
            [&row.id, &row.call, &row.summary].iter().any(|text| text.to_lowercase().contains(&search))
        })
        .collect();
    let items: Vec<Value> =
        hits.iter().skip(offset).take(limit).map(|row| Value::Object(summary(row))).collect();
    let has_more = offset.saturating_add(items.len()) < hits.len();
    let body = json!({
        "items": items, "total": hits.len(), "limit": limit, "offset": offset, "has_more": has_more,
        "spec": spec.shown,
    });
    Reply::json(200, &body)
}

pub(super) fn operation(world: &mut World, kind: &str, provider: &str, query: &Query) -> Reply {
    let spec = match find(world, kind, provider) {
        Ok(spec) => spec,
        Err(refusal) => return *refusal,
    };
    let Some(wanted) = query.get("operation_id") else {
        return Reply::invalid("query", "operation_id", "missing", "Field required");
    };
    let Some(row) = spec.row.operations.iter().find(|row| row.id == wanted) else {
        return Reply::refusal(404, "operation_not_found", "The spec has no such operation.");
    };
    let mut shown = summary(row);
    shown.insert("params_schema".to_owned(), Value::Array(parameters(row)));
    let request = (!row.body.is_empty()).then(|| object(&row.body));
    shown.insert("request_schema".to_owned(), json!(request));
    let answer = object(&row.returns);
    let answer = if row.many { json!({ "type": "array", "items": answer }) } else { answer };
    shown.insert("response_schema".to_owned(), if row.returns.is_empty() { Value::Null } else { answer });
    shown.insert("spec".to_owned(), spec.shown.clone());
    Reply::json(200, &Value::Object(shown))
}

fn show(row: &SpecRow, born: i64) -> Value {
    let print: String = row.operations.iter().map(|row| row.id.as_str()).collect();
    json!({
        "provider_kind": row.kind,
        "provider_id": row.provider,
        "version": 3,
        "provenance": if row.source_url.is_some() { "openapi" } else { "curated" },
        "source_url": row.source_url,
        "content_hash": format!("sha256:{}", HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(print.as_bytes()))),
        "operation_count": row.operations.len(),
        "fetched_at": instant(born - DAY),
        "changed_at": instant(born - 40 * DAY),
        "title": row.title,
        "spec_version": row.version,
    })
}

fn summary(row: &OperationRow) -> Map<String, Value> {
    let (method, path) = row.call.split_once(' ').unwrap_or(("GET", &row.call));
    let mut shown: Map<String, Value> = [
        ("operation_id", row.id.as_str()),
        ("method", method),
        ("path_template", path),
        ("summary", &row.summary),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), json!(value)))
    .collect();
    // No recorded answer has these two; a reader that does not know them passes over them.
    if !row.scopes.is_empty() {
        shown.insert("scopes".to_owned(), json!(row.scopes));
    }
    if row.deprecated {
        shown.insert("deprecated".to_owned(), json!(true));
    }
    shown
}

/// Path parameters from the template's placeholders, then the query's.
fn parameters(row: &OperationRow) -> Vec<Value> {
    let path = row.call.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(
        |(name, _)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
    );
    let query = row.query.iter().map(|text| {
        let field = Field::read(text);
        json!({ "name": field.name, "in": "query", "required": field.required, "schema": field.schema() })
    });
    path.chain(query).collect()
}

/// The schema of an object with these fields; `a.b` is a field of an object, `a[]` a list, `a!.b` makes `a`
/// required too.
fn object(fields: &[String]) -> Value {
    let mut out = json!({ "type": "object", "properties": {}, "required": [] });
    for text in fields {
        let field = Field::read(text);
        let mut place = &mut out;
        let mut steps = field.name.split('.').peekable();
        while let Some(name) = steps.next() {
            let last = steps.peek().is_none();
            let (name, required) = match name.strip_suffix('!') {
                Some(name) => (name, true),
                None => (name, last && field.required),
            };
            let (name, many) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
            if required
                && let Some(needed) = place["required"].as_array_mut()
                && !needed.contains(&json!(name))
            {
                needed.push(json!(name));
            }
            place = &mut place["properties"][name];
            let inner = if last {
                field.schema()
            } else {
                json!({ "type": "object", "properties": {}, "required": [] })
            };
            if place.is_null() {
                *place = if many { json!({ "type": "array", "items": inner }) } else { inner };
            }
            if many {
                place = &mut place["items"];
            }
        }
    }
    out
}

/// `name:type/format=a|b~example!`, all but the name optional.
struct Field<'row> {
    name: &'row str,
    kind: &'row str,
    format: Option<&'row str>,
    choices: Option<&'row str>,
    example: Option<&'row str>,
    required: bool,
}

impl<'row> Field<'row> {
    fn read(text: &'row str) -> Self {
        let (name, rest) = text.split_once(':').unwrap_or((text, "string"));
        let (rest, required) = rest.strip_suffix('!').map_or((rest, false), |rest| (rest, true));
        let part = |rest: &'row str, mark| {
            rest.split_once(mark).map_or((rest, None), |(rest, part)| (rest, Some(part)))
        };
        let (rest, example) = part(rest, '~');
        let (rest, choices) = part(rest, '=');
        let (kind, format) = part(rest, '/');
        Self { name, kind, format, choices, example, required }
    }

    fn schema(&self) -> Value {
        let mut schema = json!({ "type": self.kind });
        if let Some(format) = self.format {
            schema["format"] = json!(format);
        }
        if let Some(choices) = self.choices {
            schema["enum"] = choices.split('|').collect();
        }
        if let Some(example) = self.example {
            let number = (self.kind != "string").then(|| serde_json::from_str(example).ok()).flatten();
            schema["example"] = number.unwrap_or_else(|| json!(example));
        }
        schema
    }
}
