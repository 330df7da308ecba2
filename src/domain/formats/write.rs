//! Renders grants as a block in a format.

use super::name::Names;
use super::{CopyFormat, FormatRow, Named};
use crate::code::{About, Language, export};
use crate::draft::RequestDraft;
use crate::template::{Piece, pieces};
use crate::{Clean, provider};

/// Maximum number of characters of a comment.
const MAX_COMMENT: usize = 200;

/// Describes a grant for a comment or message: "google · work@acme.com".
pub fn about(named: &Named) -> Clean {
    let words = match (named.provider.as_str(), named.account.as_str()) {
        (provider, "") => provider.to_owned(),
        ("", account) => account.to_owned(),
        (provider, account) => format!("{provider} · {account}"),
    };
    let cut: String = Clean::line(&words).as_str().chars().take(MAX_COMMENT).collect();
    Clean::line(cut.trim())
}

/// Returns the names of grants in a block of a format: valid and unique.
pub fn names(format: CopyFormat, grants: &[Named]) -> Vec<String> {
    format.row().names.block(grants.iter().map(|named| named.name.as_str()))
}

/// Renders grants as one block. Invalid names are replaced by similar ones, and repeated names get a number;
/// use [`super::check`] to find out before. Empty for no grants. Sensitive, as every id is.
pub fn render(format: CopyFormat, grants: &[Named]) -> String {
    written(format, grants, None)
}

/// Like [`render`], with `mask` in place of each id.
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
    /// Splits the template into the part before the grants, the part repeated for each grant, and the part
    /// after them.
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

    /// A comment line with its line break.
    fn line(&self, named: &Named) -> String {
        let about = about(named);
        match &self.comment {
            Some(mark) if !about.as_str().is_empty() => format!("{mark} {about}\n"),
            _ => String::new(),
        }
    }
}

impl Names {
    /// Formats a name for the syntax.
    fn written(self, name: &str) -> String {
        if self == Self::Json { serde_json::Value::from(name).to_string() } else { name.to_owned() }
    }
}

/// Fills the placeholders of a template in one pass, so that inserted values are not expanded again.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Place(name) => value(name).unwrap_or_else(|| format!("{{{name}}}")),
    };
    pieces(text).into_iter().map(piece).collect()
}

/// A read-only call with the grant: the provider's probe, if it has one.
fn command(named: &Named) -> String {
    let known = provider::known(&named.provider);
    let probe = known.and_then(|row| Some((row, row.probe.as_ref()?.request())));
    let draft = match probe.filter(|(row, request)| !request.is_write(row)) {
        Some((row, request)) => request.draft(row, &row.base_url(None).unwrap_or_default(), named.id),
        None => RequestDraft::new(named.id, "GET", "/"),
    };
    export(&draft, &About::default(), Language::Command).trim_end().to_owned()
}
