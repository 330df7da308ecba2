use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn value(schema: &Value) -> Value {
    serde_json::from_str(&skeleton(schema).text).unwrap()
}

#[test]
fn values_are_those_of_the_schema_or_of_its_type() {
    let cases = [
        (json!({ "const": 7, "default": 8 }), json!(7)),
        (json!({ "type": "string", "default": "d", "example": "e", "enum": ["x"] }), json!("d")),
        (json!({ "type": "string", "example": "e", "enum": ["x"] }), json!("e")),
        (json!({ "type": "string", "examples": ["first", "second"] }), json!("first")),
        (json!({ "enum": [null, "x", "y"] }), json!("x")),
        (json!({ "type": "string", "format": "date-time" }), json!("2026-01-31T09:00:00Z")),
        (json!({ "type": "string", "format": "date" }), json!("2026-01-31")),
        (json!({ "type": "string", "format": "uuid" }), json!("00000000-0000-4000-8000-000000000000")),
        (json!({ "type": "string", "format": "email" }), json!("someone@example.com")),
        (json!({ "format": "uri" }), json!("https://example.com/")),
        (json!({ "type": "string", "format": "nobody knows" }), json!("")),
        (json!({ "type": ["null", "integer"], "minimum": 2.5 }), json!(3)),
        (json!({ "type": "integer", "exclusiveMinimum": 4 }), json!(5)),
        (json!({ "type": "number", "maximum": -0.5 }), json!(-0.5)),
        (json!({ "type": "boolean" }), json!(false)),
        (json!({ "type": "array", "items": { "type": "string" }, "minItems": 2 }), json!(["", ""])),
        (json!({ "type": "array" }), json!([])),
        (json!({ "type": "array", "items": { "type": "string" }, "maxItems": 0 }), json!([])),
        (json!({ "prefixItems": [{ "const": 1 }, { "type": "boolean" }] }), json!([1, false])),
        (json!({ "anyOf": [{ "type": "null" }, { "type": "boolean" }] }), json!(false)),
        (json!({ "oneOf": [{ "$ref": "#/$defs/a%20b" }], "$defs": { "a b": { "const": "x" } } }), json!("x")),
        (json!({ "$ref": "https://elsewhere/schema" }), json!(null)),
        (json!({}), json!(null)),
        (json!(true), json!(null)),
        (json!("odd"), json!(null)),
    ];
    for (schema, want) in cases {
        assert_eq!(value(&schema), want, "{schema}");
    }
}

#[test]
fn required_fields_come_and_optional_ones_are_counted() {
    let schema = json!({
        "required": ["title", "unlisted", "id", "state"],
        "properties": {
            "note": { "type": "string" },
            "title": { "type": "string" },
            "id": { "type": "integer", "readOnly": true },
            "state": { "enum": ["open", "closed"] },
            "start": { "required": ["at"], "properties": { "at": { "type": "string", "format": "date" } } },
        },
        "allOf": [
            { "required": ["owner"], "properties": { "owner": { "$ref": "#/$defs/person" } } },
            { "properties": { "note": { "type": "integer" } } },
        ],
        "$defs": { "person": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" }, "age": { "type": "integer" } } } },
    });
    let found = skeleton(&schema);
    let want = "{\n  \"title\": \"\",\n  \"state\": \"open\",\n  \"owner\": {\n    \"name\": \"\"\n  },\n  \"unlisted\": null\n}";
    assert_eq!(found.text, want);
    assert_eq!(
        (found.required, found.notes),
        (5, vec!["state: one of open, closed".to_owned(), "3 optional fields left out".to_owned()])
    );
    let all: Value = serde_json::from_str(&whole(&schema).text).unwrap();
    assert_eq!(all["start"], json!({ "at": "2026-01-31" }));
    assert_eq!((&all["note"], &all["owner"]["age"]), (&json!(""), &json!(0)));
    assert!(all.get("id").is_none());
}

#[test]
fn circles_end() {
    let tree = json!({ "$ref": "#/$defs/node", "$defs": { "node": {
        "required": ["name", "left", "all"],
        "properties": { "name": { "type": "string" }, "left": { "$ref": "#/$defs/node" }, "all": { "type": "array", "items": { "$ref": "#/$defs/node" } } },
    } } });
    let found = skeleton(&tree);
    assert_eq!(value(&tree), json!({ "name": "", "left": null, "all": [] }));
    assert!(found.notes.contains(&"left: refers to itself; left empty".to_owned()), "{:?}", found.notes);
    for schema in [
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/a", "a": { "$ref": "#/b" }, "b": { "$ref": "#/a" } }),
        json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#" }] }),
    ] {
        skeleton(&schema);
    }
    // Including a part twice is not a cycle.
    let diamond = json!({
        "allOf": [{ "$ref": "#/d/a" }, { "$ref": "#/d/b" }],
        "d": { "a": { "$ref": "#/d/base" }, "b": { "$ref": "#/d/base" }, "base": { "required": ["x"], "properties": { "x": { "const": 1 } } } },
    });
    assert_eq!((value(&diamond), skeleton(&diamond).notes.len()), (json!({ "x": 1 }), 0));
}

/// A schema nested so deeply that dropping it would overflow the stack, so it is leaked.
fn deep(wrap: impl Fn(Value) -> Value) -> &'static Value {
    let mut schema = json!({ "type": "string" });
    for _ in 0..10_000 {
        schema = wrap(schema);
    }
    Box::leak(Box::new(schema))
}

#[test]
fn hostile_schemas_end_and_stay_small() {
    let nest = |name: &'static str, list: bool| {
        move |inner: Value| {
            let mut map = Map::new();
            map.insert(name.to_owned(), if list { Value::Array(vec![inner]) } else { inner });
            Value::Object(map)
        }
    };
    let object = |inner: Value| {
        let mut properties = Map::new();
        properties.insert("a".to_owned(), inner);
        let mut map = Map::new();
        map.insert("required".to_owned(), json!(["a"]));
        map.insert("properties".to_owned(), Value::Object(properties));
        Value::Object(map)
    };
    let leaked = [
        deep(nest("items", false)),
        deep(nest("allOf", true)),
        deep(nest("oneOf", true)),
        deep(nest("const", false)),
        deep(object),
    ];
    let names: Vec<String> = (0..50_000).map(|at| format!("f{at}")).collect();
    let fields: Map<String, Value> =
        names.iter().map(|name| (name.clone(), json!({ "type": "object" }))).collect();
    // Each refers to the next one twice.
    let mut doubling = Map::new();
    for at in 0..40 {
        let two = json!({ "required": ["l", "r"], "properties": { "l": { "$ref": format!("#/d{}", at + 1) }, "r": { "$ref": format!("#/d{}", at + 1) } } });
        doubling.insert(format!("d{at}"), two);
    }
    doubling.insert("$ref".to_owned(), json!("#/d0"));
    let mut choosing = Map::new();
    for at in 0..60 {
        let again = |name: &str| json!({ name: [{ "allOf": [{ "$ref": format!("#/d{}", at + 1) }] }] });
        choosing
            .insert(format!("d{at}"), json!({ "allOf": [again("oneOf"), again("anyOf"), again("allOf")] }));
    }
    choosing.insert("$ref".to_owned(), json!("#/d0"));
    let wide = [
        json!({ "properties": fields, "required": names }),
        json!({ "required": names }),
        json!({ "enum": names }),
        json!({ "const": names }),
        json!({ "default": "x".repeat(1 << 20) }),
        json!({ "enum": vec![Value::Null; 100_000] }),
        json!({ "allOf": vec![json!({ "type": "object" }); 100_000] }),
        json!({ "anyOf": vec![json!({ "type": "null" }); 100_000] }),
        json!({ "type": "array", "minItems": u64::MAX, "items": { "type": "array", "minItems": 1e18, "items": { "const": 1 } } }),
        Value::Object(doubling),
        Value::Object(choosing),
    ];
    for schema in leaked.into_iter().chain(&wide) {
        for found in [skeleton(schema), whole(schema)] {
            assert!(
                found.text.len() < 1 << 20 && found.notes.len() <= MAX_NOTES + 2,
                "{} bytes",
                found.text.len()
            );
            assert!(serde_json::from_str::<Value>(&found.text).is_ok());
        }
    }
}

fn schemas() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "string", "integer", "number", "boolean", "array", "object", "null", "odd",
    ]);
    let leaf = prop_oneof![
        word.prop_map(|kind| json!({ "type": kind })),
        Just(json!({ "$ref": "#" })),
        Just(json!({ "$ref": "#/properties/a" })),
        Just(json!(true)),
        Just(json!({ "enum": [1, "x"] })),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            (prop::collection::btree_map("[a-c]", inner.clone(), 0..4), prop::collection::vec("[a-d]", 0..3))
                .prop_map(
                    |(fields, needed)| json!({ "type": "object", "properties": fields, "required": needed })
                ),
            inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            (prop::sample::select(vec!["oneOf", "anyOf", "allOf"]), prop::collection::vec(inner, 0..4))
                .prop_map(|(name, forms)| json!({ name: forms })),
        ]
    })
}

proptest! {
    #[test]
    fn a_skeleton_is_json(schema in schemas()) {
        for found in [skeleton(&schema), whole(&schema)] {
            prop_assert!(serde_json::from_str::<Value>(&found.text).is_ok());
        }
    }
}
