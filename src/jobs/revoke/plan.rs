//! Reads the list and plans a revocation.

use std::collections::{HashMap, HashSet};

use super::super::{Context, Everything, Progress, everything};
use crate::domain::revoke::{PlanEvent, PlanRequest, Planned, RevokePlan};
use crate::domain::{Diagnosis, Grant, GrantId, ServerFilter};

/// Plans a revocation, based on a list that is read now; `reported` is called with its progress. The plan has no reason
/// yet.
///
/// # Errors
/// If the list cannot be read, or may be incomplete and lacks a wanted grant: it may be there all the same.
pub async fn plan(
    context: &Context,
    request: &PlanRequest,
    mut reported: impl FnMut(PlanEvent),
) -> Result<Planned, Diagnosis> {
    let list = read(context, request, &mut reported).await?;
    let plan = RevokePlan::new(&request.wanted, &list.grants, None, (context.now)());
    let doubt = list.doubt();
    if let Some(why) = doubt.clone().filter(|_| plan.gone.iter().any(|gone| gone.grant.is_none())) {
        return Err(why);
    }
    let siblings: HashSet<GrantId> =
        plan.targets.iter().flat_map(|target| target.reach.siblings.iter().copied()).collect();
    let is_sibling = |grant: &Grant| grant.row.grant().is_some_and(|id| siblings.contains(&id));
    let siblings = list.grants.into_iter().filter(is_sibling).collect();
    let ids: Vec<GrantId> = plan.targets.iter().map(|target| target.id).collect();
    let verdicts = match &context.recorder {
        Some(recorder) => {
            let known = recorder.known_verdicts(recorder.whose(&context.backend()), ids, 1).await;
            let known = known.unwrap_or_default().into_iter();
            known.filter_map(|(id, past)| Some((id, past.first()?.verdict))).collect()
        }
        None => HashMap::default(),
    };
    Ok(Planned { plan, siblings, verdicts, doubt })
}

/// Reads the grants of the providers, or all.
async fn read(
    context: &Context,
    request: &PlanRequest,
    reported: &mut impl FnMut(PlanEvent),
) -> Result<Everything, Diagnosis> {
    let filters = if request.providers.is_empty() {
        vec![ServerFilter::default()]
    } else {
        let of = |provider| ServerFilter { provider: Some(provider), ..ServerFilter::default() };
        request.providers.iter().cloned().map(of).collect()
    };
    let now = || (context.now)();
    let mut all = Everything { grants: Vec::new(), not_whole: None };
    for filter in filters {
        let before = all.grants.len() as u64;
        let part = everything(&context.client, &now, filter, |progress| {
            reported(match progress {
                Progress::Rows { here, total } => {
                    PlanEvent::Reading { here: before + here, total: before + total }
                }
                Progress::Waiting { reason, millis } => {
                    PlanEvent::Waiting { reason: reason.clone(), millis: *millis }
                }
            });
        });
        let part = part.await?;
        all.grants.extend(part.grants);
        all.not_whole = all.not_whole.or(part.not_whole);
    }
    Ok(all)
}
