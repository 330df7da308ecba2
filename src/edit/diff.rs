//! What an edit changes, line by line, to be shown before it is made.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::mask;
use crate::domain::Clean;
use crate::domain::change::{DiffKind, DiffLine};

/// Lines shown round a change.
const AROUND: usize = 3;
/// A diff that takes longer is cut short: right, but not the shortest.
const DEADLINE: Duration = Duration::from_millis(500);

/// The lines that differ, with a few round them. Bytes that are no UTF-8 are shown as replaced.
pub fn diff(old: &[u8], new: &[u8]) -> Vec<DiffLine> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::configure().timeout(DEADLINE).diff_lines(&*old, &*new);
    let mut out = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !out.is_empty() {
            let (text, masked) = (Clean::default(), Clean::default());
            out.push(DiffLine { kind: DiffKind::Gap, old: None, new: None, text, masked });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => DiffKind::Same,
                ChangeTag::Delete => DiffKind::Removed,
                ChangeTag::Insert => DiffKind::Added,
            };
            let line = change.value().trim_end_matches(['\n', '\r']);
            let number = |index: Option<usize>| index.map(|index| index + 1);
            out.push(DiffLine {
                kind,
                old: number(change.old_index()),
                new: number(change.new_index()),
                text: Clean::line(line),
                masked: mask::line(line),
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_its_lines() {
        let old = (1..=20).map(|line| format!("a{line}=s3cret\r\n")).collect::<Vec<_>>().concat();
        let new = old.replace("a10=s3cret", "a10=\u{1b}[2J").replace("a20=", "b20=");
        let lines = diff(old.as_bytes(), new.as_bytes());
        let shown: Vec<String> = lines
            .iter()
            .map(|line| {
                format!("{:?} {:?} {:?} {} {}", line.kind, line.old, line.new, line.text, line.masked)
            })
            .collect();
        assert_eq!(shown.len(), 8 + 1 + 5);
        assert_eq!(shown[0], "Same Some(7) Some(7) a7=s3cret a7=•••");
        assert_eq!(shown[3], "Removed Some(10) None a10=s3cret a10=•••");
        assert_eq!(shown[4], "Added None Some(10) a10=�[2J a10=�[•••");
        assert_eq!(lines[8].kind, DiffKind::Gap);
        assert!(diff(b"a\xff", b"a\xff").is_empty());
    }
}
