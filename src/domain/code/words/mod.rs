//! Splits command lines into words, like a POSIX shell, the Windows command prompt or PowerShell.

mod cmd;
mod posix;
mod powershell;
mod tidy;

/// A command.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Its words without quotes; bytes, because `$'\xff'` is not UTF-8. Variables are kept as written,
    /// between [`BEGIN`] and [`END`].
    pub(super) words: Vec<Vec<u8>>,
    /// Its last quote is not closed.
    pub(super) open: bool,
    /// Its standard input from a here-document or here-string.
    pub(super) input: Option<Vec<u8>>,
    /// It contains half of a character: one of the two surrogates for a character beyond U+FFFF.
    pub(super) half: bool,
    /// What was read differently than by a shell, without duplicates.
    pub(super) notes: Vec<&'static str>,
}

impl Command {
    fn note(&mut self, note: &'static str) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Marks the start of a variable within a word. From a private use area, so it does not occur in text.
pub(super) const BEGIN: char = '\u{F0000}';
/// Marks its end.
pub(super) const END: char = '\u{F0001}';

/// The shell that a command line is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Posix,
    Cmd,
    PowerShell,
}

/// The commands of a text in order; `None` if it contains the characters that mark variables.
pub(super) fn commands(text: &str) -> Option<Vec<Command>> {
    if text.contains([BEGIN, END]) {
        return None;
    }
    let text = tidy::tidy(text);
    Some(match dialect(&text) {
        Dialect::Posix => posix::commands(&text),
        Dialect::Cmd => cmd::commands(&text),
        Dialect::PowerShell => powershell::commands(&text),
    })
}

/// Detects the shell that a text was written for: by its line continuations, or else by its quoting.
fn dialect(text: &str) -> Dialect {
    let lines = text.trim_end().rsplit_once('\n').map_or("", |(before, _)| before);
    let goes_on = |mark: &str| lines.lines().any(|line| line.trim_end().ends_with(mark));
    if goes_on("\\") {
        return Dialect::Posix;
    }
    if goes_on(" `") || ["$env:", "$Env:", "@'\n", "@\"\n", " --% "].iter().any(|mark| text.contains(mark)) {
        return Dialect::PowerShell;
    }
    let quotes_single = text.contains(" '") || text.contains("='") || text.contains("$'");
    // Inside quotes, Chrome and Edge write `^"`; their older versions and Firefox write `""` and `"%"`.
    let doubled = ["{\"\"", "\"\":", ":\"\"", "\"\"}", "\"%\""].iter().any(|mark| text.contains(mark));
    let escaped = goes_on("^") || text.contains(" ^\"");
    if escaped || (!quotes_single && (doubled || cmd::has_variable(text))) {
        Dialect::Cmd
    } else {
        Dialect::Posix
    }
}

/// Appends a character to a word.
fn push(word: &mut Option<Vec<u8>>, character: char) {
    let word = word.get_or_insert_default();
    word.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Appends a variable to a word, as written.
fn push_variable(word: &mut Option<Vec<u8>>, written: &str) {
    push(word, BEGIN);
    word.get_or_insert_default().extend_from_slice(written.as_bytes());
    push(word, END);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let words = |command: Command| {
            let shown = |word: &Vec<u8>| String::from_utf8_lossy(word).replace(BEGIN, "⟦").replace(END, "⟧");
            command.words.iter().map(shown).collect()
        };
        commands(text).expect("no marks").into_iter().map(words).collect()
    }

    #[test]
    fn a_shell_s_words() {
        let cases: [(&str, &[&[&str]]); 17] = [
            ("a 'b c' \"d e\" f\\ g", &[&["a", "b c", "d e", "f g"]]),
            ("a \\\n  b \\  \r\n> c", &[&["a", "b", "c"]]),
            ("a; b && c | d\ne", &[&["a"], &["b"], &["c"], &["d"], &["e"]]),
            ("a 2>&1 > file.txt b # not this\nc", &[&["a", "b"], &["c"]]),
            (r#"a "x\"y\\z\n" ''"#, &[&["a", "x\"y\\z\\n", ""]]),
            (r"a $'it\'s \u00e9\x41\101\n\q'", &[&["a", "it's éAA\n\\q"]]),
            (r"a $'\ud83d\ude00 \uD83D\uDE00 \U0001F600'", &[&["a", "😀 😀 😀"]]),
            ("a x'y'\"z\"", &[&["a", "xyz"]]),
            ("a # b", &[&["a"]]),
            ("a b#c", &[&["a", "b#c"]]),
            ("", &[]),
            ("a \"$X ${Y:-z}\" $Z '$Q'", &[&["a", "⟦$X⟧ ⟦${Y:-z}⟧", "⟦$Z⟧", "$Q"]]),
            ("a $(b 'c )' (d)) `e f`", &[&["a", "⟦$(b 'c )' (d))⟧", "⟦`e f`⟧"]]),
            ("a https://h/?x=1&y=2 b", &[&["a", "https://h/?x=1&y=2", "b"]]),
            ("a “b c” ‘d’ –H —data", &[&["a", "b c", "d", "-H", "--data"]]),
            ("a\u{a0}b", &[&["a", "b"]]),
            ("```sh\na b\n```\n", &[&["a", "b"]]),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn a_here_document_is_input() {
        for (text, want) in [
            ("a -d @- <<EOF\nx $Y\nz\nEOF\nb", "x \u{F0000}$Y\u{F0001}\nz\n"),
            ("a -d @- <<'EOF' https://h\nx $Y\nEOF\nb", "x $Y\n"),
            ("a <<- END\n\tx\n\tEND\nb", "x\n"),
            ("a <<< 'x y'\nb", "x y\n"),
        ] {
            let read = commands(text).expect("no marks");
            assert_eq!(read.len(), 2, "{text}");
            assert_eq!(read[0].input.as_deref(), Some(want.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_words_of_the_command_prompt() {
        let cases: [(&str, &[&[&str]]); 6] = [
            (
                "curl ^\"https://h/^?a=1^&b=2^\" ^\n  --data ^\"^{^\\^\"a^\\^\":^\\^\"x^\n\ny^\\^\"^}^\"",
                &[&["curl", "https://h/?a=1&b=2", "--data", "{\"a\":\"x\ny\"}"]],
            ),
            (
                "curl \"https://h/?a=1&b\" ^\r\n -H \"a: b\\\\\"\r\necho",
                &[&["curl", "https://h/?a=1&b", "-H", "a: b\\"], &["echo"]],
            ),
            (
                "curl \"https://h/?q=\"%\"20x\" --data \"{\"\"a\"\":1}\"",
                &[&["curl", "https://h/?q=%20x", "--data", "{\"a\":1}"]],
            ),
            (
                "curl --data \"{\"\"a\"\":\"\"x\"^\n\n\"y\"\"}\" \"https://h\"",
                &[&["curl", "--data", "{\"a\":\"x\ny\"}", "https://h"]],
            ),
            (
                "curl -H \"X: %ITEM_ID%\" https://h/%20x%20",
                &[&["curl", "-H", "X: ⟦%ITEM_ID%⟧", "https://h/%20x%20"]],
            ),
            (
                "C:\\Users\\me>curl \"https://h\" -d \"{\"\"a\"\":1}\"",
                &[&["curl", "https://h", "-d", "{\"a\":1}"]],
            ),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn the_words_of_powershell() {
        let cases: [(&str, &[&[&str]]); 7] = [
            (
                "curl.exe -X POST `\n  -H \"A: b\" `\r\n  https://h",
                &[&["curl.exe", "-X", "POST", "-H", "A: b", "https://h"]],
            ),
            (
                "curl.exe `\n -d '{\\\"a\\\": \\\"it''s\\\"}' https://h",
                &[&["curl.exe", "-d", "{\"a\": \"it's\"}", "https://h"]],
            ),
            ("curl.exe `\n -d \"{`\"a`\":1,\"\"b\"\":2}\"", &[&["curl.exe", "-d", "{\"a\":1,\"b\":2}"]]),
            (
                "curl.exe -H \"X: $env:ID\" \"https://h/$id/${x}$(y z)\" `\n -v",
                &[&["curl.exe", "-H", "X: ⟦$env:ID⟧", "https://h/⟦$id⟧/⟦${x}⟧⟦$(y z)⟧", "-v"]],
            ),
            (
                "curl.exe -d @'\n{\"a\":\n 1}\n'@ https://h",
                &[&["curl.exe", "-d", "{\"a\":\n 1}", "https://h"]],
            ),
            ("PS C:\\> curl.exe `\n https://h; echo # x", &[&["curl.exe", "https://h"], &["echo"]]),
            ("curl.exe `\n a`tb `# ", &[&["curl.exe", "a\tb", "#"]]),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_closed_is_reported() {
        for text in [
            "a 'b",
            "a \"b",
            "a $'b",
            "a \"b\\",
            "a \\",
            "a ^\n \"b",
            "a `\n 'b",
            "a `\n @'\nb",
            "a $(b",
            "a “b",
        ] {
            assert!(commands(text).expect("no marks").iter().any(|command| command.open), "{text}");
        }
        let bytes = commands(r"a $'\xff\0'").expect("no marks");
        assert_eq!(bytes[0].words[1], [0xff, 0]);
        assert!(commands("a \u{F0000}").is_none());
    }

    #[test]
    fn half_a_character_is_reported() {
        for text in [r"a $'\ud83d x'", r"a $'\ude00'", r"a $'\ud83d\u0041'"] {
            let read = commands(text).expect("no marks");
            assert!(read[0].half, "{text}");
        }
    }

    proptest! {
        #[test]
        fn quoted_words_are_read_back(words in prop::collection::vec("[^\\^`\u{A0}\u{F0000}\u{F0001}]*", 1..5)) {
            // Not a no-break space: shells do not quote it, but it separates words here, because web pages use
            // it for a space. The text starts with a word that is not a prompt, and a mark of the dialect.
            let text = format!("a \\\n {}", shell_words::join(&words));
            let mut want = vec!["a".to_owned()];
            want.extend(words);
            prop_assert_eq!(read(&text), vec![want]);
        }

        #[test]
        fn nothing_breaks_it(text in "[a\\\\'\"$^\n\r #>&{xu01é\u{0}`@%(;<-]{0,40}", dialect in 0..3) {
            match dialect {
                0 => posix::commands(&text),
                1 => cmd::commands(&text),
                _ => powershell::commands(&text),
            };
            commands(&text);
        }
    }
}
