//! Reads the list again after a session.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::connect::{Connected, Finished, FinishedGrant};
use crate::domain::{Grant, GrantId, ServerFilter};
use crate::{Context, Progress, everything};

/// Completes what a session reported with the rows of its grants and the scopes that they lack. If the list cannot be
/// read, what the session reported is all that is known.
pub async fn finish(
    context: &Context,
    connected: Connected,
    old: Option<Grant>,
    mut reading: impl FnMut(&Progress),
) -> Finished {
    let (mut rows, mut unread) = (Vec::new(), None);
    let providers: BTreeSet<&str> = connected.grants.iter().map(|grant| grant.provider.as_str()).collect();
    let now = || (context.now)();
    for provider in providers {
        let filter = ServerFilter { provider: Some(provider.into()), ..ServerFilter::default() };
        match everything(&context.client, &now, filter, &mut reading).await {
            Ok(list) => rows.extend(list.grants),
            Err(why) => unread = Some(why),
        }
    }
    let catalog = context.client.catalog().await.unwrap_or_default();
    let by_id: BTreeMap<GrantId, &Grant> =
        rows.iter().filter_map(|row| Some((row.row.grant()?, row))).collect();
    let grants = connected.grants.into_iter().map(|connected| {
        let row = by_id.get(&connected.id).map(|row| (*row).clone());
        let missing = row.as_ref().map(|row| catalog.missing(row)).unwrap_or_default();
        let missing = missing.into_iter().map(str::to_owned).collect();
        FinishedGrant { connected, row, missing }
    });
    let grants = grants.collect();
    let declined = connected.declined.into_iter().map(|one| one.provider).collect();
    Finished { grants, failed: connected.failed, declined, old, rows, unread }
}
