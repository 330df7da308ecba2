//! The words that options take, for the shells that complete them.

use strum::IntoEnumIterator;

use super::values;
use crate::domain::scan::Standing;
use crate::domain::smoke::Verdict;
use crate::domain::{Column, CopyFormat, GrantKind, HealthGroup, Mode, Status, ThemeName};

pub(super) fn health() -> Vec<&'static str> {
    HealthGroup::all().map(|group| group.name).collect()
}

pub(super) fn status() -> Vec<&'static str> {
    Status::KNOWN.to_vec()
}

pub(super) fn kind() -> Vec<&'static str> {
    GrantKind::KNOWN.to_vec()
}

pub(super) fn theme() -> Vec<&'static str> {
    ThemeName::iter().map(ThemeName::name).collect()
}

pub(super) fn order() -> Vec<&'static str> {
    Column::sortable().map(Column::name).collect()
}

pub(super) fn mode() -> Vec<&'static str> {
    Mode::iter().map(Into::into).collect()
}

pub(super) fn copy_format() -> Vec<&'static str> {
    CopyFormat::iter().map(CopyFormat::name).collect()
}

pub(super) fn standing() -> Vec<&'static str> {
    values::failing().map(Standing::name).collect()
}

pub(super) fn verdict() -> Vec<&'static str> {
    Verdict::iter().map(Verdict::name).collect()
}
