//! Interns repeated texts: provider ids, labels, scopes and whole scope lists.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Returns shared copies of equal texts and of equal lists of texts. It lives at least as long as one page is
/// parsed; shared copies outlive it.
#[derive(Debug, Default)]
pub struct Interner {
    texts: HashSet<Arc<str>, RandomState>,
    lists: HashSet<Arc<[Arc<str>]>, RandomState>,
}

impl Interner {
    /// The shared copy of `text`.
    pub fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&new));
        new
    }

    /// The shared copy of a list of texts, in its order.
    pub fn list(&mut self, items: &[Arc<str>]) -> Arc<[Arc<str>]> {
        if let Some(known) = self.lists.get(items) {
            return Arc::clone(known);
        }
        let new: Arc<[Arc<str>]> = items.into();
        self.lists.insert(Arc::clone(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_one_allocation() {
        let mut interner = Interner::default();
        let (a, b) = (interner.text("repo"), interner.text("repo"));
        assert!(Arc::ptr_eq(&a, &b));
        let (x, y) = (interner.list(std::slice::from_ref(&a)), interner.list(&[b]));
        assert!(Arc::ptr_eq(&x, &y));
        assert!(!Arc::ptr_eq(&x, &interner.list(&[a.clone(), a])));
    }
}
