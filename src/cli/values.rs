//! How the values of options are read, and what is said of those that cannot be.

use std::time::Duration;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use strum::IntoEnumIterator;
use uuid::Uuid;

use super::arguments::{Fields, OldId};
use super::fields::Field;
use crate::domain::column::Order;
use crate::domain::scan::Standing;
use crate::domain::smoke::Verdict;
use crate::domain::suggest::nearest;
use crate::domain::{
    ApprovalId, Column, CopyFormat, GrantKind, HealthGroup, Mode, Selector, Status, ThemeName,
};
use crate::store::config::parse_order;

/// `--fields` is one value with commas, not a list of values: its order is that of the output.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldsParser;

impl TypedValueParser for FieldsParser {
    type Value = Fields;

    fn parse_ref(
        &self,
        command: &Command,
        _: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Fields, Error> {
        let parsed = value.to_str().ok_or_else(|| "expected text".to_owned()).and_then(Field::parse_list);
        parsed.map(Fields).map_err(|sentence| {
            Error::raw(ErrorKind::ValueValidation, format!("--fields: {sentence}\n")).with_cmd(command)
        })
    }
}

pub(super) fn health(text: &str) -> Result<HealthGroup, String> {
    HealthGroup::parse(&text.replace('-', "_"))
        .ok_or_else(|| one_of("no such health", text, HealthGroup::all().map(|group| group.name)))
}

/// An empty filter would let everything through, which a script with an unset variable does not mean.
pub(super) fn filled(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("it is empty; omit the option to see all".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn approval(text: &str) -> Result<ApprovalId, String> {
    let id = Uuid::parse_str(text).ok();
    id.map(ApprovalId).ok_or_else(|| "an approval id is a UUID, as printed by `grantdeck call`".to_owned())
}

pub(super) fn status(text: &str) -> Result<String, String> {
    open_word("no such status", text, Status::KNOWN)
}

pub(super) fn kind(text: &str) -> Result<String, String> {
    open_word("no such kind", text, GrantKind::KNOWN)
}

/// A newer backend may have further words; one that is nearly a known one is a slip.
fn open_word(problem: &str, text: &str, known: &'static [&'static str]) -> Result<String, String> {
    let text = filled(text)?;
    let near = nearest(&text, known.iter().copied());
    match near {
        Some(near) if near != text => Err(one_of(problem, &text, known.iter().copied())),
        _ => Ok(text),
    }
}

pub(super) fn theme(text: &str) -> Result<ThemeName, String> {
    let found = ThemeName::iter().find(|theme| theme.name() == text);
    found.ok_or_else(|| one_of("no such theme", text, ThemeName::iter().map(ThemeName::name)))
}

pub(super) fn limit(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(0) => Err("--limit must be 1 or more; --all prints everything".to_owned()),
        Ok(limit) => Ok(limit),
        Err(_) => Err("expected a whole number, 1 or more, or --all".to_owned()),
    }
}

fn one_of(problem: &str, text: &str, known: impl Iterator<Item = &'static str> + Clone) -> String {
    let all = known.clone().collect::<Vec<_>>().join(", ");
    meant(&format!("{problem}; choose from {all}"), nearest(text, known))
}

pub(super) fn order(text: &str) -> Result<Order, String> {
    parse_order(text).map_err(|near| match text.split_once(':') {
        Some((name, way)) if !matches!(way, "asc" | "desc") && parse_order(name).is_ok() => {
            "only `:desc` or `:asc` may follow the column".to_owned()
        }
        _ => {
            let all = Column::sortable().map(Column::name).collect::<Vec<_>>().join(", ");
            meant(&format!("no such column; choose from {all}"), near)
        }
    })
}

fn meant(problem: &str, near: Option<&str>) -> String {
    near.map_or_else(|| problem.to_owned(), |near| format!("{problem}; did you mean `{near}`?"))
}

pub(super) fn mode(text: &str) -> Result<Mode, String> {
    text.parse().ok().ok_or_else(|| one_of("no such mode", text, Mode::iter().map(Into::into)))
}

pub(super) fn copy_format(text: &str) -> Result<CopyFormat, String> {
    text.parse().ok().ok_or_else(|| one_of("no such format", text, CopyFormat::iter().map(CopyFormat::name)))
}

/// What a scan may fail on.
pub(super) fn failing() -> impl Iterator<Item = Standing> + Clone {
    Standing::iter().filter(|standing| *standing != Standing::Alive)
}

pub(super) fn standing(text: &str) -> Result<Standing, String> {
    let names = failing().map(Standing::name);
    failing()
        .find(|standing| standing.name() == text)
        .ok_or_else(|| one_of("nothing that fails the scan", text, names))
}

/// `OLD=NEW`: an id and a grant.
pub(super) fn swap(text: &str) -> Result<(OldId, Selector), String> {
    let (old, new) = text.split_once('=').ok_or("expected OLD=NEW")?;
    let old = OldId::parse(old).ok_or("OLD is an id as in the files, or as `grantdeck scan` shows it")?;
    Ok((old, new.parse().map_err(|problem| format!("NEW: {problem}"))?))
}

pub(super) fn verdict(text: &str) -> Result<Verdict, String> {
    let name = text.replace('-', "_");
    name.parse().ok().ok_or_else(|| one_of("no such verdict", text, Verdict::iter().map(Verdict::name)))
}

/// `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// `Name: value`.
pub(super) fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.trim().to_owned())),
        _ => Err("expected `Name: value`".to_owned()),
    }
}

/// `12h`, `90d`, or a number of seconds: how long a grant lives, in seconds.
pub(super) fn lifetime(text: &str) -> Result<u64, String> {
    const UNITS: [(char, u64); 5] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];
    let unit = UNITS.iter().find(|(letter, _)| text.ends_with(*letter));
    let digits = unit.map_or(text, |(letter, _)| text.trim_end_matches(*letter));
    let seconds =
        digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit.map_or(1, |(_, each)| *each)));
    let legal = seconds.filter(|seconds| (1..=u64::from(u32::MAX)).contains(seconds));
    legal.ok_or_else(|| "expected a lifetime such as 12h or 90d".to_owned())
}

/// `30s`, `5m`, or a number of seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a length of time such as 30s or 5m".to_owned();
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let length: jiff::SignedDuration = text.parse().ok().ok_or_else(wrong)?;
    Duration::try_from(length).ok().filter(|length| !length.is_zero()).ok_or_else(wrong)
}
