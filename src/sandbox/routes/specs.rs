//! Provider specs: the operations of the providers' APIs (protocol: grants.md section 9).

use serde_json::{Map, Value, json};

use super::Query;
use crate::sandbox::grant::instant;
use crate::sandbox::message::Reply;
use crate::sandbox::seed::DAY;
use crate::sandbox::tables::{self, OperationRow, SpecRow};
use crate::sandbox::verify::hex;
use crate::sandbox::world::World;

/// The specs as shown, each with its operations.
#[derive(Debug)]
pub(in crate::sandbox) struct Specs(Vec<Spec>);

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
        "content_hash": format!("sha256:{}", hex(&<sha2::Sha256 as sha2::Digest>::digest(print.as_bytes()))),
        "operation_count": row.operations.len(),
        "fetched_at": instant(born - DAY),
        "changed_at": instant(born - 40 * DAY),
        "title": row.title,
        "spec_version": row.version,
    })
}

fn summary(row: &OperationRow) -> Map<String, Value> {
    let (method, path) = row.call.split_once(' ').unwrap_or(("GET", &row.call));
    [
        ("operation_id", row.id.as_str()),
        ("method", method),
        ("path_template", path),
        ("summary", &row.summary),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), json!(value)))
    .collect()
}

/// Path parameters from the template's placeholders, then the query's.
fn parameters(row: &OperationRow) -> Vec<Value> {
    let path = row.call.split('{').skip(1).filter_map(|piece| piece.split_once('}')).map(
        |(name, _)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
    );
    let query = row.query.iter().map(|text| {
        let (name, kind, required) = field(text);
        json!({ "name": name, "in": "query", "required": required, "schema": { "type": kind } })
    });
    path.chain(query).collect()
}

fn object(fields: &[String]) -> Value {
    let mut properties = Map::new();
    let mut needed = Vec::new();
    for text in fields {
        let (name, kind, required) = field(text);
        properties.insert(name.to_owned(), json!({ "type": kind }));
        if required {
            needed.push(name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": needed })
}

/// `name:type!`
fn field(text: &str) -> (&str, &str, bool) {
    let (name, kind) = text.split_once(':').unwrap_or((text, "string"));
    kind.strip_suffix('!').map_or((name, kind, false), |kind| (name, kind, true))
}
