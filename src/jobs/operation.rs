//! A provider's operations, as a call with a grant would use them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::Client;
use crate::domain::operation::{Operation, OperationSummary};
use crate::domain::{Code, Diagnosis, Grant, GrantKind, Origin, Retry, Who, provider};
use crate::protocol;
use crate::protocol::specs::{SpecKind, SpecPath};

/// Maximum number of operations; a longer list is cut.
pub const MAX_OPERATIONS: usize = 5_000;

/// Operations per request, the backend's maximum.
const PAGE: u64 = 500;

/// Maximum number of requests: an honest backend needs half of them.
const REQUESTS: usize = 20;

/// The operations of a provider, in the backend's order; with `search`, only those whose id, path or summary contains
/// it. At most [`MAX_OPERATIONS`], without repeated ids.
///
/// # Errors
/// If the backend does not know the provider's operations, refuses, or could not be reached.
pub async fn operations(
    client: &Client,
    kind: &GrantKind,
    provider: &str,
    search: Option<&str>,
) -> Result<Vec<OperationSummary>, Diagnosis> {
    let path = path(kind, provider)?;
    let mut seen: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut out = Vec::new();
    let mut offset = 0;
    for _ in 0..REQUESTS {
        let page = client.operations(&path, search, PAGE, offset).await.map_err(|error| error.diagnose())?;
        let count = page.items.len() as u64;
        for operation in page.items {
            if out.len() < MAX_OPERATIONS && seen.insert(Arc::from(operation.operation_id.as_str())) {
                out.push(protocol::operation::summary(operation));
            }
        }
        offset += count;
        if !page.has_more || count == 0 || offset >= MAX_OPERATIONS as u64 {
            break;
        }
    }
    Ok(out)
}

/// An operation by its id: its form, an initial body, and its URL at the API of the grant's provider.
///
/// # Errors
/// If the backend does not know the provider or the operation, or the URL of the provider's API is unknown.
pub async fn details(client: &Client, grant: &Grant, id: &str) -> Result<Operation, Diagnosis> {
    let path = path(&grant.kind, &grant.provider)?;
    let found = client.operation(&path, id).await.map_err(|error| error.diagnose())?;
    protocol::operation::operation(found, |path| absolute(grant, path))
}

/// Method and URL of an operation; the URL still contains its `{name}` placeholders.
///
/// # Errors
/// As for [`details`].
pub async fn operation(client: &Client, grant: &Grant, id: &str) -> Result<(String, String), Diagnosis> {
    let found = details(client, grant, id).await?;
    Ok((found.summary.method, found.url))
}

fn path(kind: &GrantKind, provider: &str) -> Result<SpecPath, Diagnosis> {
    let kind = match kind {
        GrantKind::ManagedSecret => SpecKind::Managed,
        _ => SpecKind::Oauth,
    };
    SpecPath::new(kind, provider).map_err(|error| {
        Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("problem", &error.to_string())
    })
}

/// A path at the API of a grant's provider: at the grant's own origin, else at the provider's usual one.
///
/// # Errors
/// If neither is known.
pub fn absolute(grant: &Grant, path: &str) -> Result<String, Diagnosis> {
    let known = || provider::known(&grant.provider)?.origin();
    let origin: Option<Origin> = grant.api_base_url().cloned().or_else(known);
    match origin {
        Some(origin) => Ok(format!("{origin}{path}")),
        None => Err(Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy)
            .fact("url", path)
            .fact("problem", &format!("the API URL of {} is unknown; give a full URL", grant.provider))),
    }
}

#[cfg(test)]
#[path = "operation_tests.rs"]
mod tests;
