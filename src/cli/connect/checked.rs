//! What is checked before a session is begun: the arguments, the kind of the provider, a free label.

use super::writable;
use crate::cli::arguments::ConnectArguments;
use crate::cli::report::{Report, refused};
use crate::domain::provider::{ProviderKind, known};
use crate::domain::{Code, Diagnosis, Grant, GrantKind, Health, Retry, ServerFilter, Who, formats};
use crate::jobs::{self, Context};
use crate::platform::clock::wall;
use crate::protocol::specs::SpecKind;

/// What is known of the providers.
pub(super) struct Found {
    /// The slug, where it is a managed secret's.
    pub(super) secret: Option<String>,
    /// Their grants, as the list has them now.
    pub(super) before: Vec<Grant>,
}

/// What the arguments alone refuse.
pub(super) fn arguments(asked: &ConnectArguments) -> Result<(), Diagnosis> {
    let several = asked.providers.len() > 1;
    if several && !asked.scopes.is_empty() {
        return Err(refused("--scope", "scopes are those of exactly one provider"));
    }
    if several && (asked.write.is_some() || asked.name.is_some()) {
        return Err(refused("--write", "one name needs exactly one provider"));
    }
    if let (Some(format), Some(name)) = (asked.format, &asked.name) {
        formats::check(format, name).map_err(|problem| refused("--name", &problem.to_string()))?;
    }
    writable(asked)
}

/// Reads the list: which kind of provider it is, and whether the label is free.
pub(super) async fn providers(
    context: &Context,
    asked: &ConnectArguments,
    report: &mut Report,
) -> Result<Found, Diagnosis> {
    let mut before = Vec::new();
    for provider in &asked.providers {
        let filter = ServerFilter { provider: Some(provider.as_str().into()), ..ServerFilter::default() };
        let list =
            jobs::everything(&context.client, &wall, filter, |reading| report.reading(reading)).await?;
        before.extend(list.grants);
    }
    report.clear();
    let secret = secret(context, &asked.providers, &before).await;
    if let Some(slug) = &secret {
        if asked.providers.len() > 1 {
            return Err(refused("PROVIDER", "a managed secret is connected alone").fact("secret", slug));
        }
        if !asked.scopes.is_empty() || asked.switch_account {
            let problem = "a managed secret has neither scopes nor accounts to switch";
            return Err(refused("--scope", problem).fact("secret", slug));
        }
    }
    if let Some(label) = &asked.label {
        let is_taken = |grant: &&Grant| {
            grant.label.as_deref() == Some(label)
                && !matches!(Health::of(grant, wall()), Health::Revoked | Health::Expired)
        };
        if let Some(taken) = before.iter().find(is_taken) {
            return Err(Diagnosis::new(Code::SiblingLabelConflict, Who::You, Retry::AfterRemedy)
                .fact("label", label)
                .fact("grant", &taken.row.to_string()));
        }
    }
    Ok(Found { secret, before })
}

/// Which of the providers is a managed secret. A narrowed list may have no grant of it: then the backend's own tables
/// tell, as far as this key may read them, and the built-in one.
async fn secret(context: &Context, providers: &[String], before: &[Grant]) -> Option<String> {
    let listed = |provider: &&String| {
        let mut own = before.iter().filter(|grant| *grant.provider == ***provider);
        own.any(|grant| grant.kind == GrantKind::ManagedSecret)
    };
    if let Some(slug) = providers.iter().find(listed) {
        return Some(slug.clone());
    }
    let catalog = context.client.catalog().await.ok()?;
    let unlisted = |provider: &&String| {
        !catalog.providers.contains_key(provider.as_str())
            && before.iter().all(|grant| *grant.provider != ***provider)
    };
    let slug = providers.iter().find(unlisted)?;
    let is_known = known(slug).is_some_and(|provider| provider.kind == ProviderKind::Secret);
    let specs = context.client.specs(Some(SpecKind::Managed)).await.unwrap_or_default();
    (is_known || specs.iter().any(|spec| spec.provider_id == *slug)).then(|| slug.clone())
}
