//! Which grants are meant: those of selectors, or of filters, as far as they failed the last time.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::cli::arguments::SmokeArguments;
use crate::cli::list::kind;
use crate::cli::report::{Report, refused};
use crate::domain::column::Order;
use crate::domain::smoke::Standing;
use crate::domain::{Code, Diagnosis, Grant, GrantId, Health, Now, Retry, Selector, ServerFilter, Who};
use crate::jobs::{self, Context};
use crate::platform::clock::wall;
use crate::search::{Plan, Query, Rows, Taken, run};

/// Reads the list and picks those that are meant, in its order; also why there may be more that are.
pub(super) async fn choose(
    context: &Context,
    smoke: &SmokeArguments,
    report: &mut Report,
) -> Result<(Vec<Grant>, Option<Diagnosis>), Diagnosis> {
    if !smoke.selectors.is_empty() && !smoke.filters.is_empty() {
        return Err(refused("SELECTOR", "use either selectors or filters"));
    }
    let query = Query::parse(smoke.filters.search.as_deref().unwrap_or_default());
    if let Some(mistake) = query.mistakes.iter().find(|mistake| mistake.taken != Taken::AsTyped) {
        return Err(refused("--search", &format!("--search: {mistake}")));
    }
    let (rows, not_whole) = listed(context, server_filter(smoke), report).await?;
    let mut grants = if smoke.selectors.is_empty() {
        matching(&rows, smoke, query, wall())
    } else {
        let mut all = Vec::new();
        for selector in &smoke.selectors {
            let selected = jobs::select::find_in(selector, rows.iter(), wall())?;
            report.chosen(&selected);
            all.extend(selected.grant);
        }
        all
    };
    if smoke.only_failed {
        grants = failed_before(context, grants).await?;
    }
    grants.truncate(smoke.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    if grants.is_empty() {
        let none = if smoke.only_failed {
            "nothing failed in the last run on this machine"
        } else {
            "no grant matches"
        };
        if !smoke.allow_empty {
            // A check that checked nothing must not pass for one that went well.
            return Err(
                Diagnosis::new(Code::NothingSelected, Who::You, Retry::AfterRemedy).fact("selection", none)
            );
        }
        report.notice(none);
    }
    // Whole ids, and the first of all, are those that they are.
    let is_named = |selector: &Selector| matches!(selector, Selector::Named { .. });
    let all = smoke.limit.is_none() && (smoke.selectors.is_empty() || smoke.selectors.iter().any(is_named));
    Ok((grants, not_whole.filter(|_| all)))
}

/// What the backend can leave out already.
fn server_filter(smoke: &SmokeArguments) -> ServerFilter {
    match smoke.selectors.as_slice() {
        [] => smoke.filters.server_filter(),
        [one] => Selector::wide_filter(one),
        _ => ServerFilter::default(),
    }
}

async fn listed(
    context: &Context,
    filter: ServerFilter,
    report: &mut Report,
) -> Result<(Rows, Option<Diagnosis>), Diagnosis> {
    let client = &context.client;
    let all = jobs::everything(client, &wall, filter, |reading| report.reading(reading)).await;
    let all = all.map_err(|why| why.fact("backend", client.host()).fact("key", &client.masked_key()))?;
    let mut rows = Rows::default();
    for grant in all.grants {
        rows.put(grant);
    }
    Ok((rows, all.not_whole))
}

/// Those that the filters let through.
fn matching(rows: &Rows, smoke: &SmokeArguments, query: Query, wall: Timestamp) -> Vec<Grant> {
    let filters = &smoke.filters;
    let healths: Vec<Health> = filters.health.iter().flat_map(|group| group.members).copied().collect();
    let plan = Plan {
        rows: rows.snapshot(),
        server: filters.server_filter(),
        kind: filters.kind.as_deref().map(kind),
        health: None,
        order: Order::AsSent,
        tree: false,
        now: Now { millis: 0, wall },
        query,
    };
    let found = run(&plan, &|| false, &mut |_| ()).unwrap_or_default();
    let places = (0..found.len(rows.len())).filter_map(|place| found.at(place));
    let wanted = |grant: &&Grant| healths.is_empty() || healths.contains(&Health::of(grant, wall));
    let mut grants: Vec<Grant> = places.filter_map(|row| rows.get(row)).filter(wanted).cloned().collect();
    // A row of which nothing can be read may be one of them.
    let is_blank = |grant: &&Grant| grant.row.grant().is_none() && grant.provider.is_empty();
    for blank in rows.iter().filter(is_blank) {
        if !grants.iter().any(|grant| grant.row == blank.row) {
            grants.push(blank.clone());
        }
    }
    grants
}

/// Those that failed the last time.
async fn failed_before(context: &Context, grants: Vec<Grant>) -> Result<Vec<Grant>, Diagnosis> {
    let recorder = context.recorder.as_ref().filter(|recorder| recorder.keeps_verdicts());
    let Some(recorder) = recorder else {
        return Err(Diagnosis::new(Code::HistoryOff, Who::You, Retry::AfterRemedy)
            .fact("problem", "--only-failed needs results of an earlier run, and there are none"));
    };
    let ids: Vec<GrantId> = grants.iter().filter_map(|grant| grant.row.grant()).collect();
    let known = recorder.verdicts(recorder.whose(&context.backend()), ids, 1, None).await?;
    let failed: HashMap<GrantId, bool> = known
        .into_iter()
        .filter_map(|(id, found)| Some((id, found.first()?.verdict.standing() == Standing::Failing)))
        .collect();
    let is_failed =
        |grant: &Grant| grant.row.grant().and_then(|id| failed.get(&id).copied()).unwrap_or(false);
    Ok(grants.into_iter().filter(is_failed).collect())
}
