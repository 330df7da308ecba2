//! Classifies the parts of a file with its format's parser: names, punctuation, values. This alone decides what is
//! shown of a file, never the look of a line.

mod env;
mod guessed;
mod json;
mod toml_events;
mod yaml;

use std::fmt;
use std::ops::Range;

use super::Format;
use crate::domain::secret_shapes;

/// Longer names are not shown: people do not choose such names.
const LONGEST_NAME: usize = 128;

/// The kinds of parts that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A name.
    Name,
    /// Punctuation: a brace, a colon, a quote, the start of a comment.
    Sign,
}

/// The parts of a text that may be shown, and the ranges of its values. Everything else is hidden.
#[derive(Default)]
pub(super) struct Outline {
    shown: Vec<(Range<usize>, Part)>,
    steps: Vec<Step>,
    /// The values in file order, each with the innermost step to it.
    values: Vec<(Range<usize>, Option<usize>)>,
}

/// One step on the path to a value.
struct Step {
    outer: Option<usize>,
    label: Label,
}

/// The label of a step.
enum Label {
    Name(Box<str>),
    /// A name that is not shown.
    Hidden,
    /// The index in a list.
    Place(usize),
}

impl fmt::Debug for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outline({} parts, {} values)", self.shown.len(), self.values.len())
    }
}

/// Whether a name looks chosen by a person. A line with a secret may end in a colon, which makes it a name for the
/// parser.
fn is_plain_name(name: &str) -> bool {
    let is_plain = |character: char| character.is_alphanumeric() || "_-./@ ".contains(character);
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(is_plain) && !secret_shapes::holds(name)
}

impl Outline {
    /// Outlines a text. If it has no format or does not parse, only names of grants before their ids are recognised.
    pub(super) fn of(format: Option<Format>, text: &str) -> Self {
        let read = match format {
            Some(Format::Env) => env::read(text),
            Some(Format::Toml) => toml_events::read(text),
            Some(Format::Json) => json::read(text),
            Some(Format::Yaml) => yaml::read(text),
            None => None,
        };
        let mut outline = read.unwrap_or_else(|| guessed::read(text));
        outline.shown.sort_by_key(|(range, _)| range.start);
        outline.values.sort_by_key(|(range, _)| range.start);
        outline
    }

    /// Shifts all ranges by `by` bytes.
    pub(super) fn moved(mut self, by: usize) -> Self {
        let ranges = self.shown.iter_mut().map(|(range, _)| range);
        for range in ranges.chain(self.values.iter_mut().map(|(range, _)| range)) {
            *range = range.start + by..range.end + by;
        }
        self
    }

    /// The parts that may be shown, from an offset on.
    pub(super) fn shown(&self, from: usize) -> impl Iterator<Item = (&Range<usize>, Part)> {
        let first = self.shown.partition_point(|(range, _)| range.end <= from);
        self.shown.iter().skip(first).map(|(range, part)| (range, *part))
    }

    /// The name of the value at an offset; for a list item, that of the list.
    pub(super) fn name(&self, at: usize) -> Option<&str> {
        let mut step = self.step(at)?;
        loop {
            match &step.label {
                Label::Name(name) => return Some(name),
                Label::Hidden => return None,
                Label::Place(_) => step = self.steps.get(step.outer?)?,
            }
        }
    }

    /// The path to the value at an offset, if it has more than one segment: `alter.grants.google`,
    /// `accounts[2].grant_id`.
    pub(super) fn path(&self, at: usize) -> Option<String> {
        let mut labels = Vec::new();
        let mut next = self.step(at);
        while let Some(step) = next {
            labels.push(&step.label);
            next = step.outer.and_then(|outer| self.steps.get(outer));
        }
        if labels.len() < 2 {
            return None;
        }
        let mut path = String::new();
        for label in labels.into_iter().rev() {
            let name = match label {
                Label::Name(name) => &**name,
                Label::Hidden => super::mask::HIDDEN,
                Label::Place(place) => {
                    path.extend(["[", &place.to_string(), "]"]);
                    continue;
                }
            };
            if !path.is_empty() {
                path.push('.');
            }
            if name.contains(['.', '"', '\'', '[', ' ']) {
                path.extend(["\"", &name.replace('\\', "\\\\").replace('"', "\\\""), "\""]);
            } else {
                path.push_str(name);
            }
        }
        Some(path)
    }

    fn step(&self, at: usize) -> Option<&Step> {
        let place = self.values.partition_point(|(range, _)| range.end <= at);
        let (range, step) = self.values.get(place)?;
        if range.contains(&at) { self.steps.get((*step)?) } else { None }
    }

    fn sign(&mut self, range: Range<usize>) {
        self.shown.push((range, Part::Sign));
    }

    /// Adds a name, and returns the step to it.
    fn name_at(&mut self, range: Range<usize>, name: &str, outer: Option<usize>) -> usize {
        if !is_plain_name(name) {
            return self.push(outer, Label::Hidden);
        }
        self.shown.push((range, Part::Name));
        self.push(outer, Label::Name(name.into()))
    }

    fn place(&mut self, outer: Option<usize>, place: usize) -> usize {
        self.push(outer, Label::Place(place))
    }

    fn hidden(&mut self, outer: Option<usize>) -> usize {
        self.push(outer, Label::Hidden)
    }

    fn push(&mut self, outer: Option<usize>, label: Label) -> usize {
        self.steps.push(Step { outer, label });
        self.steps.len() - 1
    }

    /// Adds a value. Its quotes count as punctuation.
    fn value(&mut self, text: &str, range: Range<usize>, step: Option<usize>) {
        let written = text.get(range.clone()).unwrap_or_default();
        let quote = written.chars().next().filter(|first| "\"'`".contains(*first));
        if let Some(quote) = quote
            && written.len() >= 2
            && written.ends_with(quote)
        {
            self.sign(range.start..range.start + 1);
            self.sign(range.end - 1..range.end);
        }
        self.values.push((range, step));
    }
}

/// The range of a name without its quotes.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let written = text.get(range.clone()).unwrap_or_default();
    let is_quoted = |quote| written.len() >= 2 && written.starts_with(quote) && written.ends_with(quote);
    if is_quoted('"') || is_quoted('\'') { range.start + 1..range.end - 1 } else { range }
}
