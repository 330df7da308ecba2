//! The faults in force.

use uuid::Uuid;

use super::{Fault, FaultSpec};

/// The faults in force, each with the requests it has counted.
#[derive(Debug, Default)]
pub(in super::super) struct ActiveFaults {
    specs: Vec<(FaultSpec, u32)>,
}

impl ActiveFaults {
    pub(in super::super) fn set(&mut self, specs: impl IntoIterator<Item = FaultSpec>) {
        self.specs = specs.into_iter().map(|spec| (spec, 0)).collect();
    }

    pub(in super::super) fn add(&mut self, spec: FaultSpec) {
        self.specs.push((spec, 0));
    }

    /// Whether any fault asks which grant a request is about.
    pub(in super::super) fn asks_for_the_grant(&self) -> bool {
        self.specs.iter().any(|(spec, _)| spec.grant.is_some())
    }

    /// The faults that meet a request to `path` about `grant`; counts it.
    pub(in super::super) fn meet(&mut self, path: &str, grant: Option<Uuid>) -> Vec<Fault> {
        let grant = grant.map(|id| id.to_string());
        let mut met = Vec::new();
        for (spec, seen) in &mut self.specs {
            let elsewhere = spec.path.as_ref().is_some_and(|prefix| !path.starts_with(prefix.as_str()));
            let another = spec
                .grant
                .as_ref()
                .is_some_and(|prefix| grant.as_ref().is_none_or(|id| !id.starts_with(prefix.as_str())));
            if elsewhere || another || !spec.fault.concerns(path) {
                continue;
            }
            let number = *seen;
            *seen = seen.saturating_add(1);
            let within = spec.first.is_none_or(|first| number < spec.after.saturating_add(first));
            if number >= spec.after && within {
                met.push(spec.fault.clone());
            }
        }
        met
    }
}
