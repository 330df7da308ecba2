//! Mistakes in what people write: the word they probably meant, and the line it stands on.

/// The known word that is nearest to `word`, for "did you mean": at most a third of its letters differ.
/// Letter case does not count as a difference. None when nothing is near enough.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let allowed = (letters / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed && *distance < letters)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The line, counted from 1, in which the byte at `offset` stands. An offset behind the end is in the last line.
pub fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour (optimal string
/// alignment). A swap counts once: it is the commonest slip of the fingers.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let swapped = row > 0
                && column > 0
                && letter != other
                && from.get(row - 1) == Some(other)
                && to.get(column - 1) == Some(letter);
            let mut best = last[column] + usize::from(letter != other);
            best = best.min(last[column + 1] + 1).min(current[column] + 1);
            if swapped {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers_find_their_word() {
        let known = ["search", "sort", "filter-provider", "g", "health_ok"];
        for (word, want) in [
            ("serach", Some("search")),
            ("Search", Some("search")),
            ("filter-providers", Some("filter-provider")),
            ("sotr", Some("sort")),
            ("helth_ok", Some("health_ok")),
            ("quit", None),
            ("G", Some("g")),
            ("h", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), want, "{word}");
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\nbc\n\nd";
        for (offset, want) in [(0, 1), (1, 1), (2, 2), (4, 2), (5, 3), (6, 4), (99, 4)] {
            assert_eq!(line_of(text, offset), want, "{offset}");
        }
    }
}
