//! Refused edits, with the line and what to do.

use super::*;
use crate::file::FileError;

const ID: &str = "7c1f0a52-1111-4222-8333-44445555ee2a";

/// Each text, the name, and a part of the message.
fn refuses(format: Format, cases: &[(&str, &str, &str)]) {
    for (text, name, want) in cases {
        let key: KeyPath = name.parse().unwrap();
        match plan(format, text, &key, ID, None) {
            Ok(edit) => panic!("not refused:\n{text}\n-- became --\n{}", edit.text),
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains(want), "{text}\n{said}\n{want}");
                assert!(!said.contains("s3cret"), "{said}");
                let refused = FileError::Refused { path: "a".into(), problem: error };
                assert_eq!(refused.diagnosis().code, domain::Code::EditRefused);
            }
        }
    }
}

#[test]
fn env() {
    refuses(
        Format::Env,
        &[
            ("G=1\nA=2\nexport G=3\n", "G", "`G` stands on lines 1 and 3; keep one of them"),
            ("A=\"s3cret\n", "G", "line 1: a quote is opened and never closed; close it"),
            ("G='s3cret\n", "G", "line 1: a quote is opened"),
            ("G=\"a\" s3cret\n", "G", "line 1: more text follows"),
            ("A=\"x\"'y\nG=1'\n", "G", "line 1: more text follows"),
            ("G=a#s3cret\n", "G", "`#`"),
            ("G=#c\n", "G", "`#`"),
            ("export G=1 B=2\n", "G", "line 1: its line may set several names"),
            ("G=1\\\n2\n", "G", "backslash"),
            ("A=1\\\nG=2\n", "G", "line 2: the line above ends with a backslash"),
            ("\nA=1\\\n", "G", "line 2: the last line ends with a backslash"),
            ("G: s3cret\n", "G", "write it with `=`"),
            ("G+=1\n", "G", "`+=`"),
            ("G=old\rSECRET=1\rB=2\r", "G", "line 1: a carriage return stands here without a line feed"),
            ("A=1\r\nB=\"x\ry\"\r\n", "G", "line 2: a carriage return"),
            ("# a\rSECRET=1\n", "G", "line 1: a carriage return"),
            ("G=1\r", "G", "line 1: a carriage return"),
            ("'G'=1\n", "G", "its name is in quotes"),
            ("", "a-b", "`a-b` is no name for this file"),
            ("", "1a", "is no name"),
            ("", "ü", "is no name"),
            ("", "alter.grants.my-google", "`ALTER_GRANTS_MY_GOOGLE` would be one"),
        ],
    );
}

#[test]
fn toml() {
    refuses(
        Format::Toml,
        &[
            ("a = 1\na = 2\n", "G", "line 2"),
            ("G = \"s3cret\n", "G", "line 1"),
            ("\n[G]\n", "G", "line 2: `G` is a table, not a text"),
            ("G = [1]\n", "G", "a list"),
            ("[[G]]\n", "G", "a list"),
            ("[[a]]\nb = 1\n", "a.G", "line 1: `a` is a list, which has no names in it"),
            ("x = 1\nG = 5\n", "G", "line 2: `G` is a number"),
            ("G = true\n", "G", "true or false"),
            ("G = 1979-05-27\n", "G", "a date"),
            ("a = \"s3cret\"\n", "a.b.c", "line 1: `a` is a text"),
        ],
    );
}

#[test]
fn json() {
    refuses(
        Format::Json,
        &[
            ("{\"G\": 1,\n\"G\": \"s3cret\"}", "G", "lines 1 and 2"),
            ("{\"a\": {},\n\n\"a\": {}}", "a.G", "`a` stands on lines 1 and 3"),
            ("{\n\"G\": {}}", "G", "line 2: `G` is a table"),
            ("{\"G\": []}", "G", "a list"),
            ("{\"G\": 5}", "G", "a number"),
            ("{\"G\": false}", "G", "true or false"),
            ("{\"a\": [{\"G\": 1}]}", "a.G", "`a` is a list"),
            ("[]", "G", "is a list"),
            ("", "G", "the file is empty"),
            ("// c\n", "G", "the file is empty"),
            ("{\n'G': 1}", "G", "line 2"),
            ("{\nG: 1}", "G", "line 2"),
            ("{\"a\": 1\n\"G\": 2}", "G", "line"),
            ("{\"G\": \"s3cret\" ", "G", "line 1"),
            ("{} {}", "G", "line 1"),
        ],
    );
    let deep = "[".repeat(100_000);
    refuses(Format::Json, &[(&deep, "G", "nesting")]);
}

#[test]
fn yaml() {
    refuses(
        Format::Yaml,
        &[
            ("G: 1\nG: s3cret\n", "G", "duplicate"),
            ("G: a\n---\nG: b\n", "G", "line 2: the file has several documents"),
            ("---\nx: 1\n...\n---\nG: b\n", "G", "several documents"),
            ("x: &x s3cret\nG: *x\n", "G", "line 2: this value is an alias"),
            ("G: &x s3cret\ny: *x\n", "G", "line 1: this value has an anchor or a tag"),
            ("G: &x\n", "G", "YAML readers do not agree"),
            ("G: !!str s3cret\n", "G", "anchor or a tag"),
            (
                "x: &x\n  G: s3cret\ny: *x\n",
                "y.G",
                "line 2: this is shared with another place through an anchor",
            ),
            (
                "x: &x\n  G: s3cret\ny: *x\n",
                "x.G",
                "line 2: this is shared with another place through an anchor",
            ),
            ("a: &x\n  b: 1\n", "a.G", "anchor"),
            (
                "a: 1\nG: |\n  s3cret\n",
                "G",
                "line 2: this value is a block of several lines; put it on one line first, in quotes",
            ),
            ("G: >-\n  s3cret\n", "G", "block of several lines"),
            ("G: s3cret\n  more\n", "G", "several lines"),
            ("\nG: [1]\n", "G", "line 2: `G` is a list"),
            ("G:\n  a: 1\n", "G", "a table"),
            ("G: 5\n", "G", "is a number, not a text; put the value in quotes first, or choose another name"),
            ("G: true\n", "G", "is true or false, not a text; put the value in quotes first"),
            ("G: [1]\n", "G", "is a list, not a text; choose another name"),
            ("a:\n  - G: 1\n", "a.G", "`a` is a list"),
            ("a: {b: 1,\n  c: s3cret}\n", "a.G", "line 1: this table in braces goes over several lines"),
            ("a: &x {}\n", "a.G", "anchor"),
            ("{a: , b: 1}\n", "a.G", "line 1: this table starts after something else"),
            ("a: !!int s3cret\n", "G", "line"),
            ("- a\n", "G", "is a list"),
            ("a: [\n", "G", "line"),
            ("\ta: 1\n", "G", "line"),
            ("---\n# c\n...\n", "G", "line 3: the document ends here"),
        ],
    );
    let bomb =
        (1..30).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect::<Vec<_>>().concat();
    refuses(
        Format::Yaml,
        &[(&format!("a0: &a0 x\n{bomb}"), "G", "line"), (&"[".repeat(100_000), "G", "line")],
    );
}

#[test]
fn values_with_controls_and_large_files() {
    for format in [Format::Env, Format::Toml, Format::Json, Format::Yaml] {
        let key: KeyPath = "G".parse().unwrap();
        for value in ["a\nb", "\u{1b}[2J", "a\u{85}"] {
            assert!(
                matches!(plan(format, "", &key, value, None), Err(EditError::Value { .. })),
                "{format:?}"
            );
        }
        let large = "#".repeat(MAX_BYTES + 1);
        assert_eq!(
            plan(format, &large, &key, ID, None),
            Err(EditError::TooLarge { bytes: large.len() as u64 }),
            "{format:?}"
        );
    }
}
