//! Generates an initial body from a JSON schema. Schemas are untrusted: time and output are limited.

use super::percent;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// An initial body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skeleton {
    /// Pretty JSON.
    pub text: String,
    /// Number of required fields in it.
    pub required: usize,
    /// Remarks on the schema: choices, what was left out. Untrusted texts.
    pub notes: Vec<String>,
}

/// Maximum nesting depth.
const MAX_DEPTH: usize = 12;
/// Maximum number of fields and items.
const MAX_NODES: usize = 1_000;
/// Maximum number of schemas visited.
const MAX_STEPS: usize = 20_000;
/// Maximum number of notes.
const MAX_NOTES: usize = 20;
/// Maximum length in bytes of a text copied from a schema.
const MAX_TEXT: usize = 4_096;
/// Maximum number of choices in a note.
const MAX_CHOICES: usize = 8;

/// Generates the required fields of a body, in schema order; optional ones are counted in a note.
///
/// `const`, `default`, `example` and the first `enum` value are copied; other fields get a value of their
/// type and format. `$ref` is only followed within the schema.
pub fn skeleton(schema: &Value) -> Skeleton {
    Builder::new(schema, false).run()
}

/// Like [`skeleton`], with the optional fields after the required ones.
pub fn whole(schema: &Value) -> Skeleton {
    Builder::new(schema, true).run()
}

struct Builder<'a> {
    root: &'a Value,
    optional: bool,
    nodes: usize,
    steps: usize,
    /// References being followed.
    open: Vec<&'a str>,
    /// Names of the fields that lead here.
    path: Vec<&'a str>,
    out: Skeleton,
    left_out: usize,
    cut: bool,
}

/// A schema, merged with everything that it references, includes or chooses.
#[derive(Default)]
struct Gathered<'a> {
    maps: Vec<&'a Map<String, Value>>,
    /// Number of references followed.
    entered: usize,
}

impl<'a> Gathered<'a> {
    fn find(&self, name: &str) -> Option<&'a Value> {
        self.maps.iter().find_map(|map| map.get(name))
    }

    /// The first type that is not null.
    fn kind(&self) -> Option<&'a str> {
        let kinds = self.maps.iter().filter_map(|map| map.get("type"));
        let mut words = kinds.flat_map(|kind| match kind {
            Value::Array(kinds) => kinds.as_slice(),
            one => std::slice::from_ref(one),
        });
        let named = words.find_map(|word| word.as_str().filter(|word| *word != "null"));
        let implied = || {
            let has = |names: &[&str]| names.iter().any(|name| self.find(name).is_some());
            if has(&["properties", "required", "additionalProperties"]) {
                Some("object")
            } else if has(&["items", "prefixItems", "minItems"]) {
                Some("array")
            } else if has(&["format", "pattern", "minLength", "maxLength"]) {
                Some("string")
            } else if has(&["minimum", "maximum", "multipleOf", "exclusiveMinimum"]) {
                Some("number")
            } else {
                None
            }
        };
        named.or_else(implied)
    }
}

impl<'a> Builder<'a> {
    fn new(root: &'a Value, optional: bool) -> Self {
        Self {
            root,
            optional,
            nodes: MAX_NODES,
            steps: MAX_STEPS,
            open: Vec::new(),
            path: Vec::new(),
            out: Skeleton::default(),
            left_out: 0,
            cut: false,
        }
    }

    fn run(mut self) -> Skeleton {
        let value = self.value(self.root, 0);
        let mut out = self.out;
        if self.left_out > 0 {
            let fields = if self.left_out == 1 { "field" } else { "fields" };
            out.notes.push(format!("{} optional {fields} left out", self.left_out));
        }
        if self.cut {
            out.notes.push("schema truncated".to_owned());
        }
        out.text = serde_json::to_string_pretty(&value).unwrap_or_default();
        out
    }

    fn note(&mut self, text: &str) {
        let place = self.path.join(".");
        let note = if place.is_empty() { text.to_owned() } else { format!("{place}: {text}") };
        if self.out.notes.len() < MAX_NOTES && !self.out.notes.contains(&note) {
            self.out.notes.push(note);
        }
    }

    fn value(&mut self, schema: &'a Value, depth: usize) -> Value {
        if self.nodes == 0 || depth > MAX_DEPTH {
            self.cut = true;
            return Value::Null;
        }
        self.nodes -= 1;
        let mut gathered = Gathered::default();
        self.gather(schema, 0, &mut gathered);
        let value = self.provided_value(&gathered).unwrap_or_else(|| match gathered.kind() {
            Some("object") => self.object(&gathered, depth),
            Some("array") => self.array(&gathered, depth),
            Some("string") => Value::String(text(gathered.find("format"))),
            Some("integer" | "number") => number(&gathered),
            Some("boolean") => Value::Bool(false),
            _ => Value::Null,
        });
        self.open.truncate(self.open.len().saturating_sub(gathered.entered));
        value
    }

    /// Follows references, merges all parts of `allOf`, and chooses the first of `oneOf` and `anyOf` that is
    /// not null.
    fn gather(&mut self, schema: &'a Value, depth: usize, out: &mut Gathered<'a>) {
        if self.steps == 0 || depth > 4 * MAX_DEPTH {
            self.cut = true;
            return;
        }
        self.steps -= 1;
        let Some(map) = schema.as_object() else { return };
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            if let Some(at) = self.open.iter().position(|open| *open == reference) {
                // A part that is included twice here is not a cycle.
                if at < self.open.len() - out.entered {
                    self.note("refers to itself; left empty");
                }
                return;
            }
            let target =
                reference.strip_prefix('#').and_then(|pointer| self.root.pointer(&unescaped(pointer)));
            let Some(target) = target else {
                self.note("the answer has no schema");
                return;
            };
            self.open.push(reference);
            out.entered += 1;
            out.maps.push(map);
            self.gather(target, depth + 1, out);
            return;
        }
        out.maps.push(map);
        for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            if self.steps == 0 {
                break;
            }
            self.gather(part, depth + 1, out);
        }
        for name in ["oneOf", "anyOf"] {
            let Some(forms) = map.get(name).and_then(Value::as_array) else { continue };
            let real = |form: &&Value| {
                !(form.get("type").and_then(Value::as_str) == Some("null") || form.is_boolean())
            };
            let mut real = forms.iter().take(self.steps).filter(real);
            if let Some(first) = real.next() {
                let others = real.count();
                if others > 0 {
                    self.note(&format!("the first of {} forms", others + 1));
                }
                self.gather(first, depth + 1, out);
            }
        }
    }

    /// The value that the schema itself provides.
    fn provided_value(&mut self, gathered: &Gathered<'a>) -> Option<Value> {
        let choices = gathered.find("enum").and_then(Value::as_array).filter(|choices| choices.len() > 1);
        if let Some(choices) = choices {
            let words =
                choices.iter().filter(|choice| !choice.is_object() && !choice.is_array()).take(MAX_CHOICES);
            let words: Vec<String> = words
                .map(|word| cut(&word.as_str().map_or_else(|| word.to_string(), str::to_owned)))
                .collect();
            let more = if choices.len() > words.len() { ", …" } else { "" };
            self.note(&format!("one of {}{more}", words.join(", ")));
        }
        let first = |name: &str| gathered.find(name).and_then(Value::as_array).and_then(|list| list.first());
        let named = ["const", "default", "example"].into_iter().find_map(|name| gathered.find(name));
        let examples = || first("examples");
        let choice = || {
            let choices = gathered.find("enum").and_then(Value::as_array)?;
            choices.iter().take(MAX_NODES).find(|choice| !choice.is_null()).or_else(|| choices.first())
        };
        let found = named.filter(|value| !value.is_null()).or_else(examples).or_else(choice)?;
        let weight = weight(found, self.nodes, 0)?;
        self.nodes -= weight;
        Some(found.clone())
    }

    fn object(&mut self, gathered: &Gathered<'a>, depth: usize) -> Value {
        let lists = gathered.maps.iter().filter_map(|map| map.get("required")).filter_map(Value::as_array);
        let needed: BTreeSet<&str> = lists.flatten().filter_map(Value::as_str).collect();
        let maps = gathered.maps.iter().filter_map(|map| map.get("properties")).filter_map(Value::as_object);
        let mut out = Map::new();
        let mut later = Vec::new();
        let mut seen = BTreeSet::new();
        for (name, schema) in maps.flatten() {
            if !seen.insert(name.as_str()) {
                continue;
            }
            let unwritable = schema.get("readOnly").and_then(Value::as_bool).unwrap_or_default();
            if needed.contains(name.as_str()) && !unwritable {
                self.field(&mut out, name, schema, depth);
                self.out.required += 1;
            } else if !unwritable {
                later.push((name, schema));
            }
            if self.nodes == 0 {
                self.cut = true;
                return Value::Object(out);
            }
        }
        for name in needed {
            if !seen.contains(name) && self.nodes > 0 && name.len() <= MAX_TEXT {
                self.nodes -= 1;
                self.out.required += 1;
                out.insert(name.to_owned(), Value::Null);
            }
        }
        if self.optional {
            for (name, schema) in later {
                if self.nodes == 0 {
                    self.cut = true;
                    break;
                }
                self.field(&mut out, name, schema, depth);
            }
        } else {
            self.left_out += later.len();
        }
        Value::Object(out)
    }

    fn field(&mut self, out: &mut Map<String, Value>, name: &'a str, schema: &'a Value, depth: usize) {
        if name.len() > MAX_TEXT {
            self.cut = true;
            return;
        }
        self.path.push(name);
        let value = self.value(schema, depth + 1);
        self.path.pop();
        out.insert(name.to_owned(), value);
    }

    /// Generates one item as an example; more if the schema requires them.
    fn array(&mut self, gathered: &Gathered<'a>, depth: usize) -> Value {
        const MOST: u64 = 5;
        let least = gathered.find("minItems").and_then(Value::as_u64).unwrap_or(1);
        let none = gathered.find("maxItems").and_then(Value::as_u64) == Some(0);
        let tuple = gathered.find("prefixItems").and_then(Value::as_array);
        let items = gathered.find("items").filter(|items| items.is_object());
        let mut out = Vec::new();
        if let (Some(tuple), false) = (tuple, none) {
            out.extend(tuple.iter().take(MOST as usize).map(|schema| self.value(schema, depth + 1)));
        } else if let (Some(schema), false) = (items, none) {
            out.extend((0..least.clamp(1, MOST)).map(|_| self.value(schema, depth + 1)));
        }
        // Items that are all null carry no information.
        if out.iter().all(Value::is_null) && least <= 1 {
            out.clear();
        }
        Value::Array(out)
    }
}

/// Decodes `%24` and the like: a reference is a URL fragment.
fn unescaped(pointer: &str) -> String {
    String::from_utf8_lossy(&percent::decode_bytes(pointer.as_bytes())).into_owned()
}

fn cut(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).chain(['…']).collect()
    }
}

/// Counts the values that a value consists of; `None` if there are more than `most`, or a text is too long.
fn weight(value: &Value, most: usize, depth: usize) -> Option<usize> {
    if most == 0 || depth > MAX_DEPTH {
        return None;
    }
    let sum = |sum: usize, value: &Value| {
        weight(value, most.saturating_sub(sum), depth + 1).map(|weight| sum + weight)
    };
    match value {
        Value::String(text) => (text.len() <= MAX_TEXT).then_some(1),
        Value::Array(items) => items.iter().try_fold(1, sum),
        Value::Object(fields) => fields
            .iter()
            .try_fold(1, |total, (name, value)| if name.len() > MAX_TEXT { None } else { sum(total, value) }),
        _ => Some(1),
    }
}

/// Returns a text of a format; empty if there is none or it is unknown.
fn text(format: Option<&Value>) -> String {
    let text = match format.and_then(Value::as_str).unwrap_or_default() {
        "date-time" => "2026-01-31T09:00:00Z",
        "date" => "2026-01-31",
        "time" => "09:00:00Z",
        "duration" => "P1D",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "email" | "idn-email" => "someone@example.com",
        "uri" | "url" | "iri" | "uri-reference" => "https://example.com/",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" | "base64" => "aGVsbG8=",
        "json-pointer" => "/",
        "regex" => ".*",
        _ => "",
    };
    text.to_owned()
}

/// Returns the number nearest to 0 within the bounds.
fn number(gathered: &Gathered<'_>) -> Value {
    let bound = |name: &str| gathered.find(name).and_then(Value::as_f64);
    let above = bound("exclusiveMinimum").map(|bound| bound.floor() + 1.0);
    let below = bound("exclusiveMaximum").map(|bound| bound.ceil() - 1.0);
    let least = [bound("minimum"), above].into_iter().flatten().fold(f64::NEG_INFINITY, f64::max);
    let most = [bound("maximum"), below].into_iter().flatten().fold(f64::INFINITY, f64::min);
    let mut value = 0.0_f64.max(least).min(most);
    if gathered.kind() == Some("integer") {
        value = if value > 0.0 { value.ceil() } else { value.floor() };
    }
    let whole = value.fract() == 0.0 && value.abs() < 9.0e15;
    if whole { Value::from(value as i64) } else { Value::from(value) }
}

#[cfg(test)]
#[path = "skeleton_tests.rs"]
mod tests;
