//! What names stand for: providers, agents, profiles.

use std::sync::Arc;

use super::{Identify, Request};
use crate::app::shared::Shared;
use crate::app::{Effect, Model, Ticket, switch};
use crate::domain::{Agent, Catalog, Diagnosis, Now, ProfileSummary};

/// The provider catalog.
#[derive(Debug, PartialEq)]
pub struct ReadCatalog;

impl Request for ReadCatalog {
    type Answer = Result<Arc<Catalog>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, catalog: Self::Answer, now: Now) -> Vec<Effect> {
        match catalog {
            Ok(catalog) => model.shared.catalog.arrive(catalog, now.millis),
            Err(diagnosis) => model.shared.catalog.fail(diagnosis),
        }
        Vec::new()
    }
}

/// The app's agents.
#[derive(Debug, PartialEq)]
pub struct ReadAgents;

impl Request for ReadAgents {
    type Answer = Result<Vec<Agent>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, agents: Self::Answer, now: Now) -> Vec<Effect> {
        match agents {
            Ok(agents) => {
                let by_id = agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect();
                model.shared.agents.arrive(by_id, now.millis);
            }
            Err(diagnosis) => model.shared.agents.fail(diagnosis),
        }
        Vec::new()
    }
}

/// The profiles of the configuration.
#[derive(Debug, PartialEq)]
pub struct ReadProfiles;

impl Request for ReadProfiles {
    type Answer = Result<Vec<ProfileSummary>, Diagnosis>;

    fn failed(fault: Diagnosis) -> Option<Self::Answer> {
        Some(Err(fault))
    }

    fn answered(model: &mut Model, _: Ticket, profiles: Self::Answer, now: Now) -> Vec<Effect> {
        switch::arrived(&mut model.shared, profiles, now)
    }
}

/// Asks for the names that explain the list: catalog, whose key.
pub(crate) fn ask_for_names(shared: &mut Shared, now: Now) -> Vec<Effect> {
    shared.identity.load(now.millis);
    shared.catalog.load(now.millis);
    vec![shared.slots.ask(Identify), shared.slots.ask(ReadCatalog)]
}
