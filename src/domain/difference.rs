//! Line diff of two texts.

use similar::DiffOp;
use similar::algorithms::{Capture, Compact, Replace, myers};

/// Returns the edits from the old lines to the new ones. For large and very different texts they are correct,
/// but not minimal.
///
/// All diffs use this function, with one type and one algorithm: the library is compiled anew for each, and a
/// choice of algorithms took an eighth of the crate's optimised build time.
pub fn difference(old: &[&[u8]], new: &[&[u8]]) -> Vec<DiffOp> {
    let mut steps = Compact::new(Replace::new(Capture::new()), old, new);
    match myers::diff(&mut steps, old, 0..old.len(), new, 0..new.len()) {
        Ok(()) => steps.into_inner().into_inner().into_ops(),
        Err(never) => match never {},
    }
}
