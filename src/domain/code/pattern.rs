//! URL patterns: the lists and ranges of curl, and the placeholders of documentation.

/// Unescapes `\{`, `\[` and the like. Returns `None` if the URL denotes several: `{a,b}`, `[1-3]`, `[a-z:2]`.
pub(super) fn single(url: &str) -> Option<String> {
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find(['\\', '{', '[']) {
        let (before, tail) = rest.split_at_checked(at)?;
        out.push_str(before);
        let mut characters = tail.chars();
        match (characters.next(), characters.clone().next()) {
            (Some('\\'), Some(escaped @ ('{' | '}' | '[' | ']'))) => {
                out.push(escaped);
                characters.next();
            }
            (Some('{'), _) if is_list(characters.as_str()) => return None,
            (Some('['), _) if is_range(characters.as_str()) => return None,
            (Some(other), _) => out.push(other),
            (None, _) => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    Some(out)
}

fn is_list(inside: &str) -> bool {
    inside
        .split_once('}')
        .is_some_and(|(inside, _)| inside.contains(',') && !inside.contains(['"', ':', '{']))
}

fn is_range(inside: &str) -> bool {
    let Some((inside, _)) = inside.split_once(']') else { return false };
    let range = inside.split_once(':').map_or(inside, |(range, _)| range);
    range.split_once('-').is_some_and(|(from, to)| {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let letter = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        (number(from) && number(to)) || (letter(from) && letter(to))
    })
}

/// Turns `<account-id>` and path segments like `:id` into `{account_id}` and `{id}`.
pub(super) fn placeholders(url: &str, note: &mut impl FnMut(&str)) -> String {
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let inside = tail.get(1..).and_then(|tail| tail.split_once('>'));
        if let Some((name, after)) = inside.and_then(|(inside, after)| Some((name(inside)?, after))) {
            out.extend(["{", &name, "}"]);
            rest = after;
        } else {
            out.push('<');
            rest = tail.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    let (place, query) =
        out.split_once('?').map_or((out.as_str(), None), |(place, query)| (place, Some(query)));
    let start = place.find("://").map_or(0, |at| at + 3);
    let Some((head, path)) = place.split_at_checked(start) else { return out };
    let mut colons = false;
    let segments: Vec<String> = path
        .split('/')
        .enumerate()
        .map(|(at, segment)| match segment.strip_prefix(':').and_then(name).filter(|_| at > 0) {
            Some(name) => {
                colons = true;
                format!("{{{name}}}")
            }
            None => segment.to_owned(),
        })
        .collect();
    if !colons {
        return out;
    }
    note("Path segments such as :id became placeholders.");
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{head}{}{query}", segments.join("/"))
}

/// Converts a name from documentation to a placeholder name: letters, digits, `_`; spaces and `-` become `_`.
fn name(text: &str) -> Option<String> {
    let name: String = text
        .trim()
        .chars()
        .map(|character| if matches!(character, '-' | ' ' | '.') { '_' } else { character })
        .collect();
    crate::template::is_name(&name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_are_found() {
        for url in ["https://h/{a,b}", "https://h/[1-3]", "https://h/x[a-z:2].png", "https://{one,two}.h/"] {
            assert_eq!(single(url), None, "{url}");
        }
        for (url, want) in [
            ("https://h/{id}", "https://h/{id}"),
            ("https://h/?f\\[a\\]=\\{1\\}", "https://h/?f[a]={1}"),
            ("https://h/?f[a]=1&b[]=2", "https://h/?f[a]=1&b[]=2"),
            ("https://h/?q={\"a\":1,\"b\":2}", "https://h/?q={\"a\":1,\"b\":2}"),
            ("https://[::1]/", "https://[::1]/"),
            ("https://h/a\\b", "https://h/a\\b"),
        ] {
            assert_eq!(single(url).as_deref(), Some(want), "{url}");
        }
    }

    #[test]
    fn placeholders_of_documentation_are_places() {
        let read = |url: &str| {
            let mut notes = Vec::new();
            let url = placeholders(url, &mut |note: &str| notes.push(note.to_owned()));
            (url, notes.len())
        };
        assert_eq!(read("https://h/<account-id>/x?y=<z>"), ("https://h/{account_id}/x?y={z}".to_owned(), 0));
        assert_eq!(read("https://h/users/:id/x?t=:a"), ("https://h/users/{id}/x?t=:a".to_owned(), 1));
        for url in ["https://h:80/a:b", "https://h/a<b", "https://h/<>", "https://h/?a=<b c=d>"] {
            assert_eq!(read(url), (url.to_owned(), 0), "{url}");
        }
    }
}
