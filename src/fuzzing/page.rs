//! The fast reader of a page of the list against the general one.

use std::fmt::Write as _;

use super::choices::Choices;
use crate::protocol::Page;

const NAMES: &[&str] = &[
    "grant_kind",
    "grant_id",
    "provider_id",
    "scopes",
    "account_identifier",
    "account_display_name",
    "api_base_url",
    "status",
    "scope_mismatch",
    "needs_reconnect",
    "expires_at",
    "grant_expires_at",
    "created_at",
    "last_used_at",
    "principal_type",
    "access_via",
    "delegated_at",
    "delegated_agent_ids",
    "label",
    "credential_id",
    "grant_policy",
    "parent_grant_id",
    "depth",
    "delegable",
    "scope_constraint",
    "managed_secret_id",
    "managed_secret_slug",
    "managed_secret_name",
    "agent_id",
    "credential_kind",
    "credential_label",
    "x_new",
    "",
    "l\\u0061bel",
    "é",
];

const VALUES: &[&str] = &[
    "\"a\"",
    "\"oauth\"",
    "\"managed_secret\"",
    "\"2a60b3ed-2485-535b-8dd1-9f04e567f3a1\"",
    "\"2A60B3ED-2485-535B-8DD1-9F04E567F3A1\"",
    "\"3a60b3ed2485535b8dd19f04e567f3a1\"",
    "\"2026-01-01T08:00:00Z\"",
    "\"2026-01-01T08:00:00.5+02:00\"",
    "\"active\"",
    "\"user\"",
    "\"ownership\"",
    "\"ms_delegation\"",
    "\"true\"",
    "\"0\"",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-3",
    "01",
    "7.5",
    "1.0",
    "2.5e3",
    "1e999",
    "999999999999999999",
    "9999999999999999999",
    "123456789012345678901234567890",
    "[]",
    "[ ]",
    "[\"openid\",\"a b\"]",
    "[ \"openid\" , \"é\" ]",
    "[\"\\u0061\"]",
    "[\"a\",1]",
    "[\"\\ud800\"]",
    "[[\"a\"]]",
    "{}",
    "{\"max\" : [1, 2.5e3]}",
    "{\"a\":{\"grants\":[{}]}}",
    "\"\"",
    "\"é東\"",
    "\"\\\"\\\\ \\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800x\"",
    "\"\\u0000\"",
    "\"\u{7f}\"",
];

const BLANKS: &[&str] = &["", "", "", "", "", " ", "\n", "\t", "\r\n", "  "];

const SIGNS: &[&str] = &[
    "\"",
    "\\",
    "\n",
    "\u{1}",
    ",",
    "]",
    "}",
    "{",
    "[",
    ":",
    "0",
    "-",
    ".",
    "e",
    "é",
    "null",
    "\\ud800",
    "\u{feff}",
    "\"grants\":[",
    "\"total\":1,",
    "{},",
];

/// Whatever the fast reader answers is what the general one answers.
pub fn page(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    let text = if choices.one_in(16) { choices.rest().to_vec() } else { written(&mut choices) };
    let (fast, general) = Page::parse_both(&text);
    let shown = String::from_utf8_lossy(&text);
    if let Some(fast) = &fast {
        assert_eq!(fast, &general, "{shown}");
    }
    assert_eq!(Page::parse(&text), general, "{shown}");
    fast.is_some()
}

fn written(choices: &mut Choices<'_>) -> Vec<u8> {
    let envelope: &[(&str, &[&str])] = &[
        ("grants", &[]),
        ("total", &["3", "0", "-1", "null", "\"3\"", "1e3", "2.0", "18446744073709551616"]),
        ("limit", &["1000", "0", "null", "\"x\"", "true"]),
        ("offset", &["0", "7", "-7", "null", "[]"]),
        ("has_more", &["false", "true", "null", "0", "\"no\"", "{}"]),
        ("more", VALUES),
    ];
    let mut order: Vec<usize> = (0..envelope.len()).collect();
    for _ in 0..choices.below(3) {
        let (one, other) = (choices.below(order.len()), choices.below(order.len()));
        order.swap(one, other);
    }
    if choices.one_in(6) {
        order.pop();
    }
    if choices.one_in(12) {
        order.push(choices.below(envelope.len()));
    }
    let mut out = String::from("{");
    for (at, (name, values)) in order.iter().filter_map(|index| envelope.get(*index)).enumerate() {
        let value = if values.is_empty() { rows(choices) } else { choices.pick(values).to_owned() };
        let [before, behind, end] = [(); 3].map(|()| choices.pick(BLANKS));
        out.push_str(if at == 0 { "" } else { "," });
        // Writing to a text cannot fail.
        let _ = write!(out, "{before}\"{name}\"{behind}:{before}{value}{end}");
    }
    out.push('}');
    out.push_str(choices.pick(BLANKS));
    let mut out = out.into_bytes();
    if choices.one_in(3) {
        choices.damage(&mut out, SIGNS);
    }
    out
}

/// Rows of mostly the same fields in the same order, as backends write them.
fn rows(choices: &mut Choices<'_>) -> String {
    if choices.one_in(24) {
        return choices.pick(VALUES).to_owned();
    }
    let names = choices.several(NAMES, 16);
    let rows: Vec<String> = (0..choices.below(6)).map(|_| row(choices, &names)).collect();
    let between = choices.pick(BLANKS);
    format!("[{between}{}{between}]", rows.join(&format!("{between},{between}")))
}

fn row(choices: &mut Choices<'_>, names: &[&'static str]) -> String {
    if choices.one_in(24) {
        return choices.pick(VALUES).to_owned();
    }
    let mut fields = Vec::new();
    for name in names {
        let name = if choices.one_in(12) { choices.pick(NAMES) } else { name };
        if choices.one_in(12) {
            continue;
        }
        let (value, before, behind) = (choices.pick(VALUES), choices.pick(BLANKS), choices.pick(BLANKS));
        fields.push(format!("{before}\"{name}\"{behind}:{before}{value}{behind}"));
    }
    format!("{{{}}}", fields.join(","))
}
