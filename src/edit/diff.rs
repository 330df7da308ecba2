//! What an edit changes, line by line, to be shown before it is made.

use similar::{DiffOp, group_diff_ops};

use super::mask;
use crate::domain::Clean;
use crate::domain::change::{DiffKind, DiffLine};
use crate::domain::difference::difference;

/// Lines shown round a change.
const AROUND: usize = 3;

/// The lines that differ, with a few round them. Bytes that are no UTF-8 are shown as replaced.
pub fn diff(old: &[u8], new: &[u8]) -> Vec<DiffLine> {
    let lines = |text| -> Vec<&[u8]> { <[u8]>::split_inclusive(text, |byte| *byte == b'\n').collect() };
    let (old, new) = (lines(old), lines(new));
    let mut out = Vec::new();
    for group in group_diff_ops(difference(&old, &new), AROUND) {
        if !out.is_empty() {
            let (text, masked) = (Clean::default(), Clean::default());
            out.push(DiffLine { kind: DiffKind::Gap, old: None, new: None, text, masked });
        }
        for step in group {
            let (gone, come) = (step.old_range(), step.new_range());
            if let DiffOp::Equal { .. } = step {
                let same = gone.zip(come);
                let same = same.map(|(at, to)| line(DiffKind::Same, (Some(at), Some(to)), old.get(at)));
                out.extend(same);
                continue;
            }
            out.extend(gone.map(|at| line(DiffKind::Removed, (Some(at), None), old.get(at))));
            out.extend(come.map(|at| line(DiffKind::Added, (None, Some(at)), new.get(at))));
        }
    }
    out
}

fn line(kind: DiffKind, (old, new): (Option<usize>, Option<usize>), text: Option<&&[u8]>) -> DiffLine {
    let text = String::from_utf8_lossy(text.copied().unwrap_or_default());
    let text = text.trim_end_matches(['\n', '\r']);
    let number = |index: Option<usize>| index.map(|index| index + 1);
    DiffLine { kind, old: number(old), new: number(new), text: Clean::line(text), masked: mask::line(text) }
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
