//! TOML: names are found from the parser's events.

use std::collections::HashMap;
use std::ops::Range;

use toml_parser::parser::{Event, EventKind, parse_document};
use toml_parser::{ParseError, Source};

use super::{Outline, unquoted};

/// An open inline table or list.
struct Frame {
    step: Option<usize>,
    /// The index of the next value, in a list.
    place: Option<usize>,
}

/// The state of reading.
#[derive(Default)]
struct Reading {
    outline: Outline,
    frames: Vec<Frame>,
    /// The table whose entries are being read.
    table: Option<usize>,
    /// The step to the key read so far.
    key: Option<usize>,
    /// The header being read: whether it is an array of tables, and its text.
    header: Option<(bool, String)>,
    /// The number of tables in each array of tables.
    counts: HashMap<String, usize>,
}

pub(super) fn read(text: &str) -> Option<Outline> {
    // The event parser checks the grammar only: what the editor refuses is not shown either.
    crate::toml::parse(text).ok()?;
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let (mut events, mut errors): (Vec<Event>, Vec<ParseError>) = (Vec::new(), Vec::new());
    parse_document(&tokens, &mut events, &mut errors);
    if !errors.is_empty() {
        return None;
    }
    let mut reading = Reading::default();
    for event in events {
        let span = event.span();
        let range = span.start()..span.end();
        if event.kind() == EventKind::SimpleKey {
            let mut name = String::new();
            source.get(event)?.decode_key(&mut name, &mut ());
            reading.name(text, range, &name);
        } else {
            reading.event(text, event.kind(), range);
        }
    }
    Some(reading.outline)
}

impl Reading {
    fn name(&mut self, text: &str, range: Range<usize>, name: &str) {
        let outer = match (self.key, self.frames.last(), &self.header) {
            (Some(key), _, _) => Some(key),
            (None, Some(frame), _) => frame.step,
            (None, None, Some(_)) => None,
            (None, None, None) => self.table,
        };
        let inner = unquoted(text, range.clone());
        if inner != range {
            self.outline.sign(range.start..inner.start);
            self.outline.sign(inner.end..range.end);
        }
        self.key = Some(self.outline.name_at(inner, name, outer));
        if let Some((_, header)) = &mut self.header {
            header.push_str(name);
            header.push('\0');
        }
    }

    fn event(&mut self, text: &str, kind: EventKind, range: Range<usize>) {
        match kind {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.header = Some((kind == EventKind::ArrayTableOpen, String::new()));
                self.key = None;
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.table = self.key.take();
                if let Some((true, header)) = self.header.take() {
                    let count = self.counts.entry(header).or_default();
                    self.table = Some(self.outline.place(self.table, *count));
                    *count += 1;
                }
            }
            EventKind::InlineTableOpen | EventKind::ArrayOpen => {
                let step = self.step();
                let place = (kind == EventKind::ArrayOpen).then_some(0);
                self.frames.push(Frame { step, place });
            }
            EventKind::InlineTableClose | EventKind::ArrayClose => {
                self.frames.pop();
                self.key = None;
            }
            EventKind::ValueSep => {
                self.key = None;
                if let Some(Frame { place: Some(place), .. }) = self.frames.last_mut() {
                    *place += 1;
                }
            }
            EventKind::Scalar => {
                let step = self.step();
                self.outline.value(text, range, step);
                return;
            }
            EventKind::Newline if self.frames.is_empty() => self.key = None,
            EventKind::Comment => {
                self.outline.sign(range.start..range.start + 1);
                return;
            }
            EventKind::KeySep | EventKind::KeyValSep => {}
            _ => return,
        }
        self.outline.sign(range);
    }

    /// The step to the next value.
    fn step(&mut self) -> Option<usize> {
        match self.frames.last() {
            Some(Frame { step, place: Some(place) }) => Some(self.outline.place(*step, *place)),
            _ => self.key.take(),
        }
    }
}
