//! Parses a theme from TOML and reduces it to the colour depth of the terminal.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use strum::IntoEnumIterator;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::colour::{DEFAULT, NAMES, Rgb, named};
use super::{Depth, Role, Theme};
use crate::domain::suggest::nearest;
use crate::domain::{Code, Diagnosis, Retry, Who, line_numbers};

/// Keys of a theme file.
const TOP_KEYS: [&str; 4] = ["name", "base", "background", "roles"];
/// Keys of a role.
const ROLE_KEYS: [&str; 9] =
    ["fg", "bg", "fg256", "bg256", "fg16", "bg16", "attributes", "attributes16", "mono"];
const ATTRIBUTES: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// A theme file, resolved for one depth.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) name: Option<String>,
    /// The built-in theme that supplies missing roles.
    pub(super) base: Option<String>,
    pub(super) roles: Vec<(Role, Style)>,
}

/// A mistake in a theme file, and its position.
#[derive(Debug)]
pub(super) struct Mistake {
    offset: usize,
    problem: String,
    hint: Option<String>,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// Parses a file and stops at the first mistake: a partly applied theme looks broken without an explanation.
pub(super) fn read(text: &str, depth: Depth) -> Result<Table, Mistake> {
    let document = DeTable::parse(text).map_err(|error| Mistake {
        offset: error.span().map_or(0, |span| span.start),
        problem: format!("this is not TOML: {}", error.message()),
        hint: None,
    })?;
    let mut table = Table::default();
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "name" => table.name = Some(text_of(value, "name")?.to_owned()),
            "base" => {
                let base = text_of(value, "base")?;
                if !Theme::BUILTIN.contains(&base) {
                    return Err(unknown(value.span().start, "built-in theme", base, Theme::BUILTIN));
                }
                table.base = Some(base.to_owned());
            }
            // Only for tools that measure contrast; `screen` is what is painted.
            "background" => drop(rgb(value, "background")?),
            "roles" => {
                let DeValue::Table(roles) = value.get_ref() else {
                    return Err(invalid(value, "roles", "a table"));
                };
                for (name, look) in roles {
                    let role = Role::from_str(name.get_ref()).map_err(|_unknown| {
                        unknown(name.span().start, "role", name.get_ref(), Role::iter().map(Into::into))
                    })?;
                    let DeValue::Table(fields) = look.get_ref() else {
                        return Err(invalid(look, name.get_ref(), "a table"));
                    };
                    table.roles.push((role, style(fields, depth)?));
                }
            }
            other => return Err(unknown(key.span().start, "entry", other, TOP_KEYS)),
        }
    }
    Ok(table)
}

#[expect(clippy::disallowed_methods, reason = "the theme is the place where roles become colours")]
fn style(fields: &DeTable<'_>, depth: Depth) -> Result<Style, Mistake> {
    if let Some((name, _)) = fields.iter().find(|(name, _)| !ROLE_KEYS.contains(&name.get_ref().as_ref())) {
        return Err(unknown(name.span().start, "field", name.get_ref(), ROLE_KEYS));
    }
    // All fields are checked at every depth, so a mistake is reported on any terminal.
    let fg = ColourForms::read(fields, ["fg", "fg256", "fg16"])?.at(depth);
    let bg = ColourForms::read(fields, ["bg", "bg256", "bg16"])?.at(depth);
    let all = attributes(fields, "attributes")?.unwrap_or_default();
    let few = attributes(fields, "attributes16")?.unwrap_or(all);
    let block = ["bg", "bg256", "bg16"].iter().any(|field| fields.contains_key(*field));
    // A block becomes a reversed one without colours, so that it stays visible.
    let fallback = if block { all | Modifier::REVERSED } else { all };
    let mono = attributes(fields, "mono")?.unwrap_or(fallback);
    let mut style = Style::new().add_modifier(match depth {
        Depth::Truecolor | Depth::Ansi256 => all,
        Depth::Ansi16 => few,
        Depth::Mono => mono,
    });
    if let Some(color) = fg {
        style = style.fg(color);
    }
    if let Some(color) = bg {
        style = style.bg(color);
    }
    Ok(style)
}

/// A colour of a role in its three forms; a missing form is derived from the previous one.
struct ColourForms {
    full: Option<Colour>,
    index: Option<u8>,
    name: Option<Color>,
}

#[derive(Clone, Copy)]
enum Colour {
    Rgb(Rgb),
    Default,
}

impl ColourForms {
    fn read(fields: &DeTable<'_>, [full, index, name]: [&str; 3]) -> Result<Self, Mistake> {
        Ok(Self {
            full: fields.get(full).map(|value| colour(value, full)).transpose()?,
            index: fields.get(index).map(|value| number(value, index)).transpose()?,
            name: fields.get(name).map(|value| color_name(value, name)).transpose()?,
        })
    }

    fn at(&self, depth: Depth) -> Option<Color> {
        match depth {
            Depth::Mono => None,
            Depth::Truecolor => match self.full {
                Some(Colour::Rgb(rgb)) => {
                    let [red, green, blue] = rgb.0;
                    Some(Color::Rgb(red, green, blue))
                }
                Some(Colour::Default) => Some(Color::Reset),
                None => self.index.map(Color::Indexed).or(self.name),
            },
            Depth::Ansi256 => match (self.index, self.full) {
                (Some(index), _) => Some(Color::Indexed(index)),
                (None, Some(Colour::Rgb(rgb))) => Some(Color::Indexed(rgb.index())),
                (None, Some(Colour::Default)) => Some(Color::Reset),
                (None, None) => self.name,
            },
            Depth::Ansi16 => self.name.or(match (self.full, self.index) {
                (Some(Colour::Rgb(rgb)), _) => Some(rgb.name()),
                (Some(Colour::Default), _) => Some(Color::Reset),
                (None, index) => index.map(|index| Rgb::of_index(index).name()),
            }),
        }
    }
}

fn colour(value: &Value<'_>, field: &str) -> Result<Colour, Mistake> {
    if value.get_ref().as_str() == Some(DEFAULT) {
        Ok(Colour::Default)
    } else {
        rgb(value, field).map(Colour::Rgb)
    }
}

fn rgb(value: &Value<'_>, field: &str) -> Result<Rgb, Mistake> {
    let parsed = value.get_ref().as_str().and_then(Rgb::parse);
    parsed.ok_or_else(|| invalid(value, field, "a colour such as \"#4fd1c5\""))
}

fn number(value: &Value<'_>, field: &str) -> Result<u8, Mistake> {
    match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        _ => None,
    }
    .ok_or_else(|| invalid(value, field, "a number from 0 to 255"))
}

fn color_name(value: &Value<'_>, field: &str) -> Result<Color, Mistake> {
    let name = text_of(value, field)?;
    let known = NAMES.iter().map(|(name, _)| *name).chain([DEFAULT]);
    named(name).ok_or_else(|| unknown(value.span().start, "colour", name, known))
}

fn attributes(fields: &DeTable<'_>, field: &str) -> Result<Option<Modifier>, Mistake> {
    let Some(value) = fields.get(field) else { return Ok(None) };
    let DeValue::Array(items) = value.get_ref() else { return Err(invalid(value, field, "a list of texts")) };
    let mut all = Modifier::empty();
    for item in items {
        let name = text_of(item, field)?;
        let found = ATTRIBUTES.iter().find(|(known, _)| *known == name);
        let known = ATTRIBUTES.iter().map(|(known, _)| *known);
        all |= found.ok_or_else(|| unknown(item.span().start, "attribute", name, known))?.1;
    }
    Ok(Some(all))
}

fn text_of<'a>(value: &'a Value<'_>, field: &str) -> Result<&'a str, Mistake> {
    value.get_ref().as_str().ok_or_else(|| invalid(value, field, "a text"))
}

fn invalid(value: &Value<'_>, field: &str, want: &str) -> Mistake {
    Mistake { offset: value.span().start, problem: format!("`{field}` must be {want}"), hint: None }
}

fn unknown<'a>(offset: usize, noun: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Mistake {
    let hint = nearest(name, known).map(|meant| format!("did you mean `{meant}`?"));
    Mistake { offset, problem: format!("no {noun} `{name}`"), hint }
}

impl Mistake {
    /// The mistake for display, with file and line.
    pub(super) fn diagnosis(&self, text: &str, source: &str) -> Diagnosis {
        let diagnosis = Diagnosis::new(Code::ThemeMalformed, Who::You, Retry::AfterRemedy)
            .fact("file", source)
            .fact("line", &line_numbers::line_of(text, self.offset).to_string())
            .fact("problem", &self.problem);
        match &self.hint {
            Some(hint) => diagnosis.fact("hint", hint),
            None => diagnosis,
        }
    }
}
