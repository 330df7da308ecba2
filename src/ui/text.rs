//! Measures text in cells and cuts it to fit. All text here is already clean.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::clean::{BRIEF, head, work};

/// Width of a text in cells.
pub fn width(text: &str) -> usize {
    work::add(text.len());
    if text.is_ascii() { text.len() } else { text.width() }
}

/// Like [`width`], but at most `most`; the rest is not measured.
pub fn width_within(text: &str, most: usize) -> usize {
    // No character has more cells than bytes.
    if text.len() <= most || text.is_ascii() {
        return width(head(text, most)).min(most);
    }
    let mut cells = 0;
    for cluster in text.graphemes(true) {
        cells += width(cluster);
        if cells >= most {
            return most;
        }
    }
    cells
}

/// Cuts a text to at most `cells`, including the ellipsis that marks the cut.
pub fn cut(text: &str, cells: usize) -> Cow<'_, str> {
    if width_within(text, cells + 1) <= cells {
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

/// Cuts a text to at most `cells`: an ellipsis replaces what is between the first `keep` bytes and the end.
pub fn cut_after(text: &str, keep: usize, cells: usize) -> Cow<'_, str> {
    // Longer texts are cut like any other.
    if text.len() > BRIEF {
        return cut(text, cells);
    }
    let all = width(text);
    let head = text.get(..keep).unwrap_or_default();
    let tail = cells.saturating_sub(width(head) + 1);
    if all <= cells || tail == 0 {
        return cut(text, cells);
    }
    // A character that starts before the last cells is left out whole.
    Cow::Owned(format!("{head}…{}", skip(text, all - tail)))
}

/// Skips the first cells of a text; a wide character that starts in them is left out whole.
pub fn skip(text: &str, cells: usize) -> &str {
    let mut skipped = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        if skipped >= cells {
            return text.get(at..).unwrap_or_default();
        }
        skipped += width(cluster);
    }
    ""
}

/// Wraps a text to lines of at most `cells`, between words. A word that is too long for a line is broken
/// after a separator (`@`, `.`, `/`…), otherwise between characters. Line breaks are kept, several spaces
/// become one. A character wider than `cells` becomes an ellipsis. Returns no lines if `cells` is 0,
/// otherwise at least one, which may be empty.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    if cells == 0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        // Keep a running width: measuring the line again for each character would be quadratic.
        let mut used = 0;
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let gap = usize::from(!line.is_empty());
            let cells_of_word = width_within(word, cells + 1);
            if used + gap + cells_of_word <= cells {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                used += gap + cells_of_word;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            for cluster in word.graphemes(true) {
                let wide = width(cluster);
                let (cluster, wide) = if wide > cells { ("…", 1) } else { (cluster, wide) };
                if used + wide > cells {
                    let rest = line.split_off(break_point(&line));
                    used = width(&rest);
                    lines.push(std::mem::replace(&mut line, rest));
                }
                line.push_str(cluster);
                used += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// Splits a text into pieces of at most `cells` that concatenate to the same text: after a space or separator
/// in the second half of a piece, otherwise between characters. There is at least one piece; a character
/// wider than `cells` gets its own.
pub fn fold(text: &str, cells: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while width_within(rest, cells + 1) > cells {
        let mut used = 0;
        let mut end = 0;
        for cluster in rest.graphemes(true) {
            used += width(cluster);
            if used > cells && end > 0 {
                break;
            }
            end += cluster.len();
        }
        let (Some(line), true) = (rest.get(..end), end < rest.len()) else { break };
        let behind =
            line.rfind([' ', '/', '?', '&', '=', ',', ';', '@', '.', '-', '_', ':']).map_or(0, |at| at + 1);
        let at = if behind * 2 > end { behind } else { end };
        let Some((piece, after)) = rest.split_at_checked(at) else { break };
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Returns where to break a word that is too long for its line: after the last separator of an address, id or
/// path in the second half of the line, otherwise at its end.
fn break_point(line: &str) -> usize {
    let behind = line.rfind(['@', '.', '/', '-', '_', ':']).map_or(0, |at| at + 1);
    if behind * 2 > line.len() { behind } else { line.len() }
}

/// Appends clusters while they fit.
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
        assert_eq!(
            (skip("日本語", 2), skip("日本語", 3), skip("ab", 0), skip("ab", 9)),
            ("本語", "語", "ab", "")
        );
    }

    #[test]
    fn a_cut_in_the_middle_keeps_the_head_and_the_end() {
        let url = "api.github.com/repos/x/pulls";
        assert_eq!(cut_after(url, 15, 28), url);
        assert_eq!(cut_after(url, 15, 20), "api.github.com/…ulls");
        assert_eq!((cut_after(url, 15, 16), cut_after(url, 15, 0)), ("api.github.com/…".into(), "".into()));
        for cells in 0..30 {
            assert!(width(&cut_after("日本語のアカウント名前です", 9, cells)) <= cells, "{cells}");
        }
    }

    #[test]
    fn lines_break_between_words() {
        for (text, cells, want) in [
            ("the quick brown fox", 10, &["the quick", "brown fox"][..]),
            ("the  quick", 20, &["the quick"]),
            ("a verylongword b", 6, &["a", "verylo", "ngword", "b"]),
            ("someone@host.example", 18, &["someone@host.", "example"]),
            ("a-verylongword", 6, &["a-very", "longwo", "rd"]),
            ("a@b", 2, &["a@", "b"]),
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
        fn folded_text_fits_and_is_the_text(text in "[a-z/ ?日]{0,60}|\\PC{0,60}", cells in 2usize..30) {
            let clean = crate::domain::Clean::line(&text);
            let pieces = fold(clean.as_str(), cells);
            prop_assert_eq!(pieces.concat(), clean.as_str());
            prop_assume!(clean.as_str().graphemes(true).all(|cluster| width(cluster) <= cells));
            for piece in &pieces {
                prop_assert!(width(piece) <= cells, "{piece:?}");
            }
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
