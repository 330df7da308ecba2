//! The work behind the screen: opening the session, and every question asked of the backend.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::TuiOptions;
use super::effects::Backend;
use crate::app::msg::Session;
use crate::domain::{Agent, Catalog, Code, Diagnosis, Identity, ListEvent, ListRequest, Retry, Who};

/// One session: options until it is open, then the client too.
pub(crate) struct Deck {
    #[expect(dead_code, reason = "filled in with the client")]
    options: TuiOptions,
}

impl Deck {
    /// A session that is not open.
    pub(crate) fn new(options: TuiOptions) -> Self {
        Self { options }
    }
}

fn closed() -> Diagnosis {
    Diagnosis::new(Code::KeyMissing, Who::You, Retry::AfterRemedy)
}

impl Backend for Deck {
    async fn open(&self) -> Result<Session, Diagnosis> {
        Err(closed())
    }

    async fn identify(&self) -> Result<Identity, Diagnosis> {
        Err(closed())
    }

    async fn catalog(&self) -> Result<Arc<Catalog>, Diagnosis> {
        Err(closed())
    }

    async fn agents(&self) -> Result<Vec<Agent>, Diagnosis> {
        Err(closed())
    }

    async fn list(&self, _: ListRequest, events: mpsc::Sender<ListEvent>) {
        let _ = events.send(ListEvent::Failed(closed())).await;
    }
}
