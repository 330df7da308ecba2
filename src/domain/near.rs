//! "Did you mean": the known word that a mistyped one is closest to.

/// The candidate that `word` was most likely meant to be: an equal one but for case, hyphens and underscores,
/// else the nearest within one slip per three letters, else the only one that it begins. None when nothing is
/// near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(word);
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let allowed = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    let mut begun: Vec<&str> = Vec::new();
    for candidate in candidates {
        let known = folded(candidate);
        let slips = distance(&wanted, &known);
        if slips <= allowed && slips < known.len() && best.is_none_or(|(least, _)| slips < least) {
            best = Some((slips, candidate));
        }
        if wanted.len() >= 2 && known.starts_with(&wanted) {
            begun.push(candidate);
        }
    }
    match (best, begun.as_slice()) {
        (Some((_, near)), _) => Some(near),
        (None, [only]) => Some(only),
        _ => None,
    }
}

/// Longer words are not typing slips, and comparing them would cost.
const LONGEST: usize = 64;

fn folded(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut earlier: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=to.len()).collect();
    for (down, a) in from.iter().enumerate() {
        let mut line = vec![down + 1];
        for (across, b) in to.iter().enumerate() {
            let at = |costs: &[usize], place: usize| costs.get(place).copied().unwrap_or(usize::MAX / 2);
            let other_letter = at(&previous, across) + usize::from(a != b);
            let mut least = other_letter.min(at(&previous, across + 1) + 1).min(at(&line, across) + 1);
            let neighbours =
                down > 0 && across > 0 && from.get(down - 1) == Some(b) && to.get(across - 1) == Some(a);
            if neighbours {
                least = least.min(at(&earlier, across - 1) + 1);
            }
            line.push(least);
        }
        earlier = std::mem::replace(&mut previous, line);
    }
    previous.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_and_strangers_are_not() {
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
