//! YAML: names are located by one parser, and must be known to another.

use std::collections::HashSet;

use serde::Deserialize;
use tree_sitter::{Node, Parser, TreeCursor};
use yaml_serde::Value;

use super::{Outline, unquoted};

/// An open node: a pair, a list item, or anything else.
struct Frame {
    /// The step to its content.
    step: Option<usize>,
    /// The index of the next item, in a list.
    place: usize,
    /// The node id of this pair's name.
    name: Option<usize>,
}

pub(super) fn read(text: &str) -> Option<Outline> {
    let known = names(text)?;
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_yaml::LANGUAGE.into()).ok()?;
    let tree = parser.parse(text, None)?;
    if tree.root_node().has_error() {
        return None;
    }
    let mut reading = Reading { text, known, outline: Outline::default(), frames: Vec::new() };
    let mut cursor = tree.root_node().walk();
    // Iterative: files may be nested arbitrarily deep.
    loop {
        let goes_in = reading.enter(&cursor);
        if goes_in && cursor.goto_first_child() {
            continue;
        }
        reading.frames.pop();
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return Some(reading.outline);
            }
            reading.frames.pop();
        }
    }
}

struct Reading<'a> {
    text: &'a str,
    /// The names that the other parser knows.
    known: HashSet<String>,
    outline: Outline,
    frames: Vec<Frame>,
}

impl Reading<'_> {
    /// Handles a node; returns whether to descend into it.
    fn enter(&mut self, cursor: &TreeCursor<'_>) -> bool {
        let node = cursor.node();
        let (step, name) = self.frames.last().map_or((None, None), |frame| (frame.step, frame.name));
        let range = node.byte_range();
        let mut frame = Frame { step, place: 0, name: None };
        let mut goes_in = true;
        match node.kind() {
            _ if name == Some(node.id()) => goes_in = false,
            "block_mapping_pair" | "flow_pair" => {
                let key = node.child_by_field_name("key");
                frame.name = key.map(|key| key.id());
                frame.step = Some(match key {
                    Some(key) => self.named(key, step),
                    None => self.outline.hidden(step),
                });
            }
            "block_sequence_item" => frame.step = Some(self.entry(step)),
            "flow_node" if node.parent().is_some_and(|parent| parent.kind() == "flow_sequence") => {
                frame.step = Some(self.entry(step));
            }
            "comment" => {
                self.outline.sign(range.start..range.start + 1);
                goes_in = false;
            }
            "plain_scalar" | "double_quote_scalar" | "single_quote_scalar" | "block_scalar" => {
                self.outline.value(self.text, range, step);
                goes_in = false;
            }
            "anchor" | "alias" | "tag" | "yaml_directive" | "tag_directive" | "reserved_directive" => {
                goes_in = false;
            }
            ":" | "-" | "{" | "}" | "[" | "]" | "," | "---" | "..." | "?" => self.outline.sign(range),
            _ => {}
        }
        self.frames.push(frame);
        goes_in
    }

    /// The step to the next item of the open list.
    fn entry(&mut self, step: Option<usize>) -> usize {
        let place = self.frames.last_mut().map_or(0, |list| {
            list.place += 1;
            list.place - 1
        });
        self.outline.place(step, place)
    }

    /// The step of a name. A name with an anchor, a tag, a comment or several lines is not shown.
    fn named(&mut self, key: Node<'_>, outer: Option<usize>) -> usize {
        let is_scalar = |node: Node<'_>| {
            matches!(node.kind(), "plain_scalar" | "double_quote_scalar" | "single_quote_scalar")
        };
        let inner = key.child(0).filter(|inner| key.child_count() == 1 && is_scalar(*inner));
        let Some(range) = inner.map(|inner| inner.byte_range()) else { return self.outline.hidden(outer) };
        let bare = unquoted(self.text, range.clone());
        let name = self.text.get(bare.clone()).unwrap_or_default();
        if !self.known.contains(name) {
            return self.outline.hidden(outer);
        }
        if bare != range {
            self.outline.sign(range.start..bare.start);
            self.outline.sign(bare.end..range.end);
        }
        self.outline.name_at(bare, name, outer)
    }
}

/// All names of a file, by the other parser.
fn names(text: &str) -> Option<HashSet<String>> {
    let mut names = HashSet::new();
    for document in yaml_serde::Deserializer::from_str(text) {
        let mut values = vec![Value::deserialize(document).ok()?];
        while let Some(value) = values.pop() {
            match value {
                Value::Sequence(list) => values.extend(list),
                Value::Mapping(mapping) => {
                    for (name, value) in mapping {
                        match name {
                            Value::String(name) => drop(names.insert(name)),
                            Value::Number(name) => drop(names.insert(name.to_string())),
                            Value::Bool(name) => drop(names.insert(name.to_string())),
                            other => values.push(other),
                        }
                        values.push(value);
                    }
                }
                Value::Tagged(tagged) => values.push(tagged.value),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }
    Some(names)
}
