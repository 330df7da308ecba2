use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;

/// Rows of a text that is too large to be wrapped by cells.
fn large(text: &str, width: usize) -> (Wrapped, Newlines, Vec<u8>) {
    let mut wrapped = Wrapped::new(text.as_bytes(), width);
    wrapped.exact = false;
    let mut again = Wrapped { parts: Vec::new(), rows: 0, ..wrapped };
    let bytes = text.as_bytes().to_vec();
    let (mut at, mut row) = (0, 0);
    while at < bytes.len() {
        let (line, next) = line_at(&bytes, at);
        again.parts.push(Part { start: at as u32, rows: row });
        row += again.rows_of(&bytes[line]);
        at = next;
    }
    again.rows = row;
    (again, Newlines::new(&bytes), bytes)
}

#[test]
fn a_huge_line_is_one_part() {
    let text = "x".repeat(1_000_000) + "\nend";
    let wrapped = Wrapped::new(text.as_bytes(), 100);
    let newlines = Newlines::new(text.as_bytes());
    assert_eq!((wrapped.rows(), wrapped.parts.len()), (10_001, 2));
    let rows = wrapped.window(text.as_bytes(), &newlines, 9_999, 5);
    let ranges: Vec<_> = rows.into_iter().map(|row| row.range).collect();
    assert_eq!(ranges, [999_900..1_000_000, 1_000_001..1_000_004]);
    assert_eq!(wrapped.row_of(text.as_bytes(), &newlines, 999_950), 9_999);
    assert_eq!(wrapped.row_of(text.as_bytes(), &newlines, 1_000_002), 10_000);
}

#[test]
fn many_lines_are_found_again() {
    let text = "one\ntwo and three\n\n".repeat(5_000);
    let wrapped = Wrapped::new(text.as_bytes(), 10);
    let newlines = Newlines::new(text.as_bytes());
    assert_eq!(wrapped.rows(), 20_000);
    for row in [0, 1, 2, 3, 255, 256, 257, 1023, 9_999, 19_999] {
        let found = wrapped.window(text.as_bytes(), &newlines, row, 1).pop().unwrap();
        assert_eq!(wrapped.row_of(text.as_bytes(), &newlines, found.range.start), row);
    }
}

proptest! {
    #[test]
    fn rows_broken_by_bytes_fit_and_are_the_whole(
        text in "[ -~éЖ日\u{1f600}\u{2e3b}]{1,120}",
        width in 8usize..24,
    ) {
        let (wrapped, newlines, bytes) = large(&text, width);
        let rows = wrapped.window(&bytes, &newlines, 0, usize::MAX);
        prop_assert_eq!(rows.len(), wrapped.rows());
        let mut all = String::new();
        for (number, row) in rows.iter().enumerate() {
            let part = std::str::from_utf8(&bytes[row.range.clone()]).unwrap();
            prop_assert!(part.width() <= width, "{part:?}");
            prop_assert_eq!(wrapped.row_of(&bytes, &newlines, row.range.start), number);
            all.push_str(part);
        }
        prop_assert_eq!(all, text);
    }
}
