//! Removes what looks like a credential, by name or shape, from texts and URLs.

use crate::percent;
use crate::secret_names::{Place, is_secret_name};
use crate::secret_shapes::find;
pub(super) use crate::secret_shapes::holds;

/// Replaces a credential in a URL: a placeholder without a value, so that the call cannot be sent before
/// somebody has looked at it.
const PLACEHOLDER: &str = "{credential}";

/// Whether a query parameter contains a credential: in its name, in its value, or because its name says so.
pub(super) fn in_piece(piece: &str) -> bool {
    let (name, value) = percent::pair(piece);
    (is_secret_name(&name, Place::Parameter) && !value.is_empty()) || holds(piece) || holds(&value)
}

/// Returns a foreign name if it is safe to quote, or `None` if it might contain a credential itself.
pub(super) fn quotable(name: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.[]$".contains(&byte);
    ((1..=40).contains(&name.len()) && name.bytes().all(plain) && !holds(name)).then_some(name)
}

/// Removes user information, secret parameters and well-known credentials from a URL, and reports what was
/// removed to `dropped`.
pub(super) fn clean_url(url: &str, dropped: &mut impl FnMut(String)) -> String {
    let (place, query, fragment) = percent::parts(url);
    let mut out = clean_place(place, dropped);
    for (mark, part) in [('?', query), ('#', fragment)] {
        let Some(part) = part else { continue };
        let mut lost = false;
        let kept: Vec<&str> = part
            .split('&')
            .filter(|piece| {
                let secret = in_piece(piece);
                if secret {
                    lost = true;
                    dropped(describe_parameter(&percent::pair(piece).0));
                }
                !secret
            })
            .collect();
        if !(lost && kept.is_empty()) {
            out.push(mark);
            out.push_str(&kept.join("&"));
        }
    }
    out
}

/// Describes a parameter that was removed.
pub(super) fn describe_parameter(name: &str) -> String {
    quotable(name).map_or_else(|| "a parameter of the URL".to_owned(), |name| format!("the parameter {name}"))
}

fn clean_place(place: &str, dropped: &mut impl FnMut(String)) -> String {
    let (scheme, rest) = match place.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, place),
    };
    let mut segments = rest.split('/');
    let authority = segments.next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        Some((_, host)) => {
            dropped("the user information of the URL".to_owned());
            host
        }
        None => authority,
    };
    let mut cut = |segment: &str| {
        let mut out = String::with_capacity(segment.len());
        let mut rest = segment;
        while let Some(found) = find(rest) {
            out.push_str(rest.get(..found.start).unwrap_or_default());
            out.push_str(PLACEHOLDER);
            rest = rest.get(found.end..).unwrap_or_default();
        }
        out.push_str(rest);
        if holds(&out) {
            PLACEHOLDER.clone_into(&mut out);
        }
        if out != segment {
            dropped("a credential in the URL".to_owned());
        }
        out
    };
    let mut out = scheme.map(|scheme| cut(scheme) + "://").unwrap_or_default();
    out.push_str(&cut(host));
    for segment in segments {
        out.push('/');
        out.push_str(&cut(segment));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_loses_its_credentials_only() {
        let mut lost = Vec::new();
        let url = "https://me:pw@h/bot/sk_live_51H8xZc2eZ/x?a=1&api_key=zz&b=#access_token=q";
        assert_eq!(clean_url(url, &mut |what| lost.push(what)), "https://h/bot/{credential}/x?a=1&b=");
        assert_eq!(
            lost,
            [
                "the user information of the URL",
                "a credential in the URL",
                "the parameter api_key",
                "the parameter access_token"
            ]
        );
        for url in ["https://h/a?key=", "/relative?x", "https://h?", "h:8080/a#b"] {
            assert_eq!(clean_url(url, &mut |what| panic!("{what}")), url);
        }
    }
}
