//! The source of pages: the client, or a script in tests.

use tokio_util::task::AbortOnDropHandle;

use crate::api::Client;
use crate::domain::log::Log;
use crate::domain::{Code, Diagnosis, Reading, Retry, ServerFilter, Who};
use crate::protocol::Page;

/// A source of list pages.
pub trait PageSource: Sync {
    /// Reads a page; dropping the future cancels the request.
    fn page(
        &self,
        filter: &ServerFilter,
        limit: u16,
        offset: u64,
    ) -> impl Future<Output = Result<Page, Diagnosis>> + Send;

    /// The rate budget of the last answer; `None` = unknown.
    fn reading(&self) -> Option<Reading>;

    /// The log for pauses.
    fn log(&self) -> Log {
        Log::default()
    }
}

impl PageSource for Client {
    async fn page(&self, filter: &ServerFilter, limit: u16, offset: u64) -> Result<Page, Diagnosis> {
        // Parse pages on another task than the one that processes them.
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
