//! Grant ids in files.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Asked, Run, elsewhere};
use crate::app::requests::ScanFiles;
use crate::domain::scan::{ScanEvent, ScanRequest};
use crate::jobs;
use crate::platform::home;
use crate::tui::clock;
use crate::tui::live::LiveSession;
use crate::tui::tasks::Ending;

/// Events of a scan that wait, and that one answer carries at most.
const EVENTS: usize = 256;

/// A scan that is cancelled still says what it knows.
impl Run for ScanFiles {
    const ENDING: Ending = Ending::Itself;

    async fn run(self, _: Arc<LiveSession>, asked: Asked<Self>) -> Option<Vec<ScanEvent>> {
        let wall = clock::wall();
        let paths = self.paths.iter().map(|path| home::expanded(path)).collect();
        let known = Arc::new(elsewhere(move || self.known(wall)).await);
        let (sender, mut events) = mpsc::channel(EVENTS);
        let request = ScanRequest { paths, known, wanted: Vec::new() };
        let reported = async {
            let mut batch: Vec<ScanEvent> = Vec::with_capacity(EVENTS);
            while events.recv_many(&mut batch, EVENTS).await > 0 {
                asked.report(std::mem::take(&mut batch)).await;
            }
        };
        tokio::join!(jobs::scan(request, asked.cancel.clone(), sender), reported);
        None
    }
}
