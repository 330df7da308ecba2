//! Files that have no reader here, or do not obey it: nothing is known but ids, and a name in front of one that says
//! itself that it is a grant's.

use super::Outline;
use crate::edit::ids;

/// A longer one is no name that a person gave.
const LONGEST: usize = 64;

pub(super) fn read(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut from = 0;
    for found in ids::find(text.as_bytes()) {
        let range = found.offset..found.offset + ids::LENGTH;
        let name = found.guess().filter(|name| name.len() <= LONGEST && found.is_named_like_a_grant());
        let step = name.and_then(|name| {
            let at = from + text.get(from..found.offset)?.rfind(name)?;
            Some(outline.name_at(at..at + name.len(), name, None))
        });
        outline.value(text, range.clone(), step);
        from = range.end;
    }
    outline
}
