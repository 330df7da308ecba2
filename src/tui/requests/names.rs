//! Reads providers, agents and profiles, to show their names.

use std::sync::Arc;

use super::{Run, Running};
use crate::app::requests::{ReadAgents, ReadCatalog, ReadProfiles};
use crate::domain::{Agent, Catalog, Diagnosis, ProfileSummary};
use crate::tui::live::LiveSession;

impl Run for ReadCatalog {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Arc<Catalog>, Diagnosis>> {
        #[cfg(debug_assertions)]
        assert!(!crate::platform::test_panic("task"), "asked to break");
        let catalog = async { live.context()?.client.catalog().await.map_err(|error| error.diagnose()) };
        Some(catalog.await.map(Arc::new))
    }
}

impl Run for ReadAgents {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Vec<Agent>, Diagnosis>> {
        let agents = async { live.context()?.client.agents().await.map_err(|error| error.diagnose()) };
        Some(agents.await)
    }
}

impl Run for ReadProfiles {
    async fn run(
        self,
        live: Arc<LiveSession>,
        _: Running<Self>,
    ) -> Option<Result<Vec<ProfileSummary>, Diagnosis>> {
        Some(live.profiles().await)
    }
}
