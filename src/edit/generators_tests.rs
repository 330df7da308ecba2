//! Random files of each format, with everything that trips up editors.

use proptest::prelude::*;

use super::{Format, KeyPath};

/// A file in three parts, so that a test knows which bytes may change.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) format: Format,
    pub(super) key: KeyPath,
    pub(super) head: String,
    /// The value as written; empty if the name does not exist.
    pub(super) old: String,
    pub(super) tail: String,
    /// Whether the name occurs twice or is shared through an anchor, so that the edit must be refused.
    pub(super) is_hazard: bool,
}

impl Case {
    pub(super) fn text(&self) -> String {
        [&*self.head, &self.old, &self.tail].concat()
    }

    /// The same with other line endings, with a byte-order mark, or without the last line ending.
    fn varied(mut self, crlf: bool, mark: bool, cut: bool) -> Self {
        if cut && self.tail.ends_with('\n') && !self.is_hazard {
            self.tail.pop();
        }
        if crlf {
            for part in [&mut self.head, &mut self.old, &mut self.tail] {
                *part = part.replace('\n', "\r\n");
            }
        }
        if mark {
            self.head.insert(0, '\u{feff}');
        }
        self
    }
}

/// Values: mostly ids, and strings that have to be quoted.
pub(super) fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<u128>().prop_map(|bits| uuid::Uuid::from_u128(bits).to_string()),
        1 => "[a-zA-Z0-9_./:@ '\"$#{}\\[\\],&*!|>%\\\\é-]{0,16}",
    ]
}

type Lines = Vec<(usize, usize)>;

/// The lines above or below the one of interest.
fn lines() -> impl Strategy<Value = Lines> {
    proptest::collection::vec((0..32usize, 0..1000usize), 0..6)
}

/// Renders the lines, each with a name of its own.
fn written(lines: &Lines, side: &str, known: &[&str], close: &str) -> String {
    let line = |(index, (kind, _)): (usize, &(usize, usize))| {
        known[kind % known.len()].replace('$', &format!("{side}{index}")) + close
    };
    lines.iter().enumerate().map(line).collect()
}

const ENV: [&str; 16] = [
    "$=x",
    "export $ = 'it s' # G=1",
    "# G=old",
    "",
    "$=\"multi\nG=1\n\"",
    "$='a # b'",
    "$=`x`",
    "no assignment",
    "  ",
    "$=a b c",
    "$=it's",
    "#G=1",
    "$='\nG=2\n'",
    "$=\"a \\\" G=1\"",
    "$=",
    "G_$=1",
];

const TOML: [&str; 16] = [
    "$ = 1 # a.b = \"x\"",
    "$ = \"b = 'x'\"",
    "$ = \"\"\"\n[a]\nb = \"x\"\n\"\"\"",
    "# b = \"old\"",
    "",
    "$ = [\n  1, # c\n  \"b\",\n]",
    "$ = 1979-05-27",
    "\"$ x\" = 'y'",
    "  $ = true",
    "$ = { b = \"x\", c = [1] }",
    "$.b = 1.5",
    "$ = '''\nb = 'x' '''",
    "$\t=\t\"\\u00e9\"",
    "# é",
    "$ = inf",
    "$ = \"#\" # c",
];

const JSON: [&str; 16] = [
    "\"$\": 1",
    "\"$\": \"\\\"b\\\": 1\"",
    "// \"b\": \"x\"\n\"$\": null",
    "\"$\": [1, {\"b\": \"x\"}]",
    "\"$\": {\"b\": \"x\", }",
    "/* {\"b\": 1} */ \"$\": true",
    "\"$\": -1.5e3",
    "\"$\": {}",
    "\"$\": [\n1,\n]",
    "\"same\": 1",
    "\"same\": \"é\"",
    "\"$\":\"\\u00e9\"",
    "\"$\": \"//\"",
    "\"$\": [] /* c */",
    "\"$\" : {\n}",
    "\"$\": \"{\"",
];

const YAML: [&str; 16] = [
    "$: 1 # b: x",
    "$: \"b: x\"",
    "# b: old",
    "",
    "$: |\n    a:\n      b: x",
    "$: &$ {b: x}\n  $2: *$",
    "$: [1, 2]",
    "$: 'it''s'",
    "$:\n    b: x",
    "$:\n    - b: x\n    - 2",
    "$: >-\n    b: x\n    c",
    "? $\n  : 1",
    "$: \"multi\n    line\"",
    "$: {b: x, c: {b: y}}",
    "$: !!str 5",
    "$: é # é",
];

/// One of some strings.
fn one_of(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(of).prop_map(str::to_owned)
}

pub(super) fn env(there: bool) -> impl Strategy<Value = Case> {
    let before = one_of(&["G=", "export G=", "G = ", "  G=", "G= ", "export  G ="]);
    let old = one_of(&["old", "'old'", "\"old\"", "`old`", "\"mul\nti\"", "a-b", "'a#b'", "\"\""]);
    let after = one_of(&["\n", " # c\n", "\t\n", "\t# it's\n"]);
    let parts = (lines(), before, old, after, lines(), any::<(bool, bool, bool)>(), 0..8u8);
    parts.prop_map(move |(above, before, old, after, below, (crlf, mark, cut), hazard)| {
        let (above, below) = (written(&above, "A", &ENV, "\n"), written(&below, "Z", &ENV, "\n"));
        let is_hazard = there && hazard == 0;
        let twice = if is_hazard { "G=twice\n" } else { "" };
        let (head, old, tail) = if there {
            (above + &before, old, format!("{after}{below}{twice}"))
        } else {
            (above, String::new(), below)
        };
        Case { format: Format::Env, key: "G".parse().unwrap(), head, old, tail, is_hazard }
            .varied(crlf, mark, cut)
    })
}

pub(super) fn toml(there: bool) -> impl Strategy<Value = Case> {
    let form = 0..4usize;
    let old = one_of(&["\"old\"", "'old'", "\"o\\\"ld\"", "\"\"\"\no\nld\"\"\"", "''", "'''old'''"]);
    let parts = (lines(), form, old, lines(), lines(), any::<(bool, bool, bool)>(), 0..8u8);
    parts.prop_map(move |(root, form, old, above, below, (crlf, mark, cut), hazard)| {
        let root = written(&root, "r", &TOML, "\n");
        let (above, below) = (written(&above, "A", &TOML, "\n"), written(&below, "Z", &TOML, "\n"));
        let is_hazard = there && hazard == 0;
        let (head, tail) = match form {
            0 => (format!("{root}a.b = "), format!(" # c\n[x]\n{above}[[y]]\nb = 1\n[[y]]\n{below}")),
            1 => (format!("{root}[x]\nb = 'x'\n[a] # c\n{above}b= "), format!("\t# c\n{below}[z]\n")),
            2 => (format!("{root}a = {{ c = 1, b = "), format!(", d = [1] }} # c\n{below}[x]\n{above}")),
            _ => (format!("{root}[[x]]\n  [a]\n{above}  \"b\" ="), format!("\n{below}")),
        };
        let twice = match (is_hazard, form) {
            (false, _) => "",
            (true, 0 | 2) => "\n[a]\nb = 1\n",
            (true, _) => "\n[a]\n",
        };
        let case = if there {
            Case {
                format: Format::Toml,
                key: "a.b".parse().unwrap(),
                head,
                old,
                tail: tail + twice,
                is_hazard,
            }
        } else {
            let (head, tail) = match form {
                0 => (format!("{root}[x]\n{above}"), format!("[a]\n{below}")),
                1 => (format!("{root}a.c = 1 # c\n[x]\n"), above),
                2 => (format!("{root}a = {{ c = 1 }} # c\n[[x]]\n"), below),
                _ => (root, format!("[a.c]\n{above}[x]\n{below}")),
            };
            Case {
                format: Format::Toml,
                key: "a.b".parse().unwrap(),
                head,
                old: String::new(),
                tail,
                is_hazard: false,
            }
        };
        case.varied(crlf, mark, cut)
    })
}

pub(super) fn json(there: bool) -> impl Strategy<Value = Case> {
    let old = one_of(&["\"old\"", "null", "\"\"", "\"o\\\"ld\"", "\"\\u00e9//\"", "\"}\""]);
    let layout = proptest::sample::select(vec![",\n  ", ", ", ",", " , ", ",\n\n\t"]);
    let parts = (lines(), old, lines(), layout, any::<(bool, bool, bool, bool)>(), 0..8u8);
    parts.prop_map(move |(above, old, below, comma, (crlf, mark, cut, trailing), hazard)| {
        let comma = comma.to_owned();
        let above = written(&above, "A", &JSON, &comma);
        let below: String = written(&below, "Z", &JSON, "\0");
        let below: Vec<&str> = below.split_terminator('\0').collect();
        let is_hazard = there && hazard == 0;
        let twice = if is_hazard { ", \"a\": {}" } else { "" };
        let last = if trailing { "," } else { "" };
        let text = |inner: &[&str]| inner.join(&comma) + if inner.is_empty() { "" } else { last };
        let (head, old, tail) = if there {
            let below: String = below.iter().flat_map(|one| [&*comma, one]).collect();
            (
                format!("// \"a\": 1\n{{\n  {above}\"a\" : {{ \"b\": "),
                old,
                format!(" /* c */{below}{last}}}{twice} // c\n}}\n"),
            )
        } else {
            (
                format!("{{ // c\n  {above}\"a\": {{\n  "),
                String::new(),
                format!("{}\n}}\n}} // c\n", text(&below)),
            )
        };
        Case { format: Format::Json, key: "a.b".parse().unwrap(), head, old, tail, is_hazard }
            .varied(crlf, mark, cut)
    })
}

pub(super) fn yaml(there: bool) -> impl Strategy<Value = Case> {
    let form = 0..3usize;
    let old =
        one_of(&["old", "'old'", "\"old\"", "\"o\n    ld\"", "~", "old text", "'it''s'", "a#b", "\"a # b\""]);
    let parts = (lines(), form, old, lines(), lines(), any::<(bool, bool, bool)>(), 0..8u8);
    parts.prop_map(move |(root, form, old, above, below, (crlf, mark, cut), hazard)| {
        let outer = |lines: &Lines, side: &str| written(lines, side, &YAML, "\n").replace("\n  ", "\n");
        let inner = |lines: &Lines, side: &str| {
            let lines = written(lines, side, &YAML, "\0");
            lines.split_terminator('\0').flat_map(|line| ["  ", line, "\n"]).collect::<String>()
        };
        let root = outer(&root, "r");
        let is_hazard = there && hazard == 0;
        let (head, tail) = match form {
            0 => (format!("{root}a:\n{}  b: ", inner(&above, "A")), format!(" # c\n{}", inner(&below, "Z"))),
            1 => (format!("{root}a: {{c: 1, b: "), format!(", d: [1]}}\n{}", outer(&below, "Z"))),
            _ => (format!("---\n{root}a: # c\n\n  \"b\":   "), format!("\n{}", outer(&below, "Z"))),
        };
        let head = if is_hazard && form == 0 { head.replace("a:\n", "a: &shared\n") } else { head };
        let twice = match (is_hazard, form) {
            (false, _) => "",
            (true, 0) => "other: *shared\n",
            (true, _) => "a: 1\n",
        };
        let case = if there {
            Case {
                format: Format::Yaml,
                key: "a.b".parse().unwrap(),
                head,
                old,
                tail: tail + twice,
                is_hazard,
            }
        } else {
            let head = format!("{root}a:\n{}  c: 1 # c\n", inner(&above, "A"));
            let tail = if form == 0 { String::new() } else { outer(&below, "Z") };
            Case {
                format: Format::Yaml,
                key: "a.b".parse().unwrap(),
                head,
                old: String::new(),
                tail,
                is_hazard,
            }
        };
        case.varied(crlf, mark, cut)
    })
}

/// Random tokens of a format, which occasionally form a valid file.
pub(super) fn noise(format: Format) -> impl Strategy<Value = String> {
    let signs: &'static [&'static str] = match format {
        Format::Env => {
            &["G", "=", "'", "\"", "`", "\n", " ", "#", "\\", "export ", "a", ":", "+", "\r\n", "é"]
        }
        Format::Toml => {
            &["G", "=", "'", "\"", "\"\"\"", "\n", " ", "#", "[", "]", "{", "}", ".", ",", "1", "\r\n"]
        }
        Format::Json => {
            &["\"G\"", ":", "\"", "{", "}", "[", "]", ",", "\n", " ", "//", "/*", "*/", "1", "null", "\\"]
        }
        Format::Yaml => {
            &["G", ": ", "\n", "\n  ", "- ", "&a ", "*a", "|", "'", "\"", "{", "}", "#", "---\n", "1", ","]
        }
    };
    proptest::collection::vec(proptest::sample::select(signs), 0..16).prop_map(|signs| signs.concat())
}
