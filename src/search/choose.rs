//! Ranks a few short texts against typed text, for the palette and pickers.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// Returns the indices of the matching texts, best first. Ties and an empty input keep the given order.
pub fn rank<'a>(texts: impl Iterator<Item = &'a str>, typed: &str) -> Vec<usize> {
    if typed.trim().is_empty() {
        return (0..texts.count()).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed.trim(), CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut hits: Vec<(u32, usize)> = texts
        .enumerate()
        .filter_map(|(index, text)| {
            pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher).map(|score| (score, index))
        })
        .collect();
    hits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    hits.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_match_comes_first_and_nothing_typed_keeps_the_order() {
        let texts = ["sort by column", "search", "reverse the sort", "quit"];
        assert_eq!(rank(texts.into_iter(), ""), [0, 1, 2, 3]);
        assert_eq!(rank(texts.into_iter(), "sort").first(), Some(&0));
        assert_eq!(rank(texts.into_iter(), "zzz"), [] as [usize; 0]);
    }
}
