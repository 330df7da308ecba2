//! Finds delegation children and siblings of one credential without scanning all rows.

use std::collections::HashMap;

use super::Rows;
use crate::domain::{Grant, GrantId, Reference, RowId};

/// Row indices by relation, updated as rows arrive.
#[derive(Clone, Debug, Default)]
pub struct Relatives {
    children: HashMap<GrantId, Vec<RowId>>,
    newest_of: HashMap<Reference, u32>,
    /// Per row, the previous row of the same credential; itself if there is none.
    before: Vec<u32>,
}

impl Relatives {
    /// Adds a new row. Rows must be added in index order.
    pub fn add(&mut self, index: u32, grant: &Grant) {
        if let Some(parent) = grant.parent_grant_id.as_ref().and_then(Reference::grant) {
            self.children.entry(parent).or_default().push(grant.row);
        }
        let before = match &grant.credential_id {
            Some(credential) => self.newest_of.insert(credential.clone(), index).unwrap_or(index),
            None => index,
        };
        self.before.push(before);
    }

    /// The grants delegated from this one.
    pub fn children(&self, grant: GrantId) -> &[RowId] {
        self.children.get(&grant).map_or(&[], Vec::as_slice)
    }

    /// Other grants of the same credential on the same level of its delegation tree, newest row first, at
    /// most `most`.
    pub fn siblings(&self, rows: &Rows, grant: &Grant, most: usize) -> Vec<RowId> {
        let Some(credential) = &grant.credential_id else { return Vec::new() };
        let mut found = Vec::new();
        let mut next = self.newest_of.get(credential).copied();
        while let Some(index) = next.filter(|_| found.len() < most) {
            let sibling = rows
                .get(index)
                .filter(|other| other.row != grant.row && other.parent_grant_id == grant.parent_grant_id);
            found.extend(sibling.map(|sibling| sibling.row));
            next = self.before.get(index as usize).copied().filter(|before| *before != index);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn families_are_found() {
        let mut rows = Rows::default();
        let mut relatives = Relatives::default();
        let id = |n: u128| GrantId(Uuid::from_u128(n));
        for (n, parent, credential) in [(1, None, "a"), (2, Some(1), "b"), (3, Some(1), "a"), (4, None, "a")]
        {
            let mut grant = Grant::blank(RowId::Grant(id(n)));
            grant.parent_grant_id = parent.map(|parent| Reference::Id(id(parent).0));
            grant.credential_id = Some(Reference::new(credential));
            relatives.add(n as u32 - 1, &grant);
            rows.put(grant);
        }
        let row = |n| RowId::Grant(id(n));
        assert_eq!(relatives.children(id(1)), [row(2), row(3)]);
        assert_eq!(
            relatives.siblings(&rows, rows.find(row(1)).unwrap(), 9),
            [row(4)],
            "a child is no sibling"
        );
        assert_eq!(relatives.siblings(&rows, rows.find(row(4)).unwrap(), 1), [row(1)]);
        assert!(relatives.siblings(&rows, rows.find(row(2)).unwrap(), 9).is_empty());
    }
}
