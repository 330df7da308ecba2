//! Files in an unknown format, or not valid in theirs: only ids are recognised, and a name before one that contains
//! "grant".

use super::Outline;
use crate::ids;

/// Longer names are not shown: people do not choose such names.
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
