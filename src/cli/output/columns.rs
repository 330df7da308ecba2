//! A small table of texts: columns as wide as what is in them, the last one cut where the terminal ends.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Blanks between columns.
const GAP: usize = 2;

/// The rows in lines, below their heads. `width`: cells of the terminal; None = nothing is cut. The texts are
/// harmless already.
pub(in crate::cli) fn columns<const N: usize>(
    heads: [&str; N],
    rows: &[[String; N]],
    width: Option<usize>,
) -> String {
    let mut widths = heads.map(UnicodeWidthStr::width);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let heads = heads.map(str::to_owned);
    let mut text = String::new();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
            line.push_str(cell);
            if index + 1 < N {
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + GAP));
            }
        }
        text.push_str(cut(line.trim_end(), width));
        text.push('\n');
    }
    text
}

/// As much of a line as fits.
fn cut(line: &str, width: Option<usize>) -> &str {
    let Some(width) = width else { return line };
    let mut cells = 0;
    for (at, cluster) in line.grapheme_indices(true) {
        cells += cluster.width();
        if cells > width {
            return line.get(..at).unwrap_or_default().trim_end();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_and_nothing_is_wider_than_the_terminal() {
        let rows = [["日本".to_owned(), "x".to_owned()], ["a".to_owned(), "a long text".to_owned()]];
        let want = "A     B\n日本  x\na     a long text\n";
        assert_eq!(columns(["A", "B"], &rows, None), want);
        assert_eq!(columns(["A", "B"], &rows, Some(8)), "A     B\n日本  x\na     a\n");
        assert_eq!(columns(["A", "B"], &rows, Some(3)), "A\n日\na\n");
    }
}
