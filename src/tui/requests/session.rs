//! Opens the session, and identifies the key.

use std::sync::Arc;

use super::{Run, Running};
use crate::app::requests::{Identify, OpenSession, Session, Whose};
use crate::domain::Diagnosis;
use crate::tui::live::LiveSession;

impl Run for OpenSession {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Result<Session, Diagnosis>> {
        Some(live.open().await)
    }
}

impl Run for Identify {
    async fn run(self, live: Arc<LiveSession>, _: Running<Self>) -> Option<Whose> {
        let whose = async { live.context()?.client.me().await.map_err(|error| error.diagnose()) };
        let whose = whose.await;
        Some(Whose { whose, notice: live.key_notice() })
    }
}
