//! A source file, with everything blanked that is not code: comments, strings, characters.

/// One file.
pub(crate) struct Source {
    /// From the root of the package, with forward slashes.
    pub(crate) path: String,
    /// As it is written.
    pub(crate) text: String,
    /// The same with comments and literals turned into spaces; lines stay where they are.
    pub(crate) code: String,
    /// Where in `code` (byte offsets) test code stands.
    tests: Vec<std::ops::Range<usize>>,
    /// Where code stands that may give up, and says why.
    excused: Vec<std::ops::Range<usize>>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = blank(text);
        let tests = if is_test_file(path) {
            std::iter::once(0..code.len()).collect()
        } else {
            items_behind(&code, "#[cfg(test)]")
        };
        let attributes =
            ["unwrap_used", "expect_used", "panic"].map(|lint| format!("#[expect(clippy::{lint}"));
        let excused = attributes.iter().flat_map(|attribute| items_behind(&code, attribute)).collect();
        Self { path: path.to_owned(), text: text.to_owned(), code, tests, excused }
    }

    /// The folder below `src` that the file stands in, or the layer that `src/ROOM.rs` opens; None for `lib.rs`
    /// and `main.rs`.
    pub(crate) fn layer(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        match inside.split_once('/') {
            Some((layer, _)) => Some(layer),
            None => inside.strip_suffix(".rs").filter(|name| !matches!(*name, "lib" | "main")),
        }
    }

    /// The modules that the file's own module stands in, itself included: `src/app/keymap/mod.rs` → 2.
    pub(crate) fn depth(&self) -> usize {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        inside.split('/').filter(|part| !matches!(*part, "mod" | "lib")).count()
    }

    pub(crate) fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&offset))
    }

    /// Whether the code is behind an `#[expect(clippy::…)]`, which never stands there without a reason.
    pub(crate) fn is_excused(&self, offset: usize) -> bool {
        self.excused.iter().any(|range| range.contains(&offset))
    }

    /// The file's name without `.rs`.
    pub(crate) fn stem(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Counted from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.code.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// `src/x.rs:12: sentence`.
    pub(crate) fn violation(&self, offset: usize, sentence: &str) -> String {
        format!("{}:{}: {sentence}", self.path, self.line(offset))
    }

    /// Every place where `needle` stands in the code and no name goes on before it.
    pub(crate) fn places(&self, needle: &str) -> Vec<usize> {
        let starts_a_name = needle.starts_with(|c: char| is_name(c));
        self.code
            .match_indices(needle)
            .map(|(offset, _)| offset)
            .filter(|offset| !starts_a_name || !self.code[..*offset].ends_with(is_name))
            .collect()
    }
}

pub(crate) fn is_name(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// By its name; that such a file is compiled for tests only is a rule of its own.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.ends_with("_tests.rs") || path.starts_with("tests/")
}

/// The items behind an attribute that begins like this.
fn items_behind(code: &str, attribute: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices(attribute) {
        let mut depth = 0;
        let end = code[start..].char_indices().find_map(|(at, character)| {
            match character {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
            (depth == 0 && matches!(character, '}' | ';')).then_some(start + at + 1)
        });
        found.push(start..end.unwrap_or(code.len()));
    }
    found
}

fn blank(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = characters.as_slice();
    let mut before = ' ';
    while let Some((first, after)) = rest.split_first() {
        // The `r` of `for"` is no beginning of a raw string, the one of `br"` is.
        let in_name = *first == 'r' && is_name(before) && before != 'b';
        let (literal, code) = rest.split_at(if in_name { 0 } else { literal(rest) });
        if literal.is_empty() {
            out.push(*first);
            (before, rest) = (*first, after);
        } else {
            out.extend(literal.iter().map(|character| if *character == '\n' { '\n' } else { ' ' }));
            (before, rest) = (' ', code);
        }
    }
    out
}

/// How long the comment or literal is that the text begins with; 0 where it begins with code.
fn literal(text: &[char]) -> usize {
    match text {
        ['/', '/', ..] => text.iter().position(|character| *character == '\n').unwrap_or(text.len()),
        ['/', '*', ..] => block_comment(text),
        ['"', tail @ ..] => 1 + string(tail),
        ['r', tail @ ..] => raw_string(tail).map_or(0, |length| 1 + length),
        ['\'', '\\', _, tail @ ..] => 3 + up_to(tail, &['\'']),
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

/// The length up to and with `end`, or of the whole text.
fn up_to(text: &[char], end: &[char]) -> usize {
    text.windows(end.len()).position(|window| window == end).map_or(text.len(), |at| at + end.len())
}

fn block_comment(text: &[char]) -> usize {
    let (mut depth, mut index) = (0, 0);
    while let Some(pair) = text.get(index..index + 2) {
        index += match pair {
            ['/', '*'] => {
                depth += 1;
                2
            }
            ['*', '/'] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        if depth == 0 {
            return index;
        }
    }
    text.len()
}

fn string(text: &[char]) -> usize {
    let mut index = 0;
    while let Some(character) = text.get(index) {
        index += if *character == '\\' { 2 } else { 1 };
        if *character == '"' {
            return index;
        }
    }
    text.len()
}

fn raw_string(text: &[char]) -> Option<usize> {
    let hashes = text.iter().take_while(|character| **character == '#').count();
    let ('"', tail) = text.get(hashes..)?.split_first()? else { return None };
    let mut end = vec!['"'];
    end.extend(std::iter::repeat_n('#', hashes));
    Some(hashes + 1 + up_to(tail, &end))
}

#[test]
fn comments_and_literals_are_blanked_and_code_is_not() {
    for (text, want) in [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        ("f(\"x.unwrap()\\\"\", y)", "f(              , y)"),
        ("r#\"a\"b\"# + r\"c\" + bar", "         +      + bar"),
        ("'a' + '\\'' + &'static str", "    +      + &'static str"),
        ("let r = for_r#type;", "let r = for_r#type;"),
    ] {
        assert_eq!(blank(text), want, "{text}");
    }
}

#[test]
fn test_code_is_known() {
    let text = "fn a() { x }\n#[cfg(test)]\nmod tests {\n    fn b() -> [u8; 2] { y }\n}\nfn c() { z }\n#[cfg(test)]\nmod w;\nfn d() {}";
    let source = Source::new("src/ui/a.rs", text);
    for (needle, want) in [("x", false), ("y", true), ("z", false), ("w", true), ("d()", false)] {
        assert_eq!(source.is_test(source.places(needle)[0]), want, "{needle}");
    }
    assert!(Source::new("src/ui/tests.rs", "x").is_test(0));
    assert!(Source::new("tests/tui/main.rs", "x").is_test(0));
}

#[test]
fn paths_give_layers_and_depths() {
    for (path, layer, depth) in [
        ("src/app/keymap/mod.rs", Some("app"), 2),
        ("src/app/keymap/check.rs", Some("app"), 3),
        ("src/app/mod.rs", Some("app"), 1),
        ("src/app.rs", Some("app"), 1),
        ("src/main.rs", None, 1),
        ("src/lib.rs", None, 0),
        ("src/sandbox/lib.rs", Some("sandbox"), 1),
    ] {
        let source = Source::new(path, "");
        assert_eq!((source.layer(), source.depth()), (layer, depth), "{path}");
    }
}
