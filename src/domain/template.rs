//! The `{name}` placeholders of a URL (docs/protocol/calls.md section A3).

/// A piece of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Literal text; may contain braces that are not placeholders.
    Text(&'a str),
    /// A placeholder, by its name.
    Place(&'a str),
}

/// Returns the names of a URL's placeholders in order, without duplicates. Other braces are not placeholders.
///
/// In the query, `{name}` is only a placeholder if it is listed in `values`, even with an empty value: braces
/// there are often part of the provider's own syntax (`?fields=posts{message}`), and are sent as they are.
pub fn places<'a>(url: &'a str, values: &[(String, String)]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for piece in split_url(url, values) {
        if let Piece::Place(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// Returns the names in braces in the query that are not placeholders: those braces are sent as they are.
pub fn plain<'a>(url: &'a str, values: &[(String, String)]) -> Vec<&'a str> {
    let places = places(url, values);
    let name = |piece| match piece {
        Piece::Place(name) if !places.contains(&name) => Some(name),
        Piece::Place(_) | Piece::Text(_) => None,
    };
    pieces(url).into_iter().filter_map(name).collect()
}

/// Whether a text is a valid placeholder name.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Splits a URL at its placeholders, see [`places`].
pub fn split_url<'a>(url: &'a str, values: &[(String, String)]) -> Vec<Piece<'a>> {
    let (path, query) = url.split_at_checked(url.find('?').unwrap_or(url.len())).unwrap_or((url, ""));
    // A placeholder never spans the question mark, which no name contains.
    let mut out = pieces(path);
    let mut rest = query;
    let mut from = 0;
    for piece in pieces(query) {
        match piece {
            Piece::Text(text) => from += text.len(),
            Piece::Place(name) => {
                // Including its braces.
                let length = name.len() + 2;
                if values.iter().any(|(known, _)| known == name) {
                    let (before, after) = rest.split_at_checked(from).unwrap_or((rest, ""));
                    out.push(Piece::Text(before));
                    out.push(piece);
                    rest = after.get(length..).unwrap_or_default();
                    from = 0;
                } else {
                    from += length;
                }
            }
        }
    }
    out.push(Piece::Text(rest));
    out
}

/// Splits a text at its placeholders.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    // Where to search for the next placeholder, to skip braces that do not open one.
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

/// The URL for people to read before sending: placeholders are replaced by their values, or stay in braces if
/// they have none. The wire encodes values more strictly.
pub fn shown(url: &str, values: &[(String, String)]) -> String {
    let pieces = split_url(url, values).into_iter().map(|piece| match piece {
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
        assert_eq!(places("https://{host}/{a}/{b}?q={a}", &[]), ["host", "a", "b"]);
        assert_eq!(places("https://h/{/{1}/{a}/}/{ b }/{é}", &[]), ["a"]);
        assert!(places("", &[]).is_empty());
    }

    #[test]
    fn braces_of_a_query_are_places_only_where_they_are_given() {
        let url = "https://h/{a}?fields=posts{message}&q={b}{c}{";
        let given = |names: &[&str]| -> Vec<(String, String)> {
            names.iter().map(|name| ((*name).to_owned(), String::new())).collect()
        };
        assert_eq!(places(url, &[]), ["a"]);
        assert_eq!(places(url, &given(&["c", "x"])), ["a", "c"]);
        assert_eq!(places(url, &given(&["c", "message"])), ["a", "message", "c"]);
        assert_eq!(plain(url, &given(&["c"])), ["message", "b"]);
        assert_eq!(
            split_url("h?{a}{b}{c}", &given(&["b"])),
            [Piece::Text("h"), Piece::Text("?{a}"), Piece::Place("b"), Piece::Text("{c}"),]
        );
        assert_eq!(shown("h?{a}{b}", &[("a".to_owned(), "1".to_owned())]), "h?1{b}");
    }
}
