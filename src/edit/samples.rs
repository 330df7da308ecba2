//! Building blocks of test files in each format, with everything that trips up editors and masks.

use uuid::Uuid;

/// This many consecutive bytes of a secret count as a leak.
pub const LEAK: usize = 8;

/// The id that is replaced.
pub const OLD: Uuid = Uuid::from_u128(0x7c1f_0a52_1111_4222_8333_4444_5555_ee2a);
/// The id that takes its place.
pub const NEW: Uuid = Uuid::from_u128(0x91ab_0000_1111_4222_8333_4444_5555_bbbb);

/// Lines of each format: `$` is a name, `S` a secret, `O` the id.
pub const ENV: &[&str] = &[
    "$=S",
    "$='S'",
    "$=\"S\"",
    "# S",
    "$=x # S",
    "$=\"S\nS\nS=\n\"",
    "$='S\nS=1'",
    "export $=S",
    "$=a \\\nS=1",
    "$=\"x\" S",
    "$=S S",
    "$: S",
    "$=`S`",
    "$=O",
    "export $='O' # S",
    "$=https://u:S@h/O",
    "$=\"S\nO\nS=O\n\"",
    "S O",
    "S",
    "S=",
    "$=\nS=",
    "$",
    "$=",
    "",
];

/// The same for TOML.
pub const TOML: &[&str] = &[
    "$ = \"S\"",
    "$ = 'S'",
    "# S",
    "$ = 1 # S",
    "$ = \"\"\"\nS\nS=\"\"\"",
    "$ = '''\nS = 1\n[S]\n'''",
    "$ = [\"S\", \"O\", # S\n 'S']",
    "$ = { a = \"S\", b = \"O\", c = { d = 'S' } } # S",
    "$ = \"O\" # S",
    "$.$ = 'O'",
    "$ = \"\\\"S\\\" = O\"",
    "$ = \"\"\"\nS=O\n\"\"\"",
    "$ = 1979-05-27",
    "[$]",
    "[[$.l]] # S",
    "",
    "[a.$]",
    "$ = 'x' # O S",
];

/// The same for JSON.
pub const JSON: &[&str] = &[
    "\"$\": \"S\"",
    "\"$\": [\"S\", {\"g\": \"O\"}, 1]",
    "// S\n\"$\": null",
    "/* S\nS */ \"$\": 1",
    "\"$\": \"S\\n\\\"S\\\": \\\"O\\\"\"",
    "\"$\": {\"a\": \"O\", \"b\": \"S\"}",
    "\"$\": \"O\" // S\n",
    "\"$\": \"\\u0053 S O S\"",
    "\"$\": {\"a\": {\"b\": [[\"S\"]]}}",
    "\"$\": true",
];

/// The same for YAML.
pub const YAML: &[&str] = &[
    "$: S",
    "$: \"S\"",
    "$: 'S'",
    "# S",
    "$: x # S",
    "$: |\n    S\n    S: x",
    "$: >-\n    S\n    O",
    "$: [\"S\", O]",
    "$: {a: \"S\", b: O}",
    "$:\n    - \"S\"\n    - g: O # S",
    "$: &$ \"S\"",
    "$: !!str \"S\"",
    "? |\n    S\n  : x",
    "$: \"x\n    S\n    O\"",
    "$: x\n    S",
    "$: O # S",
    "? \"S\n  S\"\n: O",
    "",
];

/// Lines that make a file invalid.
pub const GARBAGE: &[&str] = &["S", "S: S: O", "\"S", "'S = O", "{S", "[S = ", "$ = S O", "S\rS=1\r"];
