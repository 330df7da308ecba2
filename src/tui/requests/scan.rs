//! Grant ids in files.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Run, Running, on_blocking_thread};
use crate::app::requests::ScanFiles;
use crate::domain::scan::{ScanEvent, ScanRequest};
use crate::jobs;
use crate::platform::home;
use crate::tui::clock;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// Capacity of the channel for a scan's events, and the most in one answer.
const EVENTS: usize = 256;

/// A cancelled scan still reports what it has found.
impl Run for ScanFiles {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, running: Running<Self>) -> Option<Vec<ScanEvent>> {
        let wall = clock::wall();
        let paths = self.paths.iter().map(|path| home::expanded(path)).collect();
        let known = Arc::new(on_blocking_thread(move || self.known(wall)).await);
        let (sender, mut events) = mpsc::channel(EVENTS);
        let request = ScanRequest { paths, known, wanted: Vec::new() };
        let reported = async {
            let mut batch: Vec<ScanEvent> = Vec::with_capacity(EVENTS);
            while events.recv_many(&mut batch, EVENTS).await > 0 {
                running.report(std::mem::take(&mut batch)).await;
            }
        };
        tokio::join!(jobs::scan(request, running.cancel.clone(), sender), reported);
        None
    }
}
