//! Edits of each format, on every kind of file that can be edited.

use super::*;

const ID: &str = "7c1f0a52-1111-4222-8333-44445555ee2a";

fn key(text: &str) -> KeyPath {
    text.parse().unwrap()
}

/// Replaces `OLD` in each text by the id.
fn replaces(format: Format, name: &str, cases: &[&str]) {
    for text in cases {
        let want = text.replace("OLD", ID);
        assert_ne!(*text, want);
        let line = text.split("OLD").next().unwrap().matches('\n').count() + 1;
        let edit =
            plan(format, text, &key(name), ID, Some(&Clean::line("never used"))).unwrap_or_else(|error| {
                panic!("{text}\n{error}");
            });
        assert_eq!(edit.text, want);
        let Change::Replaced { line: reported, before, .. } = edit.change else { panic!("{text}") };
        assert_eq!((reported, before.as_str()), (line, mask::HIDDEN), "{text}");
        let again = plan(format, &want, &key(name), ID, None).unwrap();
        assert_eq!(again, Edit { text: want, change: Change::Same });
    }
}

/// Adds the id where each expected text has `ID`.
fn adds(format: Format, name: &str, cases: &[(&str, &str)]) {
    for (text, want) in cases {
        let want = want.replace("ID", ID);
        let edit = plan(format, text, &key(name), ID, Some(&Clean::lines("google\nwork@acme.com")))
            .unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(edit.text, want);
        let line = want.split(ID).next().unwrap().matches('\n').count() + 1;
        assert_eq!(edit.change, Change::Added { line }, "{text}");
    }
}

#[test]
fn env_values_are_replaced() {
    replaces(
        Format::Env,
        "G",
        &[
            "G=OLD",
            "G=OLD\n",
            "A=1\r\nG=OLD\r\nB=2\r\n",
            "\u{feff}G=OLD\n",
            "export G=OLD\n",
            "export\tG='OLD' # work\n",
            "  G = \"OLD\"\t# work\n",
            "G=OLD # work@acme.com\n",
            "G=OLD   \n",
            "#G=1\n  # G=2\nG=OLD\n",
            "A=\"\nG=1\n\"\nG=OLD\n",
            "A='x\nG=1'\nG=OLD\n",
            "A=\"x \\\" \nG=1\"\nG=OLD",
            "A=it's\nG=OLD\nB=isn't\n",
            "if [ -f x ]; then\n  export G=OLD\nfi\n",
            "GG=1\nG=OLD\nG_=2\n",
            "A=1\\\n2\nG=OLD\n",
            "A=# not closed \"\nG=OLD\n",
            "no assignment at all\nG=OLD\nA: b\n",
        ],
    );
    for (text, want) in [
        ("G=\n", "G=ID\n"),
        ("G= # c\n", "G=ID # c\n"),
        ("G=\"\"\n", "G=\"ID\"\n"),
        ("G=`a`\n", "G=\"ID\"\n"),
        ("G=\"a\nb\"\nH=1\n", "G=\"ID\"\nH=1\n"),
    ] {
        assert_eq!(
            plan(Format::Env, text, &key("G"), ID, None).unwrap().text,
            want.replace("ID", ID),
            "{text}"
        );
    }
}

#[test]
fn env_names_are_added() {
    let comment = "# google work@acme.com";
    adds(
        Format::Env,
        "G",
        &[
            ("", &format!("{comment}\nG=ID\n")),
            ("A=1", &format!("A=1\n{comment}\nG=ID\n")),
            ("A=1\r\n", &format!("A=1\r\n{comment}\r\nG=ID\r\n")),
            (
                "# G=1\nexport A=1\nexport B=2\n",
                &format!("# G=1\nexport A=1\nexport B=2\n{comment}\nexport G=ID\n"),
            ),
            ("A=\"\nG=1\n\"\n", &format!("A=\"\nG=1\n\"\n{comment}\nG=ID\n")),
        ],
    );
}

#[test]
fn quotes_change_only_where_they_must() {
    for (text, value, want) in [
        ("G=a", "b c", "G=\"b c\""),
        ("G='a'", "b'c", "G=\"b'c\""),
        ("G=\"a\"", "b$c", "G='b$c'"),
        ("G=a", "", "G=\"\""),
    ] {
        assert_eq!(plan(Format::Env, text, &key("G"), value, None).unwrap().text, want);
    }
    for value in ["a\nb", "a'\"b", "a\\'b"] {
        let error = plan(Format::Env, "G=a", &key("G"), value, None).unwrap_err();
        assert!(matches!(error, EditError::Value { .. }), "{value:?}");
    }
    for (format, text, value, want) in [
        (Format::Toml, "G = 'a'", "b\\c", "G = 'b\\c'"),
        (Format::Toml, "G = 'a'", "b'\\\"", "G = \"b'\\\\\\\"\""),
        (Format::Json, "{\"G\": \"a\"}", "b\"\\", "{\"G\": \"b\\\"\\\\\"}"),
        (Format::Yaml, "G: 'a'", "b'c", "G: 'b''c'"),
        (Format::Yaml, "G: a", "no", "G: \"no\""),
        (Format::Yaml, "G: a", "b: c #", "G: \"b: c #\""),
        (Format::Yaml, "G: \"a\"", "b\"\\\u{2028}", "G: \"b\\\"\\\\\\L\""),
    ] {
        assert_eq!(plan(format, text, &key("G"), value, None).unwrap().text, want);
    }
}

#[test]
fn toml_values_are_replaced() {
    replaces(
        Format::Toml,
        "a.b",
        &[
            "a.b = \"OLD\" # work\n",
            "[a]\n# c\nb = 'OLD'\t # work\r\nc = 1\r\n",
            "\u{feff}[a]\r\nb=\"OLD\"",
            "a = { b = \"OLD\", c = 1 }\n",
            "a = {b=\"OLD\"}",
            "[x]\nb = \"x\"\n[a]\n\"b\" = \"OLD\" # b = \"x\"\n[[y]]\nb = 1\n[[y]]\n",
            "s = \"\"\"\n[a]\nb = 'x'\n\"\"\"\n[a]\nb = \"OLD\"\nd = 1979-05-27\n",
        ],
    );
    replaces(Format::Toml, "a.\"b.c\"", &["[a]\n\"b.c\" = \"OLD\"\nb = { c = 1 }\n"]);
    let edit = plan(Format::Toml, "G = \"\"\"\na\nb\"\"\" # c\n", &key("G"), ID, None).unwrap();
    assert_eq!(edit.text, format!("G = \"{ID}\" # c\n"));
}

#[test]
fn toml_names_are_added() {
    let comment = "# google work@acme.com";
    adds(
        Format::Toml,
        "G",
        &[
            ("", &format!("{comment}\nG = \"ID\"\n")),
            ("a = 1", &format!("a = 1\n{comment}\nG = \"ID\"\n")),
            (
                "a = [\n 1,\n] # x\r\n\r\n[t]\r\n",
                &format!("a = [\n 1,\n] # x\r\n{comment}\nG = \"ID\"\n\r\n[t]\r\n"),
            ),
            (
                "# licence\n\n# the table\n[t]\na = 1\n",
                &format!("# licence\n\n{comment}\nG = \"ID\"\n\n# the table\n[t]\na = 1\n"),
            ),
            ("# only a comment\n", &format!("# only a comment\n{comment}\nG = \"ID\"\n")),
        ],
    );
    adds(
        Format::Toml,
        "a.b.G",
        &[
            ("x = 1\n", &format!("x = 1\n\n[a.b]\n{comment}\nG = \"ID\"\n")),
            ("[a.b]\nx = 1 # c\n\n[c]\n", &format!("[a.b]\nx = 1 # c\n{comment}\nG = \"ID\"\n\n[c]\n")),
            ("[a.b] # c\n\n[c]\n", &format!("[a.b] # c\n{comment}\nG = \"ID\"\n\n[c]\n")),
            ("[a]\n  b.x = 1\n", &format!("[a]\n  b.x = 1\n  {comment}\n  b.G = \"ID\"\n")),
            ("a = { b = { x = 1 } } # c\n", "a = { b = { x = 1, G = \"ID\" } } # c\n"),
            ("a = { b = {} }\n", "a = { b = { G = \"ID\" } }\n"),
            ("a = { }\n", "a = { b.G = \"ID\" }\n"),
            ("[a.b.c]\nx = 1\n", &format!("[a.b.c]\nx = 1\n\n[a.b]\n{comment}\nG = \"ID\"\n")),
            ("[a]\nx = 1", &format!("[a]\nx = 1\n\n[a.b]\n{comment}\nG = \"ID\"\n")),
        ],
    );
    adds(Format::Toml, "a.\"b c\"", &[("[a]\n", &format!("[a]\n{comment}\n\"b c\" = \"ID\"\n"))]);
}

#[test]
fn json_values_are_replaced() {
    replaces(
        Format::Json,
        "a.b",
        &[
            "{\"a\":{\"b\":\"OLD\"}}",
            "\u{feff}{\r\n\t\"a\": {\r\n\t\t\"b\" : \"OLD\", // work\r\n\t},\r\n}\r\n",
            "// {\"a\": {\"b\": \"x\"}}\n{\"a\": {/* \"b\": 1 */ \"b\": /* x */ \"OLD\" /* y */}}",
            "{\"x\": \"{\\\"a\\\": 1}\", \"x\": 2, \"a\": {\"b\": \"OLD\", \"c\": [1e5, null]}}",
            "{\"\\u0061\": {\"b\": \"OLD\"}}",
        ],
    );
    let edit = plan(Format::Json, "{\"G\": null}", &key("G"), ID, None).unwrap();
    assert_eq!(edit.text, format!("{{\"G\": \"{ID}\"}}"));
}

#[test]
fn json_names_are_added() {
    adds(
        Format::Json,
        "G",
        &[
            ("{}", "{\n  \"G\": \"ID\"\n}"),
            ("{\n}\n", "{\n  \"G\": \"ID\"\n}\n"),
            ("{\"a\": 1}", "{\"a\": 1, \"G\": \"ID\"}"),
            ("{ \"a\": 1, }", "{ \"a\": 1, \"G\": \"ID\", }"),
            ("{\r\n\t\"a\": 1\r\n}", "{\r\n\t\"a\": 1,\r\n\t\"G\": \"ID\"\r\n}"),
            ("{\n  \"a\": {}, \n}", "{\n  \"a\": {},\n  \"G\": \"ID\", \n}"),
            (
                "{\n  \"a\": 1 // one\n  // end\n}",
                "{\n  \"a\": 1, // one\n  // google work@acme.com\n  \"G\": \"ID\"\n  // end\n}",
            ),
            (
                "{\n  \"a\": 1, // one\n}",
                "{\n  \"a\": 1, // one\n  // google work@acme.com\n  \"G\": \"ID\",\n}",
            ),
            ("{ // empty\n}", "{ // empty\n  // google work@acme.com\n  \"G\": \"ID\"\n}"),
        ],
    );
    adds(
        Format::Json,
        "a.b.G",
        &[
            ("{\"a\": {\"x\": 1}}", "{\"a\": {\"x\": 1, \"b\": {\"G\": \"ID\"}}}"),
            (
                "{\n    \"a\": {\n        \"x\": [\n1]\n    }\n}",
                "{\n    \"a\": {\n        \"x\": [\n1],\n        \"b\": {\n            \"G\": \"ID\"\n        }\n    }\n}",
            ),
        ],
    );
}

#[test]
fn json_null_gives_way_to_a_table() {
    adds(
        Format::Json,
        "a.b.G",
        &[
            ("{\"a\": null}", "{\"a\": {\"b\": {\"G\": \"ID\"}}}"),
            (
                "{\n  \"a\": {\n    \"b\": null\n  }\n}\n",
                "{\n  \"a\": {\n    \"b\": {\n      \"G\": \"ID\"\n    }\n  }\n}\n",
            ),
            ("null", "{\"a\": {\"b\": {\"G\": \"ID\"}}}"),
        ],
    );
}

#[test]
fn yaml_values_are_replaced() {
    replaces(
        Format::Yaml,
        "a.b",
        &[
            "a:\n  b: OLD # work\n",
            "---\r\na:\r\n  # b: x\r\n  b: \"OLD\"\r\n  c: 'x' # y\r\n",
            "\u{feff}a:\n    b:   'OLD'",
            "a: {b: OLD, c: [1, 2]}\n",
            "x: &x {y: 1}\nz: *x\na:\n  b: OLD\n",
            "x: |\n  a:\n    b: no\na:\n  <<: {q: 1}\n  b: OLD\n",
            "a:\n\n  \"b\": OLD\n...\n",
            "%YAML 1.2\n---\na:\n  b: OLD\n",
            "{\"a\": {\"b\": \"OLD\"}}",
            "a:\n  b:\n    OLD\n",
        ],
    );
    for (text, want) in [
        ("a:\n  b:\n  c: 1\n", "a:\n  b: ID\n  c: 1\n"),
        ("a:\n  b: # c\n", "a:\n  b: ID # c\n"),
        ("a:\n  b: ~\n", "a:\n  b: ID\n"),
        ("a:\n  b: \"x\n    y\"\n", "a:\n  b: \"ID\"\n"),
    ] {
        let edit =
            plan(Format::Yaml, text, &key("a.b"), ID, None).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(edit.text, want.replace("ID", ID));
    }
}

#[test]
fn yaml_names_are_added() {
    let comment = "# google work@acme.com";
    adds(
        Format::Yaml,
        "a.G",
        &[
            ("", &format!("a:\n  {comment}\n  G: ID\n")),
            ("# c\n", &format!("# c\na:\n  {comment}\n  G: ID\n")),
            ("x:\n    y: 1", &format!("x:\n    y: 1\na:\n    {comment}\n    G: ID\n")),
            (
                "a:\r\n  x: 1 # c\r\nb: 2\r\n",
                &format!("a:\r\n  x: 1 # c\r\n  {comment}\r\n  G: ID\r\nb: 2\r\n"),
            ),
            (
                "a:\n  x:\n    - 1\n    - 2\n\nb: 2\n",
                &format!("a:\n  x:\n    - 1\n    - 2\n  {comment}\n  G: ID\n\nb: 2\n"),
            ),
            ("a:\n  x: |\n    text\nb: 2\n", &format!("a:\n  x: |\n    text\n  {comment}\n  G: ID\nb: 2\n")),
            ("---\na:\n  x: 1\n...\n", &format!("---\na:\n  x: 1\n  {comment}\n  G: ID\n...\n")),
        ],
    );
}

#[test]
fn yaml_tables_without_a_name_get_one() {
    let comment = "# google work@acme.com";
    adds(
        Format::Yaml,
        "a.G",
        &[
            ("a:\nb: 1\n", &format!("a:\n  {comment}\n  G: ID\nb: 1\n")),
            ("a:", &format!("a:\n  {comment}\n  G: ID\n")),
            ("a: {}\n", &format!("a:\n  {comment}\n  G: ID\n")),
            ("a: {} # c\nb: 1\n", &format!("a: # c\n  {comment}\n  G: ID\nb: 1\n")),
            ("a:   # c\n\nb: 1\n", &format!("a:   # c\n  {comment}\n  G: ID\n\nb: 1\n")),
            ("x:\n    y: 1\na: ~", &format!("x:\n    y: 1\na:\n    {comment}\n    G: ID\n")),
            ("a: null\r\nb: 1\r\n", &format!("a:\r\n  {comment}\r\n  G: ID\r\nb: 1\r\n")),
            ("# c\n{}\n", &format!("# c\na:\n  {comment}\n  G: ID\n")),
            ("a: {b: 1}\n", "a: {b: 1, G: ID}\n"),
            ("a: { b: 1, }\n", "a: { b: 1, G: ID }\n"),
            ("{x: {}, a: {}}\n", "{x: {}, a: {G: ID}}\n"),
            ("{x: 1}\n", "{x: 1, a: {G: ID}}\n"),
        ],
    );
    adds(
        Format::Yaml,
        "x.a.b.G",
        &[
            ("x:\n  a: {}\n  c: 1\n", &format!("x:\n  a:\n    b:\n      {comment}\n      G: ID\n  c: 1\n")),
            ("x: {a: {b: {}}}\n", "x: {a: {b: {G: ID}}}\n"),
            ("x: {}\n", &format!("x:\n  a:\n    b:\n      {comment}\n      G: ID\n")),
        ],
    );
}
