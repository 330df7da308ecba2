//! Blocking work on a separate thread.

use crate::domain::{Code, Diagnosis, Retry, Who};

/// Runs `work` on a blocking thread and waits for the result.
///
/// # Errors
/// If the work panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Diagnosis> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Diagnosis::new(Code::TaskPanicked, Who::Grantdeck, Retry::No).fact("task", &error.to_string())
    })
}
