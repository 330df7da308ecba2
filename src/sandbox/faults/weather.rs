//! The spells in force.

use uuid::Uuid;

use super::{Fault, Spell};

/// The spells in force, each with the requests it has counted.
#[derive(Debug, Default)]
pub(in super::super) struct Weather {
    spells: Vec<(Spell, u32)>,
}

impl Weather {
    pub(in super::super) fn set(&mut self, spells: impl IntoIterator<Item = Spell>) {
        self.spells = spells.into_iter().map(|spell| (spell, 0)).collect();
    }

    pub(in super::super) fn add(&mut self, spell: Spell) {
        self.spells.push((spell, 0));
    }

    /// Whether any spell asks which grant a request is about.
    pub(in super::super) fn asks_for_the_grant(&self) -> bool {
        self.spells.iter().any(|(spell, _)| spell.grant.is_some())
    }

    /// The faults that meet a request to `path` about `grant`; counts it.
    pub(in super::super) fn meet(&mut self, path: &str, grant: Option<Uuid>) -> Vec<Fault> {
        let grant = grant.map(|id| id.to_string());
        let mut met = Vec::new();
        for (spell, seen) in &mut self.spells {
            let elsewhere = spell.path.as_ref().is_some_and(|prefix| !path.starts_with(prefix.as_str()));
            let another = spell
                .grant
                .as_ref()
                .is_some_and(|prefix| grant.as_ref().is_none_or(|id| !id.starts_with(prefix.as_str())));
            if elsewhere || another || !spell.fault.concerns(path) {
                continue;
            }
            let number = *seen;
            *seen = seen.saturating_add(1);
            let within = spell.first.is_none_or(|first| number < spell.after.saturating_add(first));
            if number >= spell.after && within {
                met.push(spell.fault.clone());
            }
        }
        met
    }
}
