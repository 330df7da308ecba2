use super::*;
use crate::Format;

fn lines(format: Format, old: &str, new: &str, about: &About) -> Vec<String> {
    let masked = |text| Masked::of(Some(format), text);
    let lines = diff(&masked(old.as_bytes()), &masked(new.as_bytes()), about);
    let sign = |kind| match kind {
        DiffKind::Same => ' ',
        DiffKind::Removed => '-',
        DiffKind::Added => '+',
        DiffKind::Gap => '~',
        DiffKind::Path => '@',
    };
    let number = |line: &DiffLine| line.new.or(line.old).map(|at| at.to_string()).unwrap_or_default();
    lines.iter().map(|line| format!("{}{} {}", number(line), sign(line.kind), line.text())).collect()
}

const OLD: &str = "7c1f0a52-1111-4222-8333-44445555ee2a";
const NEW: &str = "91ab0000-1111-4222-8333-44445555bbbb";

fn about() -> About {
    let ids = [OLD, NEW].map(|id| Uuid::try_parse(id).unwrap()).into();
    About { ids, comments: vec!["google · work@acme.com".to_owned()] }
}

#[test]
fn a_change_is_shown_with_its_lines() {
    let old = (1..=20).map(|line| format!("A{line}=s3cret\r\n")).collect::<Vec<_>>().concat();
    let new = old.replace("A10=s3cret", "A10=\u{1b}[2J").replace("A20=", "B20=");
    let lines = lines(Format::Env, &old, &new, &About::default());
    assert_eq!(lines.len(), 8 + 1 + 5);
    assert_eq!(lines[0], "7  A7=•••");
    assert_eq!(lines[3], "10- A10=•••");
    assert_eq!(lines[4], "10+ A10=•••");
    assert_eq!(lines[8], "~ ");
    let same = Masked::of(None, b"a\xff");
    assert!(diff(&same, &same, &About::default()).is_empty());
}

#[test]
fn the_path_and_the_value_round_a_change_are_shown() {
    let old =
        format!("[alter.grants]\nslack = 's3cret'\ngoogle = \"{OLD}\" # s3cret\n[db]\nurl = 's3cret'\n");
    let new = old.replace(OLD, NEW);
    assert_eq!(
        lines(Format::Toml, &old, &new, &about()),
        [
            "1  [alter.grants]",
            "2  slack = '•••'",
            "@ alter.grants.google",
            "3- google = \"7c1f0a52-…-ee2a\" # •••",
            "3+ google = \"91ab0000-…-bbbb\" # •••",
            "4  [db]",
            "5  url = '•••'",
        ]
    );
    let head = "[alter.grants]\n";
    let added = format!("{head}[alter.new]\n# google · work@acme.com\nx = \"{NEW}\"\n# s3cret\n");
    assert_eq!(
        lines(Format::Toml, head, &added, &about()),
        [
            "1  [alter.grants]",
            "@ alter.new.x",
            "2+ [alter.new]",
            "3+ # google · work@acme.com",
            "4+ x = \"91ab0000-…-bbbb\"",
            "5+ # •••",
        ]
    );
}

#[test]
fn a_long_line_is_shown_place_by_place() {
    let secret = "s3cret.".repeat(60);
    let old = format!("{{\"a\":{{\"g\":\"{OLD}\",\"k\":\"{secret}\"}},\"b\":[\"{secret}\",\"{OLD}\"]}}\n");
    let new = old.replace(OLD, NEW);
    assert_eq!(
        lines(Format::Json, &old, &new, &about()),
        [
            "@ a.g",
            "1- {\"a\":{\"g\":\"7c1f0a52-…-ee2a\",\"k\":\"•••…",
            "1+ {\"a\":{\"g\":\"91ab0000-…-bbbb\",\"k\":\"•••…",
            "@ b[1]",
            "1- …•••\",\"7c1f0a52-…-ee2a\"]}",
            "1+ …•••\",\"91ab0000-…-bbbb\"]}",
        ]
    );
    // A name that is added: the same range of the old line is shown.
    let new = old.replace("},\"b\"", &format!(",\"new\":\"{NEW}\"}},\"b\""));
    let lines = lines(Format::Json, &old, &new, &about());
    assert_eq!(lines[0], "@ a.new");
    assert_eq!(lines[2], "1+ …•••\",\"new\":\"91ab0000-…-bbbb\"},\"b\":[\"•••…");
    assert!(lines[1].starts_with("1- …•••\"},\"b\":["), "{lines:?}");
    assert!(lines.iter().all(|line| line.chars().count() < 120), "{lines:?}");
}
