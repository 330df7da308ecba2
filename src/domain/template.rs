//! The `{name}` places of a URL (protocol: calls.md section A3).

/// A stretch of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Taken as it is; may hold braces that belong to no place.
    Text(&'a str),
    /// A place, by its name.
    Place(&'a str),
}

/// The names of a URL's places, each once, in order. What is no `{name}` is no place.
pub fn places(url: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(url) {
        if let Piece::Place(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// Whether a text can be the name of a place.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A URL cut at its places.
pub fn pieces(url: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = url;
    // Where the search for the next place goes on, so that a brace that opens none is passed over.
    let mut from = 0;
    while let Some(open) = rest.get(from..).and_then(|tail| tail.find('{')).map(|at| from + at) {
        let inside = rest.get(open + 1..).unwrap_or_default();
        let end = inside.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        let (name, after) = end.and_then(|end| inside.split_at_checked(end)).unwrap_or((inside, ""));
        match after.strip_prefix('}') {
            Some(after) if is_name(name) => {
                out.push(Piece::Text(rest.get(..open).unwrap_or_default()));
                out.push(Piece::Place(name));
                rest = after;
                from = 0;
            }
            _ => from = open + 1,
        }
    }
    out.push(Piece::Text(rest));
    out
}

/// The URL as a person should read it before something is sent there: each place shows its value, and its name in
/// braces where it has none. The wire writes values more strictly.
pub fn shown(url: &str, values: &[(String, String)]) -> String {
    let pieces = pieces(url).into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Place(name) => match values.iter().rev().find(|(known, _)| known == name) {
            Some((_, value)) if !value.is_empty() => value.clone(),
            _ => format!("{{{name}}}"),
        },
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_where_something_goes() {
        let values = [("owner".to_owned(), "acme".to_owned()), ("repo".to_owned(), String::new())];
        assert_eq!(shown("https://a.test/{owner}/{repo}/x{y", &values), "https://a.test/acme/{repo}/x{y");
    }

    #[test]
    fn places_are_found_in_order() {
        assert_eq!(places("https://{host}/{a}/{b}?q={a}"), ["host", "a", "b"]);
        assert_eq!(places("https://h/{/{1}/{a}/}/{ b }/{é}"), ["a"]);
        assert!(places("").is_empty());
    }
}
