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
    fill(&mut out, text.graphemes(true), cells - 1);
    out.push('…');
    Cow::Owned(out)
}

/// The text, cut in its middle to at most `cells`: ids and long links keep their head and their tail.
pub fn cut_middle(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(1) else { return Cow::Borrowed("") };
    let tail_room = room / 2;
    let head_room = room - tail_room;
    let mut out = String::with_capacity(cells + 3);
    fill(&mut out, text.graphemes(true), head_room);
    out.push('…');
    let (mut used, mut tail) = (0, Vec::new());
    for cluster in text.graphemes(true).rev() {
        used += width(cluster);
        if used > tail_room {
            break;
        }
        tail.push(cluster);
    }
    out.extend(tail.into_iter().rev());
    Cow::Owned(out)
}

/// The text in exactly `cells`: filled up with spaces, behind it or, with `right`, before it; cut where it is
/// too long.
pub fn pad(text: &str, cells: usize, right: bool) -> String {
    let text = cut(text, cells);
    let gap = cells - width(&text).min(cells);
    let mut out = String::with_capacity(text.len() + gap);
    if !right {
        out.push_str(&text);
    }
    out.extend(std::iter::repeat_n(' ', gap));
    if right {
        out.push_str(&text);
    }
    out
}

/// The text in lines of at most `cells`, broken between words; a word that is too long for a line is broken
/// between characters. Line breaks of the text stay, several spaces become one. A character that is wider than
/// `cells` becomes an ellipsis. No cells, no lines; else there is at least one, which may be empty.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    if cells == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let gap = usize::from(!line.is_empty());
            if width(&line) + gap + width(word) <= cells {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for cluster in word.graphemes(true) {
                let cluster = if width(cluster) > cells { "…" } else { cluster };
                if width(&line) + width(cluster) > cells {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(cluster);
            }
        }
        lines.push(line);
    }
    lines
}

/// Adds clusters while they fit.
fn fill<'a>(out: &mut String, clusters: impl Iterator<Item = &'a str>, cells: usize) {
    let mut used = 0;
    for cluster in clusters {
        used += width(cluster);
        if used > cells {
            break;
        }
        out.push_str(cluster);
    }
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

    #[test]
    fn the_middle_is_cut_out_of_ids() {
        for (text, cells, want) in [
            ("7c1f0a52-1234-9e2a", 18, "7c1f0a52-1234-9e2a"),
            ("7c1f0a52-1234-9e2a", 10, "7c1f0…9e2a"),
            ("7c1f0a52-1234-9e2a", 2, "7…"),
            ("7c1f0a52-1234-9e2a", 1, "…"),
            ("7c1f0a52-1234-9e2a", 0, ""),
            ("日本語日本語", 6, "日…語"),
        ] {
            assert_eq!(cut_middle(text, cells), want, "{cells}");
        }
    }

    #[test]
    fn cells_are_filled_on_either_side() {
        for (text, cells, right, want) in [
            ("ab", 4, false, "ab  "),
            ("ab", 4, true, "  ab"),
            ("日本", 5, true, " 日本"),
            ("日本", 3, false, "日…"),
            ("日本", 2, true, " …"),
            ("", 2, false, "  "),
            ("ab", 0, false, ""),
        ] {
            assert_eq!(pad(text, cells, right), want, "{text} {cells}");
        }
    }

    #[test]
    fn lines_break_between_words() {
        for (text, cells, want) in [
            ("the quick brown fox", 10, &["the quick", "brown fox"][..]),
            ("the  quick", 20, &["the quick"]),
            ("a verylongword b", 6, &["a", "verylo", "ngword", "b"]),
            ("one\n\ntwo", 5, &["one", "", "two"]),
            ("日本語", 3, &["日", "本", "語"]),
            ("日a", 1, &["…", "a"]),
            ("", 5, &[""]),
            ("abc", 0, &[]),
        ] {
            assert_eq!(wrap(text, cells), want, "{text} {cells}");
        }
    }

    proptest! {
        #[test]
        fn cut_text_fits(text in "\\PC{0,40}", cells in 0usize..30) {
            let clean = crate::domain::Clean::line(&text);
            prop_assert!(width(&cut(clean.as_str(), cells)) <= cells);
        }

        #[test]
        fn text_cut_in_the_middle_fits_and_keeps_both_ends(text in "\\PC{0,40}", cells in 0usize..30) {
            let clean = crate::domain::Clean::line(&text);
            let cut = cut_middle(clean.as_str(), cells);
            prop_assert!(width(&cut) <= cells);
            if let Some((head, tail)) = cut.split_once('…').filter(|_| !clean.as_str().contains('…')) {
                prop_assert!(clean.as_str().starts_with(head) && clean.as_str().ends_with(tail));
            }
        }

        #[test]
        fn padded_text_fills_its_cells(text in "\\PC{0,40}", cells in 0usize..30, right in any::<bool>()) {
            let clean = crate::domain::Clean::line(&text);
            prop_assert_eq!(width(&pad(clean.as_str(), cells, right)), cells);
        }

        #[test]
        fn wrapped_text_fits_and_loses_nothing(text in "[\\PC\n]{0,60}", cells in 1usize..30) {
            let clean = crate::domain::Clean::lines(&text);
            let lines = wrap(clean.as_str(), cells);
            prop_assert!(!lines.is_empty());
            for line in &lines {
                prop_assert!(width(line) <= cells, "{line:?}");
            }
            prop_assume!(clean.as_str().graphemes(true).all(|cluster| width(cluster) <= cells));
            let bare = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(clean.as_str()));
        }
    }
}
