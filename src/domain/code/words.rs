//! The words of a command line, as a POSIX shell or the Windows command prompt cut it.

/// One command.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Its words, quotes undone; bytes, since `$'\xff'` is no text.
    pub(super) words: Vec<Vec<u8>>,
    /// Its last quote is never closed.
    pub(super) open: bool,
    /// It has `$NAME`, `$(…)` or backticks, which are left as they were written.
    pub(super) variables: bool,
}

/// The commands of a text, in order.
pub(super) fn commands(text: &str) -> Vec<Command> {
    if is_prompt_of_windows(text) { windows(text) } else { Shell::new(text).run() }
}

/// Browsers' "copy as cURL (cmd)" escapes with carets; so do lines that go on.
fn is_prompt_of_windows(text: &str) -> bool {
    let goes_on = text.contains("^\n") || text.contains("^\r\n");
    let first = text.trim_start().split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    (goes_on || first.starts_with("^\"")) && !text.contains("\\\n") && !text.contains("\\\r\n")
}

struct Shell<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    commands: Vec<Command>,
    current: Command,
    /// The word that is being read; None between words.
    word: Option<Vec<u8>>,
    /// The next word is where output goes, no argument.
    redirected: bool,
}

impl<'a> Shell<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars().peekable(),
            commands: Vec::new(),
            current: Command::default(),
            word: None,
            redirected: false,
        }
    }

    fn run(mut self) -> Vec<Command> {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => self.escape(),
                '\'' => self.single(),
                '"' => self.double(),
                '$' if self.rest.peek() == Some(&'\'') => {
                    self.rest.next();
                    self.ansi();
                }
                '#' if self.word.is_none() => {
                    while self.rest.next_if(|character| *character != '\n').is_some() {}
                }
                '>' | '<' => self.redirect(),
                '\n' | ';' | '|' | '&' => self.end_command(),
                ' ' | '\t' => self.end_word(),
                '\r' if self.rest.peek() == Some(&'\n') => self.end_word(),
                character => {
                    self.expansion(character);
                    self.push(character);
                }
            }
        }
        self.end_command();
        self.commands
    }

    fn push(&mut self, character: char) {
        let word = self.word.get_or_insert_default();
        word.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn expansion(&mut self, character: char) {
        let named = |next: &char| next.is_ascii_alphabetic() || matches!(next, '_' | '{' | '(');
        if character == '`' || (character == '$' && self.rest.peek().is_some_and(named)) {
            self.current.variables = true;
        }
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take()
            && !std::mem::take(&mut self.redirected)
        {
            self.current.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.redirected = false;
        let command = std::mem::take(&mut self.current);
        if !command.words.is_empty() {
            self.commands.push(command);
        }
    }

    fn redirect(&mut self) {
        // `2>`: the number is no argument.
        if self.word.as_deref().is_some_and(|word| word.iter().all(u8::is_ascii_digit)) {
            self.word = None;
        }
        self.end_word();
        while self.rest.next_if(|next| matches!(next, '>' | '<' | '&' | '|')).is_some() {}
        self.redirected = true;
    }

    /// A backslash outside quotes. One at the end of its line joins the next one, also where blanks follow it:
    /// what was pasted from a web page often has some.
    fn escape(&mut self) {
        let mut ahead = self.rest.clone();
        while ahead.next_if(|next| matches!(next, ' ' | '\t' | '\r')).is_some() {}
        if ahead.next_if_eq(&'\n').is_some() {
            // The shell's prompt for lines that go on, pasted with them.
            let mut after = ahead.clone();
            if after.next_if_eq(&'>').is_some() && after.next_if_eq(&' ').is_some() {
                ahead = after;
            }
            self.rest = ahead;
            return;
        }
        match self.rest.next() {
            Some(next) => self.push(next),
            None => self.current.open = true,
        }
    }

    fn single(&mut self) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some('\'') => return,
                Some(next) => self.push(next),
                None => {
                    self.current.open = true;
                    return;
                }
            }
        }
    }

    fn double(&mut self) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some('"') => return,
                Some('\\') => match self.rest.next() {
                    Some('\n') => {}
                    Some(next @ ('"' | '\\' | '$' | '`')) => self.push(next),
                    Some(next) => {
                        self.push('\\');
                        self.push(next);
                    }
                    None => self.current.open = true,
                },
                Some(next) => {
                    self.expansion(next);
                    self.push(next);
                }
                None => {
                    self.current.open = true;
                    return;
                }
            }
        }
    }

    /// `$'…'`.
    fn ansi(&mut self) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some('\'') => return,
                Some('\\') => self.ansi_escape(),
                Some(next) => self.push(next),
                None => {
                    self.current.open = true;
                    return;
                }
            }
        }
    }

    fn ansi_escape(&mut self) {
        let Some(letter) = self.rest.next() else {
            self.current.open = true;
            return;
        };
        let byte = match letter {
            'n' => b'\n',
            't' => b'\t',
            'r' => b'\r',
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'v' => 11,
            'e' | 'E' => 27,
            '0'..='7' => {
                let first = letter.to_digit(8).unwrap_or_default();
                self.number(8, 2, first) as u8
            }
            'x' => self.number(16, 2, 0) as u8,
            'u' | 'U' => {
                let digits = if letter == 'u' { 4 } else { 8 };
                let character = char::from_u32(self.number(16, digits, 0));
                self.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                return;
            }
            'c' => match self.rest.next() {
                Some(control) if control.is_ascii() => control as u8 & 0x1f,
                _ => return,
            },
            other => {
                if !matches!(other, '\\' | '\'' | '"' | '?') {
                    self.push('\\');
                }
                self.push(other);
                return;
            }
        };
        self.word.get_or_insert_default().push(byte);
    }

    fn number(&mut self, radix: u32, most: usize, first: u32) -> u32 {
        let mut value = first;
        for _ in 0..most {
            let Some(next) = self.rest.next_if(|next| next.is_digit(radix)) else { break };
            value = value.wrapping_mul(radix).wrapping_add(next.to_digit(radix).unwrap_or_default());
        }
        value
    }
}

/// The command prompt first takes carets away, then each program cuts its own line at blanks.
fn windows(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut line = String::new();
    let mut quoted = false;
    let mut rest = text.chars().filter(|character| *character != '\r').peekable();
    while let Some(character) = rest.next() {
        match character {
            // A caret joins the next line; an empty line after it is a real break.
            '^' if !quoted => match rest.next() {
                Some('\n') => line.extend(rest.next_if_eq(&'\n')),
                next => line.extend(next),
            },
            '\n' | '&' | '|' if !quoted => commands.push(windows_words(&std::mem::take(&mut line))),
            character => {
                quoted ^= character == '"';
                line.push(character);
            }
        }
    }
    commands.push(windows_words(&line));
    commands.retain(|command| !command.words.is_empty());
    commands
}

/// Quotes join words; backslashes are plain but before a quote, where two stand for one.
fn windows_words(line: &str) -> Command {
    let mut command = Command::default();
    let mut word: Option<Vec<u8>> = None;
    let mut rest = line.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => {
                let mut count = 1;
                while rest.next_if_eq(&'\\').is_some() {
                    count += 1;
                }
                let before_quote = rest.peek() == Some(&'"');
                let kept = if before_quote { count / 2 } else { count };
                let word = word.get_or_insert_default();
                word.extend(std::iter::repeat_n(b'\\', kept));
                if before_quote && count % 2 == 1 {
                    rest.next();
                    word.push(b'"');
                }
            }
            '"' => {
                word.get_or_insert_default();
                // Two of them within quotes are one that is meant.
                if command.open && rest.next_if_eq(&'"').is_some() {
                    word.get_or_insert_default().push(b'"');
                } else {
                    command.open = !command.open;
                }
            }
            character if !command.open && character.is_whitespace() => command.words.extend(word.take()),
            character => {
                word.get_or_insert_default().extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
    command.words.extend(word);
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let words = |command: Command| {
            command.words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect()
        };
        commands(text).into_iter().map(words).collect()
    }

    #[test]
    fn a_shell_s_words() {
        let cases: [(&str, &[&[&str]]); 12] = [
            ("a 'b c' \"d e\" f\\ g", &[&["a", "b c", "d e", "f g"]]),
            ("a \\\n  b \\  \r\n> c", &[&["a", "b", "c"]]),
            ("a; b && c | d\ne", &[&["a"], &["b"], &["c"], &["d"], &["e"]]),
            ("a 2>&1 > file.txt b # not this\nc", &[&["a", "b"], &["c"]]),
            (r#"a "x\"y\\z\n" ''"#, &[&["a", "x\"y\\z\\n", ""]]),
            (r"a $'it\'s \u00e9\x41\101\n\q'", &[&["a", "it's éAA\n\\q"]]),
            ("a x'y'\"z\"", &[&["a", "xyz"]]),
            ("a # b", &[&["a"]]),
            ("a b#c", &[&["a", "b#c"]]),
            ("", &[]),
            (
                "curl ^\"https://h/^?a=1^&b=2^\" ^\n  --data ^\"^{^\\^\"a^\\^\":^\\^\"x^\n\ny^\\^\"^}^\"",
                &[&["curl", "https://h/?a=1&b=2", "--data", "{\"a\":\"x\ny\"}"]],
            ),
            (
                "curl \"https://h/?a=1&b\" ^\r\n -H \"a: b\\\\\"\r\necho",
                &[&["curl", "https://h/?a=1&b", "-H", "a: b\\"], &["echo"]],
            ),
        ];
        for (text, want) in cases {
            assert_eq!(read(text), want, "{text}");
        }
    }

    #[test]
    fn what_is_not_closed_is_told() {
        for text in ["a 'b", "a \"b", "a $'b", "a \"b\\", "a \\", "a ^\n \"b"] {
            assert!(commands(text).iter().any(|command| command.open), "{text}");
        }
        assert!(commands("a \"$X\"")[0].variables && commands("a `b`")[0].variables);
        assert!(!commands("a '$X' $ $1")[0].variables);
        assert_eq!(commands(r"a $'\xff\0'")[0].words[1], [0xff, 0]);
    }

    proptest! {
        #[test]
        fn quoted_words_are_read_back(words in prop::collection::vec("[^\\^]*", 1..5)) {
            let text = shell_words::join(&words);
            prop_assert_eq!(read(&text), vec![words]);
        }

        #[test]
        fn nothing_breaks_it(text in "[a\\\\'\"$^\n\r #>&{xu01é\u{0}-]{0,40}") {
            commands(&text);
        }
    }
}
