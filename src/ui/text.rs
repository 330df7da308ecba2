//! Widths of text in cells, and cutting it to fit. All text here is clean already.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The text, cut to at most `cells`; what was cut off is told by an ellipsis, which needs one cell.
pub fn cut(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let mut out = String::with_capacity(cells + 3);
    let mut used = 0;
    for cluster in text.graphemes(true) {
        let next = width(cluster);
        if used + next > cells - 1 {
            break;
        }
        used += next;
        out.push_str(cluster);
    }
    out.push('…');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_are_never_halved() {
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(cut("abc", 1), "…");
    }

    proptest! {
        #[test]
        fn cut_text_fits(text in "\\PC{0,40}", cells in 0usize..30) {
            let clean = crate::domain::Clean::line(&text);
            prop_assert!(width(&cut(clean.as_str(), cells)) <= cells);
        }
    }
}
