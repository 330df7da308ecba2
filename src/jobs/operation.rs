//! A provider's operation by its id, as a call with a grant would make it.

use crate::api::Client;
use crate::domain::{Code, Diagnosis, Grant, GrantKind, Origin, Retry, Who, provider};
use crate::protocol::specs::{SpecKind, SpecPath};

/// Method and URL of an operation; the URL still has its `{name}` places.
///
/// # Errors
/// The provider or the operation is not known to the backend, or nobody knows where the provider's API is.
pub async fn operation(client: &Client, grant: &Grant, id: &str) -> Result<(String, String), Diagnosis> {
    let kind = match grant.kind {
        GrantKind::ManagedSecret => SpecKind::Managed,
        _ => SpecKind::Oauth,
    };
    let path = SpecPath::new(kind, &grant.provider).map_err(|error| {
        Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("problem", &error.to_string())
    })?;
    let found = client.operation(&path, id).await.map_err(|error| error.diagnose())?;
    let url = absolute(grant, &found.operation.path_template)?;
    Ok((found.operation.method, url))
}

/// A path at the API of a grant's provider: at the grant's own origin, else at the one that everybody uses.
///
/// # Errors
/// Neither is known.
pub fn absolute(grant: &Grant, path: &str) -> Result<String, Diagnosis> {
    let known = || provider::known(&grant.provider)?.origin();
    let origin: Option<Origin> = grant.api_base_url().cloned().or_else(known);
    match origin {
        Some(origin) => Ok(format!("{origin}{path}")),
        None => {
            Err(Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::AfterRemedy).fact("url", path).fact(
                "problem",
                &format!("where the API of {} is, is not known; give the whole URL", grant.provider),
            ))
        }
    }
}
