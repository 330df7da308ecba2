//! Splits words like a POSIX shell, plus the `$'…'` of bash and zsh.

mod here;

use std::iter::Peekable;
use std::str::Chars;

use self::here::Document;
use super::{Command, push, push_variable};

const AMPERSAND: &str = "Read an unquoted & as part of the URL (a shell would end the command).";
const PLACEHOLDER: &str = "Read an unquoted <…> as part of the URL (a shell would redirect files).";
const JOINED: &str = "Joined lines although blanks follow a \\ at the end (a shell would not).";
const BRACES: &str = "Read unquoted braces with a comma as one word (a shell would split them).";
const QUOTES: &str = "Typographic quotes or dashes were read as plain ones.";

pub(super) fn commands(text: &str) -> Vec<Command> {
    Shell::new(text).run()
}

struct Shell<'a> {
    rest: Peekable<Chars<'a>>,
    commands: Vec<Command>,
    current: Command,
    /// The current word; `None` between words.
    word: Option<Vec<u8>>,
    /// The next word is the target of a redirection, not an argument.
    redirected: bool,
    /// Here-documents that start on the next line.
    documents: Vec<Document>,
    /// The next word is a here-string.
    string: bool,
}

impl<'a> Shell<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars().peekable(),
            commands: Vec::new(),
            current: Command::default(),
            word: None,
            redirected: false,
            documents: Vec::new(),
            string: false,
        }
    }

    fn run(mut self) -> Vec<Command> {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => self.escape(),
                '\'' => self.single('\''),
                '"' => self.double('"'),
                '“' | '„' if self.word.is_none() => {
                    self.current.note(QUOTES);
                    self.double('”');
                }
                '‘' | '‚' if self.word.is_none() => {
                    self.current.note(QUOTES);
                    self.single('’');
                }
                '–' | '—'
                    if self.word.is_none() && self.rest.peek().is_some_and(char::is_ascii_alphabetic) =>
                {
                    self.current.note(QUOTES);
                    push(&mut self.word, '-');
                    if character == '—' {
                        push(&mut self.word, '-');
                    }
                }
                '$' if self.rest.peek() == Some(&'\'') => {
                    self.rest.next();
                    self.ansi();
                }
                '$' | '`' => self.expansion(character),
                '#' if self.word.is_none() => {
                    while self.rest.next_if(|character| *character != '\n').is_some() {}
                }
                '&' if self.is_in_url()
                    && self.rest.peek().is_some_and(|next| !next.is_whitespace() && *next != '&') =>
                {
                    self.current.note(AMPERSAND);
                    push(&mut self.word, '&');
                }
                '<' if self.is_in_url() && self.is_placeholder() => {
                    self.current.note(PLACEHOLDER);
                    push(&mut self.word, '<');
                    for next in self.rest.by_ref() {
                        push(&mut self.word, next);
                        if next == '>' {
                            break;
                        }
                    }
                }
                '<' if self.rest.peek() == Some(&'<') => self.here(),
                '>' | '<' => self.redirect(),
                '\n' => {
                    self.end_command();
                    self.read_documents();
                }
                ';' | '|' | '&' => self.end_command(),
                ' ' | '\t' | '\u{a0}' => self.end_word(),
                '\r' if self.rest.peek() == Some(&'\n') => self.end_word(),
                character => {
                    if character == ',' && self.word.as_deref().is_some_and(|word| word.contains(&b'{')) {
                        self.current.note(BRACES);
                    }
                    push(&mut self.word, character);
                }
            }
        }
        self.end_command();
        self.read_documents();
        self.commands
    }

    fn is_in_url(&self) -> bool {
        self.word.as_deref().is_some_and(|word| word.windows(3).any(|three| three == b"://"))
    }

    /// Whether `name>` follows.
    fn is_placeholder(&self) -> bool {
        let mut ahead = self.rest.clone();
        let mut any = false;
        while ahead.next_if(|next| next.is_alphanumeric() || matches!(next, '_' | '-')).is_some() {
            any = true;
        }
        any && ahead.next() == Some('>')
    }

    /// Reads an expansion: `$NAME`, `${…}`, `$(…)`, backticks. A `$` before anything else is literal.
    fn expansion(&mut self, first: char) {
        let mut written = String::from(first);
        match (first, self.rest.peek()) {
            ('`', _) => loop {
                match self.rest.next() {
                    Some('`') => {
                        written.push('`');
                        break;
                    }
                    Some(next) => written.push(next),
                    None => {
                        self.current.open = true;
                        break;
                    }
                }
            },
            (_, Some('(')) => self.balanced('(', ')', &mut written),
            (_, Some('{')) => self.balanced('{', '}', &mut written),
            (_, Some(next)) if next.is_ascii_alphabetic() || *next == '_' => {
                while let Some(next) = self.rest.next_if(|next| next.is_ascii_alphanumeric() || *next == '_')
                {
                    written.push(next);
                }
            }
            _ => return push(&mut self.word, first),
        }
        push_variable(&mut self.word, &written);
    }

    fn balanced(&mut self, open: char, close: char, written: &mut String) {
        let mut depth = 0_usize;
        let mut quote = None;
        for next in self.rest.by_ref() {
            written.push(next);
            match quote {
                Some(mark) if mark == next => quote = None,
                _ if quote.is_some() => {}
                _ if matches!(next, '\'' | '"') => quote = Some(next),
                _ if next == open => depth += 1,
                _ if next == close => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
        self.current.open = true;
    }

    fn end_word(&mut self) {
        let Some(mut word) = self.word.take() else { return };
        if std::mem::take(&mut self.string) {
            word.push(b'\n');
            self.current.input = Some(word);
        } else if !std::mem::take(&mut self.redirected) {
            self.current.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.redirected = false;
        self.string = false;
        let command = std::mem::take(&mut self.current);
        if !command.words.is_empty() {
            self.commands.push(command);
        }
    }

    fn redirect(&mut self) {
        // `2>`: the number is not an argument.
        if self.word.as_deref().is_some_and(|word| word.iter().all(u8::is_ascii_digit)) {
            self.word = None;
        }
        self.end_word();
        while self.rest.next_if(|next| matches!(next, '>' | '<' | '&' | '|')).is_some() {}
        self.redirected = true;
    }

    /// Reads a backslash outside quotes. At the end of a line it joins the next one, even if spaces follow
    /// it, as is common in text from web pages.
    fn escape(&mut self) {
        let mut ahead = self.rest.clone();
        let mut blanks = false;
        while let Some(blank) = ahead.next_if(|next| matches!(next, ' ' | '\t' | '\r')) {
            blanks |= blank != '\r';
        }
        if ahead.next_if_eq(&'\n').is_some() {
            if blanks {
                self.current.note(JOINED);
            }
            // The shell's continuation prompt, pasted along.
            let mut after = ahead.clone();
            if after.next_if_eq(&'>').is_some() && after.next_if_eq(&' ').is_some() {
                ahead = after;
            }
            self.rest = ahead;
            return;
        }
        match self.rest.next() {
            Some(next) => push(&mut self.word, next),
            None => self.current.open = true,
        }
    }

    fn single(&mut self, close: char) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some(next) if next == close => return,
                // Typographic single quotes imply typographic double quotes.
                Some('“' | '”') if close == '’' => push(&mut self.word, '"'),
                Some(next) => push(&mut self.word, next),
                None => {
                    self.current.open = true;
                    return;
                }
            }
        }
    }

    fn double(&mut self, close: char) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some(next) if next == close => return,
                Some('\\') => match self.rest.next() {
                    Some('\n') => {}
                    Some(next @ ('"' | '\\' | '$' | '`')) => push(&mut self.word, next),
                    Some(next) => {
                        push(&mut self.word, '\\');
                        push(&mut self.word, next);
                    }
                    None => self.current.open = true,
                },
                Some(next @ ('$' | '`')) => self.expansion(next),
                Some('‘' | '’') if close == '”' => push(&mut self.word, '\''),
                Some(next) => push(&mut self.word, next),
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
                Some(next) => push(&mut self.word, next),
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
                let unit = self.number(16, digits, 0);
                self.unit(unit);
                return;
            }
            'c' => match self.rest.next() {
                Some(control) if control.is_ascii() => control as u8 & 0x1f,
                _ => return,
            },
            other => {
                if !matches!(other, '\\' | '\'' | '"' | '?') {
                    push(&mut self.word, '\\');
                }
                push(&mut self.word, other);
                return;
            }
        };
        self.word.get_or_insert_default().push(byte);
    }

    /// Appends a character by its code. Browsers write those beyond U+FFFF as two surrogates; a lone one is
    /// not text.
    fn unit(&mut self, unit: u32) {
        let mut whole = unit;
        if (0xD800..0xDC00).contains(&unit) {
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('\\') && ahead.next_if(|next| matches!(next, 'u' | 'U')).is_some() {
                let before = std::mem::replace(&mut self.rest, ahead);
                match self.number(16, 4, 0) {
                    low @ 0xDC00..0xE000 => whole = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00),
                    _ => self.rest = before,
                }
            }
        }
        match char::from_u32(whole) {
            Some(character) => push(&mut self.word, character),
            None => self.current.half = true,
        }
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
