//! A block of grants in a format.

use super::name::Names;
use super::{CopyFormat, FormatRow, Named};
use crate::code::{About, Language, export};
use crate::draft::RequestDraft;
use crate::template::{Piece, pieces};
use crate::{Clean, provider};

/// Characters of a comment, at most.
const LONGEST: usize = 200;

/// Whose grant it is, in words, for a comment or a message: "google · work@acme.com".
pub fn about(named: &Named) -> Clean {
    let words = match (named.provider.as_str(), named.account.as_str()) {
        (provider, "") => provider.to_owned(),
        ("", account) => account.to_owned(),
        (provider, account) => format!("{provider} · {account}"),
    };
    let cut: String = Clean::line(&words).as_str().chars().take(LONGEST).collect();
    Clean::line(cut.trim())
}

/// The names that grants have in a block of a format: each one valid there, and none twice.
pub fn names(format: CopyFormat, grants: &[Named]) -> Vec<String> {
    format.row().names.block(grants.iter().map(|named| named.name.as_str()))
}

/// Grants as one block. A name that the format does not allow gives way to one like it, and one that comes twice
/// gets a number; [`super::check`] tells before. Empty for no grants. Sensitive, as every id is.
pub fn render(format: CopyFormat, grants: &[Named]) -> String {
    written(format, grants, None)
}

/// The same for the eyes of others: something else stands in the place of each id.
pub fn render_masked(format: CopyFormat, grants: &[Named], mask: &str) -> String {
    written(format, grants, Some(mask))
}

fn written(format: CopyFormat, grants: &[Named], mask: Option<&str>) -> String {
    let row = format.row();
    let names = names(format, grants);
    let (Some(first), Some((head, body, tail))) = (names.first(), row.parts()) else {
        return String::new();
    };
    let (each, between) = match body.split_once("[|") {
        Some((each, between)) => (each, between.strip_suffix("|]").unwrap_or(between)),
        None => (body, ""),
    };
    let around = |text: &str| filled(text, |place| (place == "name").then(|| row.names.written(first)));
    let block = |(named, name): (&Named, &String)| {
        let block = row.block(each, named, name);
        match mask {
            Some(mask) => block.replace(&named.id.to_string(), mask),
            None => block,
        }
    };
    let blocks: Vec<String> = grants.iter().zip(&names).map(block).collect();
    format!("{}{}{}", around(head), blocks.join(between), around(tail))
}

impl FormatRow {
    /// What stands before the part for each grant, that part, and what stands behind it.
    pub(super) fn parts(&self) -> Option<(&str, &str, &str)> {
        let (head, rest) = self.template.split_once("[[")?;
        let (body, tail) = rest.rsplit_once("]]")?;
        Some((head, body, tail))
    }

    fn block(&self, each: &str, named: &Named, name: &str) -> String {
        filled(each, |place| match place {
            "comment" => Some(self.line(named)),
            "name" => Some(self.names.written(name)),
            "id" => Some(named.id.to_string()),
            "command" => Some(command(named)),
            _ => None,
        })
    }

    /// The line of a comment, with its end.
    fn line(&self, named: &Named) -> String {
        let about = about(named);
        match &self.comment {
            Some(mark) if !about.as_str().is_empty() => format!("{mark} {about}\n"),
            _ => String::new(),
        }
    }
}

impl Names {
    /// A name as the syntax wants it.
    fn written(self, name: &str) -> String {
        if self == Self::Json { serde_json::Value::from(name).to_string() } else { name.to_owned() }
    }
}

/// Fills the places of a template in one pass, so that what stands in for one is not looked at again.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Place(name) => value(name).unwrap_or_else(|| format!("{{{name}}}")),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// A read-only call with the grant: the provider's own "who am I" where one is known.
fn command(named: &Named) -> String {
    let known = provider::known(&named.provider);
    let probe = known.and_then(|row| Some((row, row.probe.as_ref()?.request())));
    let draft = match probe.filter(|(row, request)| !request.is_write(row)) {
        Some((row, request)) => request.draft(row, &row.base_url(None).unwrap_or_default(), named.id),
        None => RequestDraft::new(named.id, "GET", "/"),
    };
    export(&draft, &About::default(), Language::Command).trim_end().to_owned()
}
