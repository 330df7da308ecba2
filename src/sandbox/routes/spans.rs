//! `POST /sdk/spans` (docs/protocol/grants.md section 12).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::input::{Fields, invalid};
use crate::message::{Reply, Request};
use crate::seed::uuid;
use crate::world::World;

/// So many spans fit into one request.
const MOST: usize = 50;

const SPAN: [&str; 7] =
    ["trace_id", "name", "start_time", "span_id", "parent_span_id", "end_time", "attributes"];

/// Takes spans in; one that is there already is not counted again.
pub(super) fn emit(world: &mut World, request: &Request) -> Result<Reply, Box<Reply>> {
    let fields = Fields::read(&request.body, &["spans"])?;
    let wrong = || invalid("spans", "list_type", "Input should be a list of 1 to 50 spans");
    let list = fields.get("spans").and_then(Value::as_array).ok_or_else(wrong)?;
    if list.is_empty() || list.len() > MOST {
        return Err(wrong());
    }
    let spans: Vec<(String, Option<String>)> = list.iter().map(read).collect::<Result<_, _>>()?;
    let mut accepted = 0;
    for (trace, span) in spans {
        let span = span.unwrap_or_else(|| uuid(&mut world.rng).simple().to_string());
        accepted += usize::from(world.spans.insert((trace, span)));
    }
    Ok(Reply::json(201, &json!({ "accepted": accepted })))
}

/// The trace and the span of an entry that is right.
fn read(span: &Value) -> Result<(String, Option<String>), Box<Reply>> {
    let missing = |name: &str| invalid(name, "missing", "Field required");
    let fields = Fields::read(span.to_string().as_bytes(), &SPAN)?;
    let trace = fields.name("trace_id", 255)?.ok_or_else(|| missing("trace_id"))?;
    fields.name("name", 255)?.ok_or_else(|| missing("name"))?;
    for (name, needed) in [("start_time", true), ("end_time", false)] {
        match fields.text(name)? {
            None if needed => return Err(missing(name)),
            Some(text) if text.parse::<Timestamp>().is_err() => {
                return Err(invalid(name, "datetime_parsing", "Input should be an instant"));
            }
            _ => {}
        }
    }
    fields.name("parent_span_id", 32)?;
    if let Some(attributes) = fields.object("attributes")?
        && !attributes.values().all(Value::is_string)
    {
        return Err(invalid("attributes", "string_type", "Attributes are texts"));
    }
    Ok((trace, fields.name("span_id", 32)?))
}
