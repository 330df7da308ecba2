//! Which columns of a table are shown, and how wide, so that no line is wider than the terminal.
//!
//! Columns give way in this order: the id keeps its first 8 digits (searching takes them); other columns shrink,
//! the widest first, down to 8 cells and the account down to 20; the id is left out (unless it was named), then
//! the label; the account shrinks to 8 as well; then the time of use is left out, the provider, and whatever was
//! named last. Health is never cut.

use super::super::fields::Field;

/// Blanks between columns.
pub(super) const GAP: usize = 2;

/// The digits of an id that stand for it where there is no room.
pub(super) const HEAD_OF_ID: usize = 8;

/// No text is squeezed below this.
const NARROWEST: usize = 8;

/// An account is known by its first cells; a shorter one looks like others.
const ACCOUNT: usize = 20;

/// The width of each column, None where it is left out. `natural`: what each would like; `named`: the fields are
/// the user's choice.
pub(super) fn fit(natural: &[(Field, usize)], named: bool, width: usize) -> Vec<Option<usize>> {
    let mut columns = Columns { natural, widths: natural.iter().map(|(_, width)| Some(*width)).collect() };
    columns.shorten_ids(width);
    columns.shrink(width, |field| match field {
        Field::Health | Field::LastUsedAt | Field::GrantId => None,
        Field::Account => Some(ACCOUNT),
        _ => Some(NARROWEST),
    });
    if !named {
        columns.leave_out(width, |field| field == Field::GrantId);
    }
    columns.leave_out(width, |field| field == Field::Label);
    columns.shrink(width, |field| (field != Field::Health).then_some(NARROWEST));
    columns.leave_out(width, |field| field == Field::LastUsedAt);
    columns.leave_out(width, |field| field == Field::Provider);
    columns.leave_out(width, |field| !matches!(field, Field::Health | Field::Account));
    columns.shrink(width, |field| (field != Field::Health).then_some(1));
    columns.leave_out(width, |field| field == Field::Account);
    columns.widths
}

struct Columns<'a> {
    natural: &'a [(Field, usize)],
    widths: Vec<Option<usize>>,
}

impl Columns<'_> {
    /// Cells that are too many.
    fn excess(&self, width: usize) -> usize {
        let shown = self.widths.iter().flatten();
        let total = shown.clone().sum::<usize>() + GAP * shown.count().saturating_sub(1);
        total.saturating_sub(width)
    }

    /// A part of an id other than its head means nothing.
    fn shorten_ids(&mut self, width: usize) {
        if self.excess(width) > 0 {
            let columns = self.natural.iter().zip(&mut self.widths);
            let ids = columns.filter(|((field, _), _)| *field == Field::GrantId);
            ids.flat_map(|(_, width)| width).for_each(|width| *width = (*width).min(HEAD_OF_ID));
        }
    }

    /// Takes cells from the widest of the columns that have a least width, until the line fits.
    fn shrink(&mut self, width: usize, least: impl Fn(Field) -> Option<usize>) {
        while self.excess(width) > 0 {
            let columns = self.natural.iter().zip(&mut self.widths);
            let able = columns.filter_map(|((field, _), width)| {
                let (width, least) = (width.as_mut()?, least(*field)?);
                (*width > least).then_some(width)
            });
            match able.max_by_key(|width| **width) {
                Some(widest) => *widest -= 1,
                None => return,
            }
        }
    }

    /// Leaves columns out from the right until the line fits; the last one that is left stays.
    fn leave_out(&mut self, width: usize, may_go: impl Fn(Field) -> bool) {
        for (column, (field, _)) in self.natural.iter().enumerate().rev() {
            let left = self.widths.iter().flatten().count();
            if self.excess(width) > 0 && left > 1 && may_go(*field) {
                self.widths[column] = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Field::{Account, GrantId, Health, Label, LastUsedAt, Provider};

    const LIST: [(Field, usize); 6] =
        [(Provider, 16), (Account, 34), (Label, 14), (Health, 11), (LastUsedAt, 5), (GrantId, 36)];

    #[test]
    fn columns_give_way_in_their_order() {
        let cases = [
            (140, [Some(16), Some(34), Some(14), Some(11), Some(5), Some(36)]),
            (100, [Some(16), Some(34), Some(14), Some(11), Some(5), Some(8)]),
            (80, [Some(13), Some(20), Some(13), Some(11), Some(5), Some(8)]),
            (60, [Some(8), Some(20), Some(8), Some(11), Some(5), None]),
            (50, [Some(8), Some(20), None, Some(11), Some(5), None]),
            (24, [None, Some(8), None, Some(11), None, None]),
            (14, [None, Some(1), None, Some(11), None, None]),
            (11, [None, None, None, Some(11), None, None]),
        ];
        for (width, want) in cases {
            assert_eq!(fit(&LIST, false, width), want, "{width}");
        }
    }

    #[test]
    fn no_line_is_too_wide_and_health_is_whole() {
        for width in 11..200 {
            for named in [false, true] {
                let widths = fit(&LIST, named, width);
                let shown: Vec<usize> = widths.iter().copied().flatten().collect();
                assert!(shown.iter().sum::<usize>() + GAP * (shown.len() - 1) <= width, "{width}");
                assert_eq!(widths[3], Some(11), "{width}");
                assert!(widths[5].is_none_or(|id| id >= HEAD_OF_ID), "{width}");
            }
        }
        assert_eq!(fit(&[(GrantId, 36)], true, 20), [Some(8)]);
    }
}
