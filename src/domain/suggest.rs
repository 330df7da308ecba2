//! "Did you mean": the known word closest to a mistyped one.

/// Returns the candidate that `word` most likely means: one that differs only in case, hyphens and
/// underscores; else the closest with at most one typo per three letters; else the only one that it is a
/// prefix of. Returns `None` if nothing is close.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(word);
    let length = wanted.chars().count();
    if length == 0 || length > MAX_LENGTH {
        return None;
    }
    let allowed = (length / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    let mut begun: Vec<&str> = Vec::new();
    for candidate in candidates {
        let known = folded(candidate);
        // Missing, added, replaced or transposed letters.
        let slips = strsim::osa_distance(&wanted, &known);
        if slips <= allowed && slips < known.chars().count() && best.is_none_or(|(least, _)| slips < least) {
            best = Some((slips, candidate));
        }
        if length >= 2 && known.starts_with(&wanted) {
            begun.push(candidate);
        }
    }
    match (best, begun.as_slice()) {
        (Some((_, near)), _) => Some(near),
        (None, [only]) => Some(only),
        _ => None,
    }
}

/// Longer words are not typos, and would be slow to compare.
const MAX_LENGTH: usize = 64;

fn folded(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_others_are_not() {
        let known = ["provider", "account", "label", "status", "health", "missing_scopes", "id"];
        let cases = [
            ("provder", Some("provider")),
            ("Provider", Some("provider")),
            ("helath", Some("health")),
            ("missing-scopes", Some("missing_scopes")),
            ("missing", Some("missing_scopes")),
            ("lable", Some("label")),
            ("x", None),
            ("", None),
            ("entirely", None),
        ];
        for (word, want) in cases {
            assert_eq!(nearest(word, known), want, "{word}");
        }
    }
}
