//! Here-documents and here-strings.

use super::{Shell, push};

/// A here-document whose text follows.
pub(super) struct Document {
    /// The index of the command that reads it.
    command: usize,
    end: String,
    /// `<<-`: leading tabs are removed.
    stripped: bool,
    /// The delimiter was quoted: variables are literal.
    literal: bool,
}

impl Shell<'_> {
    /// Reads what follows the first `<` of `<<END`, `<<-END` or `<<< word`.
    pub(super) fn here(&mut self) {
        self.end_word();
        self.rest.next();
        if self.rest.next_if_eq(&'<').is_some() {
            self.string = true;
            return;
        }
        let stripped = self.rest.next_if_eq(&'-').is_some();
        while self.rest.next_if(|next| matches!(next, ' ' | '\t')).is_some() {}
        let quote = self.rest.next_if(|next| matches!(next, '\'' | '"' | '\\'));
        let mut end = String::new();
        while let Some(next) =
            self.rest.next_if(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | '.'))
        {
            end.push(next);
        }
        if let Some(quote) = quote {
            self.rest.next_if_eq(&quote);
        }
        if end.is_empty() {
            self.current.open = true;
        } else {
            self.documents.push(Document {
                command: self.commands.len(),
                end,
                stripped,
                literal: quote.is_some(),
            });
        }
    }

    /// Reads the documents started on the previous line; a command reads the last one.
    pub(super) fn read_documents(&mut self) {
        for document in std::mem::take(&mut self.documents) {
            let mut text = String::new();
            let mut closed = false;
            while self.rest.peek().is_some() {
                let mut line = String::new();
                while let Some(next) = self.rest.next_if(|next| *next != '\n') {
                    line.push(next);
                }
                self.rest.next();
                let line = line.trim_end_matches('\r');
                let line = if document.stripped { line.trim_start_matches('\t') } else { line };
                if line == document.end {
                    closed = true;
                    break;
                }
                text.push_str(line);
                text.push('\n');
            }
            let (text, closed) = if document.literal { (text, closed) } else { expanded(&text, closed) };
            if let Some(command) = self.commands.get_mut(document.command) {
                command.open |= !closed;
                command.input = Some(text.into_bytes());
            }
        }
    }

    fn document(&mut self) {
        while let Some(character) = self.rest.next() {
            match character {
                '\\' => match self.rest.next() {
                    Some('\n') => {}
                    Some(next @ ('$' | '`' | '\\')) => push(&mut self.word, next),
                    Some(next) => {
                        push(&mut self.word, '\\');
                        push(&mut self.word, next);
                    }
                    None => push(&mut self.word, '\\'),
                },
                '$' | '`' => self.expansion(character),
                character => push(&mut self.word, character),
            }
        }
    }
}

/// Reads the text of a document like a shell: marks variables, unescapes `\$`. Also returns whether
/// everything is closed.
fn expanded(text: &str, closed: bool) -> (String, bool) {
    let mut inner = Shell::new(text);
    inner.word.get_or_insert_default();
    inner.document();
    // Only characters were appended.
    let text = String::from_utf8(inner.word.unwrap_or_default()).unwrap_or_default();
    (text, closed && !inner.current.open)
}
