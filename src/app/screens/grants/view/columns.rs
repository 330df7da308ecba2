//! How wide each column is: from the width of the pane alone, so that columns never dance while rows stream in.

use crate::domain::Column;

/// Cells between two columns.
const GAP: u16 = 2;

/// One column, placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Laid {
    /// Which.
    pub(crate) column: Column,
    /// Its first cell, from the left of the first column.
    pub(crate) x: u16,
    /// Its cells.
    pub(crate) width: u16,
}

/// Places columns in a width. Columns get their fewest cells from left to right until there is no room; what is
/// left over goes to the account first, step by step with what the others need for most of their values.
pub(crate) fn lay_out(columns: &[Column], room: u16) -> Vec<Laid> {
    let mut laid: Vec<Laid> = Vec::with_capacity(columns.len());
    let mut used = 0;
    for column in columns {
        let (least, _) = column.facts().width;
        let gap = if laid.is_empty() { 0 } else { GAP };
        if used + gap + least > room {
            break;
        }
        used += gap + least;
        laid.push(Laid { column: *column, x: 0, width: least });
    }
    let mut spare = room - used;
    // The account tells rows apart, so it is the first to become whole; most addresses have up to 34 cells, most
    // provider ids up to 10, most labels up to 8.
    let account = |most: u16| move |column| if column == Column::Account { most } else { 0 };
    let others = |most: u16| {
        move |column: Column| if column == Column::Account { 0 } else { column.facts().width.1.min(most) }
    };
    grow(&mut laid, &mut spare, account(18));
    // Most verdicts, with their sign.
    grow(&mut laid, &mut spare, |column| if column == Column::Test { 11 } else { 0 });
    grow(&mut laid, &mut spare, |column| if column == Column::Provider { 10 } else { 0 });
    grow(&mut laid, &mut spare, account(28));
    grow(&mut laid, &mut spare, |column| if column.facts().right { 0 } else { others(8)(column) });
    grow(&mut laid, &mut spare, account(34));
    grow(&mut laid, &mut spare, others(14));
    grow(&mut laid, &mut spare, account(40));
    grow(&mut laid, &mut spare, |column| column.facts().width.1);
    let mut x = 0;
    for column in &mut laid {
        column.x = x;
        x += column.width + GAP;
    }
    laid
}

fn grow(laid: &mut [Laid], spare: &mut u16, wanted: impl Fn(Column) -> u16) {
    for column in laid {
        let more = wanted(column.column).saturating_sub(column.width).min(*spare);
        column.width += more;
        *spare -= more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn columns_fit_and_do_not_overlap() {
        let all: Vec<Column> = Column::iter().collect();
        for room in 0..260 {
            for columns in [&all[..], &Column::DEFAULT[..], &[Column::Account][..]] {
                let laid = lay_out(columns, room);
                for pair in laid.windows(2) {
                    assert!(pair[0].x + pair[0].width + GAP <= pair[1].x, "{room}");
                }
                assert!(laid.last().is_none_or(|last| last.x + last.width <= room), "{room}");
            }
        }
    }

    #[test]
    fn free_room_goes_to_the_account_first() {
        for (pane, least) in [(60, 14), (73, 18), (80, 20), (100, 34)] {
            let laid = lay_out(&Column::DEFAULT, pane - 2 - super::super::GUTTER - 1);
            let width = laid.iter().find(|one| one.column == Column::Account).map(|one| one.width);
            assert!(width >= Some(least), "{pane}: {width:?}");
        }
    }

    #[test]
    fn a_small_terminal_leaves_the_last_default_column_out_alone() {
        let room = 60 - 2 - super::super::GUTTER - 1;
        let laid: Vec<Column> = lay_out(&Column::DEFAULT, room).iter().map(|one| one.column).collect();
        assert_eq!(laid, Column::DEFAULT[..Column::DEFAULT.len() - 1]);
    }
}
