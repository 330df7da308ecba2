use super::*;

const ID: &str = "7c1f0a52-1111-4222-8333-44445555ee2a";
const SHORT: &str = "7c1f0a52-…-ee2a";

/// All lines of a file, masked, with the id as the id of interest.
fn shown(format: Option<Format>, text: &str) -> String {
    let masked = Masked::of(format, text.as_bytes());
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        let end = start + line.trim_end_matches(['\r', '\n']).len();
        let pieces = masked.pieces(start..end, &[Uuid::try_parse(ID).unwrap()]);
        pieces.iter().map(|piece| piece.text.as_str()).collect::<String>() + "\n"
    });
    lines.collect()
}

fn at(text: &str, what: &str) -> usize {
    text.find(what).unwrap()
}

#[test]
fn of_each_format_names_signs_and_the_id_are_shown_and_nothing_else() {
    for (format, text, want) in [
        (
            Format::Env,
            format!(
                "# a: hunter2\nexport GOOGLE='{ID}' # work@acme.com\r\nAPI_KEY=sk-live-1\n\n  B = \"x\ny\"\n"
            ),
            format!("# •••\nexport GOOGLE='{SHORT}' # •••\nAPI_KEY=•••\n\n  B = \"•••\n•••\"\n"),
        ),
        (
            Format::Toml,
            format!(
                "# hunter2\n[alter.\"a b\"] # c\ngoogle = \"{ID}\"\npin=1234\nkey = '''\nx = 1\n'''\n[[l]]\nm.n = {{ o = [1, 't'] }}\n"
            ),
            format!(
                "# •••\n[alter.\"a b\"] # •••\ngoogle = \"{SHORT}\"\npin=•••\nkey = '•••\n•••\n•••'\n[[l]]\nm.n = {{ o = [•••, '•••'] }}\n"
            ),
        ),
        (
            Format::Json,
            format!(
                "{{ // hunter2\n  \"a\": {{\"g\": \"{ID}\", \"k\\n\": [1, \"x\\ny\", null]}} /* z */\n}}\n"
            ),
            format!(
                "{{ // •••\n  \"a\": {{\"g\": \"{SHORT}\", \"•••\": [•••, \"•••\", •••]}} /* ••• */\n}}\n"
            ),
        ),
        (
            Format::Yaml,
            format!(
                "# hunter2\na:\n  \"g\": {ID} # c\n  l: [x, {{y: z}}]\n  b: |\n    k: v\n    w\nn: &x !!str s\nm: *x\n"
            ),
            format!(
                "# •••\na:\n  \"g\": {SHORT} # •••\n  l: [•••, {{y: •••}}]\n  b: •••\n    •••\n    •••\nn: •••\nm: •••\n"
            ),
        ),
    ] {
        assert_eq!(shown(Some(format), &text), want, "{format:?}");
        // Without a format, or if the text is not valid in it, everything is hidden.
        let lines = shown(None, &text);
        assert_eq!(lines.replace("•••", "").replace(SHORT, "").trim(), "");
    }
}

#[test]
fn what_may_be_a_part_of_a_secret_is_no_name() {
    // Base64 pasted without quotes, values over several lines, lines that a shell continues.
    for text in [
        "K=-----BEGIN PRIVATE KEY-----\nAAAA\nI8chEpss0xW2fPaCKAylTM==\n-----END PRIVATE KEY-----\n",
        "K=\"-----BEGIN PRIVATE KEY-----\nAAAA\nI8chEpss0xW2fPaCKAylTM==\n-----END PRIVATE KEY-----\"\n",
        "K=a\nI8chEpss0xW2fPaCKAylTM=\n",
        "K=a\nI8chEpss0xW2fPaCKAylTM==\n",
        "K=a \\\nI8chEpss0xW2fPaCKAylTM=b\n",
        "K=a\nI8chEpss0xW2fPaCKAylTM= 7c1f0a52-1111-4222-8333-44445555ee2a\n",
        "K=a \"\nI8chEpss0xW2fPaCKAylTM=b\"\n",
        "K=$(cat <<X\nI8chEpss0xW2fPaCKAylTM=b\nX\n)\n",
        "K=a\rI8chEpss0xW2fPaCKAylTM=b\n",
    ] {
        let lines = shown(Some(Format::Env), text);
        assert!(!lines.contains("I8chEpss"), "{text:?}: {lines}");
    }
    // A secret alone on its line, with an `=` in its middle.
    for secret in
        ["a-0-00-=!aa@", "I8chEpss=xW2fPaCKAylTM", "abcdefgh=ijkl.mnop:", "K2.I8CHEPSS=x", "_I8CHEPsS=1"]
    {
        for text in
            [format!("{secret}\n"), format!("K=a\n{secret} {ID}\r\n"), format!("# c\n\n{secret}\nK='a'\n")]
        {
            let lines = shown(Some(Format::Env), &text);
            let name = secret.split('=').next().unwrap();
            assert!(!lines.contains(name), "{text:?}: {lines}");
        }
    }
    for (format, text) in [
        (Format::Toml, "k = \"\"\"\nI8chEpss0xW2fPaCKAylTM=1\n\"\"\"\n"),
        (Format::Toml, "I8chEpss0xW2fPaCKAylTM=\n"),
        (Format::Yaml, "k: |\n  I8chEpss0xW2fPaCKAylTM: x\n"),
        (Format::Yaml, "k: \"\n  I8chEpss0xW2fPaCKAylTM: x\"\n"),
        (Format::Yaml, "? |\n  I8chEpss0xW2fPaCKAylTM\n: x\n"),
        (Format::Yaml, "k: [I8chEpss0xW2fPaCKAylTM]\n&I8chEpss0xW2fPaCKAylTM a: x\n"),
        (Format::Json, "{\"k\": \"\\\"I8chEpss0xW2fPaCKAylTM\\\": 1\"}\n"),
        (Format::Json, "{\"k\": 1} // \"I8chEpss0xW2fPaCKAylTM\": 1\n"),
    ] {
        let lines = shown(Some(format), text);
        assert!(!lines.contains("I8chEpss"), "{text:?}: {lines}");
    }
}

#[test]
fn a_name_in_a_file_without_a_reader_is_shown_where_it_says_that_it_is_a_grants() {
    for (text, want) in [
        (format!("let grant_id = Uuid::parse(\"{ID}\");"), format!("••• grant_id •••{SHORT}•••\n")),
        (format!("let key = Uuid::parse(\"{ID}\");"), format!("•••{SHORT}•••\n")),
        (format!("I8chEpss0xW2fPaCKAylTM={ID}"), format!("•••{SHORT}\n")),
        (format!("{}grant={ID}", "x".repeat(80)), format!("•••{SHORT}\n")),
    ] {
        assert_eq!(shown(None, &text), want, "{text}");
    }
}

#[test]
fn the_names_on_the_way_to_a_value_are_known() {
    for (format, text, path, name) in [
        (Format::Toml, "[alter.grants]\ngoogle.id = 'X'\n", Some("alter.grants.google.id"), Some("id")),
        (Format::Toml, "a = 1\n[[l]]\n[[l]]\nb = { c = [0, 'X'] }\n", Some("l[1].b.c[1]"), Some("c")),
        (Format::Toml, "[a]\n\"work.x\" = 'X'\n", Some("a.\"work.x\""), Some("work.x")),
        (Format::Json, "{\"a\": 1, \"b\": [{\"c\": 0}, {\"c\": \"X\"}]}", Some("b[1].c"), Some("c")),
        (Format::Json, "[[], [\"X\"]]", Some("[1][0]"), None),
        (Format::Yaml, "a:\n  - b: 1\n  - c: X\n", Some("a[1].c"), Some("c")),
        (Format::Yaml, "a: {b: [x, X]}\n", Some("a.b[1]"), Some("b")),
        (Format::Yaml, "a: |\n  X\n", None, Some("a")),
        (Format::Env, "A=X\n", None, Some("A")),
        (Format::Env, "# X\nA=\n", None, None),
    ] {
        let masked = Masked::of(Some(format), text.as_bytes());
        let place = at(text, "X");
        assert_eq!(masked.path(place).as_deref(), path, "{text}");
        assert_eq!(masked.name(place).as_ref().map(Clean::as_str), name, "{text}");
    }
}

#[test]
fn a_long_line_is_shown_round_what_it_is_about() {
    let filler = |name: &str| format!("\"{name}\": \"{}\"", "s3cret.".repeat(400));
    let text =
        format!("{{{}, \"one\": {{\"grant\": \"{ID}\"}}, {}, \"two\": \"{ID}\"}}", filler("a"), filler("b"));
    let masked = Masked::of(Some(Format::Json), text.as_bytes());
    let id = Uuid::try_parse(ID).unwrap();
    let places: Vec<Range<usize>> = text.match_indices(ID).map(|(at, id)| at..at + id.len()).collect();
    let views: Vec<String> = masked
        .line(0..text.len(), &[id], &places)
        .into_iter()
        .map(|view| view.iter().map(|piece| piece.text.as_str()).collect())
        .collect();
    assert_eq!(
        views,
        [
            format!("…•••\", \"one\": {{\"grant\": \"{SHORT}\"}}, \"b\": \"•••…"),
            format!("…•••\", \"two\": \"{SHORT}\"}}")
        ]
    );
    assert_eq!(masked.context(places[1].start, id).as_str(), views[1]);
    assert!(!format!("{masked:?}").contains("s3cret"));
}

#[test]
fn a_value_is_an_id_or_hidden() {
    assert_eq!(value(ID).as_str(), SHORT);
    assert_eq!(value("hunter2").as_str(), HIDDEN);
    assert_eq!(value("").as_str(), "(empty)");
}

#[test]
fn an_id_that_is_not_asked_about_is_a_secret_as_any_other() {
    let other = "0abcdef0-1111-4222-8333-44445555ee2a";
    let text = format!("POSTMARK_TOKEN={other}\n");
    assert_eq!(shown(Some(Format::Env), &text), "POSTMARK_TOKEN=•••\n");
    let text = format!("{{\"{other}\": 1}}");
    assert_eq!(shown(Some(Format::Json), &text), "{\"0abcdef0-…-ee2a\": •••}\n", "a name is shortened");
}
