use proptest::prelude::*;

use super::*;

fn open(text: &str, content_type: &str) -> Document {
    Document::open(text.as_bytes().to_vec().into(), Some(content_type), &|| false).unwrap()
}

fn lines(diff: &Diff) -> Vec<String> {
    let sign = |sign| match sign {
        Sign::Same => ' ',
        Sign::Added => '+',
        Sign::Removed => '-',
        Sign::Gap => '@',
    };
    let text = |line: &DiffLine| {
        let pieces: String = line.pieces.iter().map(|(_, text)| text.as_str()).collect();
        format!("{}{}{pieces}", sign(line.sign), " ".repeat(line.indent))
    };
    diff.lines.iter().map(text).collect()
}

fn json(left: &str, right: &str) -> Diff {
    diff(&open(left, "application/json"), &open(right, "application/json"), DiffOptions::default())
}

#[test]
fn json_is_compared_by_what_it_says() {
    for (left, right) in [
        (r#"{"a":1,"b":[2]}"#, "{ \"b\": [2],\n \"a\": 1 }"),
        (r#"["é","a\/b"]"#, r#"["\u00e9","a/b"]"#),
        (r#"{"\u0061":{}}"#, r#"{"a":{ }}"#),
    ] {
        assert_eq!(json(left, right), Diff { json: true, ..Diff::default() }, "{left}");
    }
    for (left, right) in [
        ("1", "1.0"),
        ("\"1\"", "1"),
        ("[]", "{}"),
        ("\"\\ud800\"", "\"\\ud801\""),
        ("[[1],2]", "[[1,2]]"),
        ("{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}"),
    ] {
        assert_ne!(json(left, right).added + json(left, right).removed, 0, "{left} {right}");
    }
}

#[test]
fn a_change_is_shown_with_what_is_around_it() {
    let diff = json(
        r#"{"z":9,"a":1,"b":2,"c":3,"d":4,"e":5,"f":{"g":"old"}}"#,
        r#"{"f":{"g":"new","h":null},"a":1,"b":2,"c":3,"d":4,"e":5,"z":9}"#,
    );
    assert_eq!(
        lines(&diff),
        [
            "@… 4 equal lines",
            "   \"d\": 4",
            "   \"e\": 5",
            "   \"f\": {",
            "-    \"g\": \"old\"",
            "+    \"g\": \"new\"",
            "+    \"h\": null",
            "   }",
            "   \"z\": 9",
            " }",
        ]
    );
    assert_eq!((diff.added, diff.removed), (2, 1));
    let changed = &diff.lines[4];
    assert_eq!((changed.left, changed.right), (Some(8), None));
}

#[test]
fn what_is_cut_is_compared_whole() {
    let long = "x".repeat(5_000);
    let diff = json(&format!("[\"{long}a\"]"), &format!("[\"{long}b\"]"));
    assert_eq!((diff.added, diff.removed), (1, 1));
}

#[test]
fn text_is_compared_by_lines_and_bytes_by_sixteen() {
    let text =
        |left, right| diff(&open(left, "text/plain"), &open(right, "text/plain"), DiffOptions::default());
    assert_eq!(lines(&text("a\nb\nc", "a\nB\nc")), [" a", "-b", "+B", " c"]);
    assert_eq!(lines(&text("a\n", "")), ["-a"]);
    let bytes = |text| open(text, "application/octet-stream");
    let bytes = lines(&diff(&bytes("\0a"), &bytes("\0b"), DiffOptions::default()));
    assert!(bytes[0].starts_with("-00000000  00 61") && bytes[1].starts_with("+00000000  00 62"));
    // JSON against text is compared as lines of text.
    let mixed = diff(&open("{}", "application/json"), &open("busy", "text/plain"), DiffOptions::default());
    assert_eq!((lines(&mixed), mixed.json), (vec!["-{}".to_owned(), "+busy".to_owned()], false));
}

#[test]
fn what_is_too_large_is_not_compared() {
    let many = format!("[{}1]", "1,".repeat(MAX_LINES));
    let diff = json(&many, "[]");
    assert!(diff.too_large && diff.lines.is_empty());
    assert!(!json(&many, &many).too_large, "equal bodies are equal at any size");
}

#[test]
fn headers_are_compared_by_name() {
    let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let left = pairs(&[("Date", "1"), ("ETag", "a"), ("Set-Cookie", "x"), ("set-cookie", "y")]);
    let right = pairs(&[("etag", "b"), ("date", "1"), ("set-cookie", "y"), ("x-\u{1b}new", "1")]);
    let got: Vec<(Sign, String, String)> = diff_pairs(&left, &right)
        .into_iter()
        .map(|line| (line.sign, line.name.to_string(), line.value.to_string()))
        .collect();
    let want = [
        (Sign::Same, "date", "1"),
        (Sign::Removed, "ETag", "a"),
        (Sign::Added, "etag", "b"),
        (Sign::Removed, "Set-Cookie", "x"),
        (Sign::Same, "set-cookie", "y"),
        (Sign::Added, "x-\u{fffd}new", "1"),
    ];
    assert_eq!(got, want.map(|(sign, name, value)| (sign, name.to_owned(), value.to_owned())));
}

proptest! {
    #[test]
    fn both_sides_can_be_read_off(
        left in prop::collection::vec("[abc]{1,2}", 0..12),
        right in prop::collection::vec("[abc]{1,2}", 0..12),
    ) {
        let options = DiffOptions { context: 100, width: 80 };
        let diff = diff(&open(&left.join("\n"), "text/plain"), &open(&right.join("\n"), "text/plain"), options);
        let side = |other| {
            let kept = diff.lines.iter().filter(move |line| line.sign != other);
            kept.map(|line| line.pieces[0].1.to_string()).collect::<Vec<_>>()
        };
        if left != right {
            prop_assert_eq!(side(Sign::Added), left);
            prop_assert_eq!(side(Sign::Removed), right);
        }
        let count = |sign| diff.lines.iter().filter(|line| line.sign == sign).count();
        prop_assert_eq!((count(Sign::Added), count(Sign::Removed)), (diff.added, diff.removed));
    }
}
