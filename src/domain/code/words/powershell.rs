//! Splits words like PowerShell, as far as needed for `curl.exe`.

use std::iter::Peekable;
use std::str::Chars;

use super::{Command, push, push_variable};

/// For `\"` within an argument.
const ESCAPED: &str = "\\\" is read as a quote, as Windows PowerShell hands it on.";

pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut shell = Shell {
        rest: text.chars().peekable(),
        commands: Vec::new(),
        current: Command::default(),
        word: None,
    };
    shell.run();
    shell.commands
}

struct Shell<'a> {
    rest: Peekable<Chars<'a>>,
    commands: Vec<Command>,
    current: Command,
    word: Option<Vec<u8>>,
}

impl Shell<'_> {
    fn run(&mut self) {
        while let Some(character) = self.rest.next() {
            match character {
                '`' => self.escape(),
                '\'' | '‘' | '’' => self.single(),
                '"' | '“' | '”' => self.double(),
                '@' if self.word.is_none() => self.here_string(),
                '$' => self.variable(),
                '#' if self.word.is_none() => while self.rest.next_if(|next| *next != '\n').is_some() {},
                '\r' => {}
                '\n' | ';' | '|' | '&' => self.end_command(),
                blank if blank.is_whitespace() => self.end_word(),
                character => push(&mut self.word, character),
            }
        }
        self.end_command();
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        let mut out = Vec::with_capacity(word.len());
        for byte in word {
            if byte == b'"' && out.last() == Some(&b'\\') {
                out.pop();
                self.current.note(ESCAPED);
            }
            out.push(byte);
        }
        self.current.words.push(out);
    }

    fn end_command(&mut self) {
        self.end_word();
        let command = std::mem::take(&mut self.current);
        if !command.words.is_empty() {
            self.commands.push(command);
        }
    }

    /// Reads a backtick outside quotes. At the end of a line it joins the next one, even if spaces follow it.
    fn escape(&mut self) {
        let mut ahead = self.rest.clone();
        while ahead.next_if(|next| matches!(next, ' ' | '\t' | '\r')).is_some() {}
        if ahead.peek().is_none_or(|next| *next == '\n') {
            ahead.next();
            self.rest = ahead;
            return;
        }
        self.escaped();
    }

    fn escaped(&mut self) {
        match self.rest.next() {
            Some('n') => push(&mut self.word, '\n'),
            Some('t') => push(&mut self.word, '\t'),
            Some('r') => push(&mut self.word, '\r'),
            Some('0') => push(&mut self.word, '\0'),
            Some(other) => push(&mut self.word, other),
            None => self.current.open = true,
        }
    }

    fn single(&mut self) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some('\'' | '‘' | '’') => {
                    match self.rest.next_if(|next| matches!(next, '\'' | '‘' | '’')) {
                        Some(quote) => push(&mut self.word, quote),
                        None => return,
                    }
                }
                Some(next) => push(&mut self.word, next),
                None => return self.current.open = true,
            }
        }
    }

    fn double(&mut self) {
        self.word.get_or_insert_default();
        loop {
            match self.rest.next() {
                Some('"' | '“' | '”') => match self.rest.next_if(|next| matches!(next, '"' | '“' | '”'))
                {
                    Some(quote) => push(&mut self.word, quote),
                    None => return,
                },
                Some('`') => self.escaped(),
                Some('$') => self.variable(),
                Some(next) => push(&mut self.word, next),
                None => return self.current.open = true,
            }
        }
    }

    /// Reads `@'`, lines, `'@`, without escapes.
    fn here_string(&mut self) {
        let mut ahead = self.rest.clone();
        let Some(quote) = ahead.next_if(|next| matches!(next, '\'' | '"')) else {
            return push(&mut self.word, '@');
        };
        while ahead.next_if(|next| matches!(next, ' ' | '\t' | '\r')).is_some() {}
        if ahead.next_if_eq(&'\n').is_none() {
            return push(&mut self.word, '@');
        }
        self.rest = ahead;
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some('\r') => {}
                Some('\n') => {
                    let mut end = self.rest.clone();
                    if end.next_if_eq(&quote).is_some() && end.next_if_eq(&'@').is_some() {
                        self.rest = end;
                        break;
                    }
                    text.push('\n');
                }
                Some(next) => text.push(next),
                None => {
                    self.current.open = true;
                    break;
                }
            }
        }
        let word = self.word.get_or_insert_default();
        word.extend_from_slice(text.as_bytes());
    }

    /// Reads `$name`, `${name}`, `$env:NAME`, `$(…)`; a `$` before anything else is literal.
    fn variable(&mut self) {
        let mut written = String::from("$");
        match self.rest.peek() {
            Some('(' | '{') => {
                let mut depth = 0_usize;
                for next in self.rest.by_ref() {
                    written.push(next);
                    depth += usize::from(matches!(next, '(' | '{'));
                    depth -= usize::from(matches!(next, ')' | '}'));
                    if depth == 0 {
                        return push_variable(&mut self.word, &written);
                    }
                }
                self.current.open = true;
            }
            Some(first) if first.is_ascii_alphabetic() || *first == '_' => {
                while let Some(next) =
                    self.rest.next_if(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | ':'))
                {
                    written.push(next);
                }
                // `$id:` is the variable and a colon.
                let trailing = written.ends_with(':');
                push_variable(&mut self.word, written.trim_end_matches(':'));
                if trailing {
                    push(&mut self.word, ':');
                }
            }
            _ => push(&mut self.word, '$'),
        }
    }
}
