//! Work that may block, on a thread of its own.

use crate::domain::{Code, Diagnosis, Retry, Who};

/// Waits for the work.
///
/// # Errors
/// The work panicked.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Diagnosis> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Diagnosis::new(Code::TaskPanicked, Who::Grantdeck, Retry::No).fact("task", &error.to_string())
    })
}
