//! Where pages come from: the client, or a script in tests.

use tokio_util::task::AbortOnDropHandle;

use crate::api::Client;
use crate::domain::log::Log;
use crate::domain::{Code, Diagnosis, Reading, Retry, ServerFilter, Who};
use crate::protocol::Page;

/// Something that answers the list call.
pub trait PageSource: Sync {
    /// One page; dropping the future gives the request up.
    fn page(
        &self,
        filter: &ServerFilter,
        limit: u16,
        offset: u64,
    ) -> impl Future<Output = Result<Page, Diagnosis>> + Send;

    /// The rate budget as the last answer told it; None = unknown.
    fn reading(&self) -> Option<Reading>;

    /// Where pauses are noted.
    fn log(&self) -> Log {
        Log::default()
    }
}

impl PageSource for Client {
    async fn page(&self, filter: &ServerFilter, limit: u16, offset: u64) -> Result<Page, Diagnosis> {
        // Pages are parsed where there is room, not on the task that works them through.
        let (client, filter) = (self.clone(), filter.clone());
        let task = tokio::spawn(async move { client.list_page(&filter, limit, offset).await });
        match AbortOnDropHandle::new(task).await {
            Ok(answer) => answer.map_err(|error| error.diagnose()),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Diagnosis::new(Code::Cancelled, Who::Grantdeck, Retry::Later(None))),
            },
        }
    }

    fn reading(&self) -> Option<Reading> {
        Self::reading(self)
    }

    fn log(&self) -> Log {
        self.settings().log.clone()
    }
}
