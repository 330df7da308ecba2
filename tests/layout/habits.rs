//! Lengths of files and what no code outside tests may do.

use crate::source::{Source, is_test_file};
use crate::{files, none};

/// Lines that a file may have.
const LINES: usize = 600;
/// Lines that `main.rs` may have.
const MAIN_LINES: usize = 60;

/// Nothing outside tests may give up like this: the terminal belongs to somebody else.
const GIVING_UP: [&str; 8] =
    [".unwrap()", ".expect(", ".unwrap_err()", ".expect_err(", "panic!", "todo!", "unimplemented!", "dbg!"];

/// Colours are roles of the theme. `cli` prints with its own small table, which a terminal library knows
/// nothing of.
const COLOURS: [&str; 7] =
    ["Color::", "Stylize", ".fg(", ".bg(", "style::Color", "SetForegroundColor", "SetBackgroundColor"];
const COLOURED: [&str; 4] = ["src/app/", "src/ui/", "src/tui/", "src/platform/"];

/// Where a write is confirmed: by a person on the screen, by the command line, and by the table of probes. A job that made
/// its own permit would ask nobody.
const CONFIRMING: [&str; 4] = [
    "src/app/screens/confirm/screen.rs",
    "src/cli/call.rs",
    "src/domain/call.rs",
    "src/jobs/smoke/run/send.rs",
];

fn unasked(source: &Source) -> Vec<String> {
    if CONFIRMING.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let places = source.places("WritePermit::confirmed");
    let outside = places.into_iter().filter(|offset| !source.is_test(*offset));
    outside
        .map(|offset| source.violation(offset, "a permit to write is made where somebody is asked"))
        .collect()
}

#[test]
fn a_permit_is_made_where_somebody_is_asked() {
    none(&files("src").iter().flat_map(unasked).collect::<Vec<_>>());
    for (path, text, want) in [
        ("src/jobs/call/mod.rs", "let permit = Some(WritePermit::confirmed());", 1),
        ("src/cli/call.rs", "let permit = Some(WritePermit::confirmed());", 0),
        ("src/jobs/a.rs", "#[cfg(test)]\nmod tests { fn f() { WritePermit::confirmed() } }", 0),
    ] {
        assert_eq!(unasked(&Source::new(path, text)).len(), want, "{path}");
    }
}

fn too_long(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    let (limit, advice) = match source.path.as_str() {
        "src/main.rs" => (MAIN_LINES, "it parses, dispatches and maps the outcome; the rest has its layer"),
        _ => (LINES - 1, "one file, one idea"),
    };
    (lines > limit).then(|| format!("{}: {lines} lines, at most {limit}: {advice}", source.path))
}

fn giving_up(source: &Source) -> Vec<String> {
    let places = GIVING_UP.iter().flat_map(|word| source.places(word).into_iter().map(move |at| (at, word)));
    places
        .filter(|(offset, _)| !source.is_test(*offset) && !source.is_excused(*offset))
        .map(|(offset, word)| source.violation(offset, &format!("`{word}` outside tests")))
        .collect()
}

fn raw_colours(source: &Source) -> Vec<String> {
    let watched = COLOURED.iter().any(|layer| source.path.starts_with(layer));
    if !watched || source.path.starts_with("src/ui/theme") {
        return Vec::new();
    }
    let places = COLOURS.iter().flat_map(|word| source.places(word).into_iter().map(move |at| (at, word)));
    places
        .filter(|(offset, _)| !source.is_test(*offset))
        .map(|(offset, word)| source.violation(offset, &format!("`{word}`: colours are roles of the theme")))
        .collect()
}

/// Files whose name excuses everything, but that are not behind `#[cfg(test)]`.
fn ungated(sources: &[Source]) -> impl Iterator<Item = String> + '_ {
    let gated = |file: &Source| {
        let declared = format!("mod {};", file.stem());
        let elsewhere = format!("#[path = \"{}.rs\"]", file.stem());
        sources.iter().any(|parent| {
            parent.places(&declared).iter().any(|offset| parent.is_test(*offset))
                || (parent.text.contains(&elsewhere)
                    && parent.places("mod tests;").iter().any(|offset| parent.is_test(*offset)))
        })
    };
    let named = sources.iter().filter(|source| is_test_file(&source.path));
    named
        .filter(move |source| !gated(source))
        .map(|source| format!("{}: not behind #[cfg(test)]", source.path))
}

#[test]
fn files_of_tests_are_compiled_for_tests_only() {
    none(&ungated(&files("src")).collect::<Vec<_>>());
    for (parent, file, want) in [
        ("#[cfg(test)]\nmod tests;", "src/ui/tests.rs", 0),
        ("mod tests;", "src/ui/tests.rs", 1),
        ("#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;", "src/ui/a_tests.rs", 0),
        ("#[cfg(test)]\nmod a_tests;", "src/ui/a_tests.rs", 0),
        ("mod a_tests;", "src/ui/a_tests.rs", 1),
    ] {
        let sources = [Source::new("src/ui/mod.rs", parent), Source::new(file, "")];
        assert_eq!(ungated(&sources).count(), want, "{parent}");
    }
}

#[test]
fn files_are_short() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(files);
    none(&all.filter_map(|source| too_long(&source)).collect::<Vec<_>>());
    for (path, lines, want) in [
        ("src/ui/a.rs", LINES - 1, false),
        ("src/ui/a.rs", LINES, true),
        ("src/main.rs", MAIN_LINES, false),
        ("src/main.rs", MAIN_LINES + 1, true),
    ] {
        assert_eq!(too_long(&Source::new(path, &"\n".repeat(lines))).is_some(), want, "{path} {lines}");
    }
}

#[test]
fn nothing_gives_up_outside_tests() {
    none(&files("src").iter().flat_map(giving_up).collect::<Vec<_>>());
    for (text, want) in [
        ("x.unwrap()", 1),
        ("x.expect(\"y\")", 1),
        ("panic!(\"y\")", 1),
        ("x.unwrap_or_default()", 0),
        ("dont_panic!()", 0),
        ("#[expect(lint, reason = \"y\")]", 0),
        (
            "#[expect(clippy::expect_used, reason = \"y\")]\nfn f() -> [u8; 2] { x.expect(\"y\") }\nfn g() { z.expect(\"y\") }",
            1,
        ),
        ("/// x.unwrap()\nfn f() {}", 0),
        ("#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }", 0),
    ] {
        assert_eq!(giving_up(&Source::new("src/ui/a.rs", text)).len(), want, "{text}");
    }
}

#[test]
fn colours_are_named_in_the_theme_only() {
    none(&files("src").iter().flat_map(raw_colours).collect::<Vec<_>>());
    for (path, text, want) in [
        ("src/ui/a.rs", "Style::default().fg(x)", true),
        ("src/app/a.rs", "let c = Color::Red;", true),
        ("src/app/a.rs", "use ratatui::style::Stylize;", true),
        ("src/app/a.rs", "theme.style(Role::Text)", false),
        ("src/ui/theme/a.rs", "Color::Red", false),
        ("src/cli/a.rs", "AnsiColor::Red.on_default()", false),
    ] {
        assert_eq!(!raw_colours(&Source::new(path, text)).is_empty(), want, "{path}: {text}");
    }
}
