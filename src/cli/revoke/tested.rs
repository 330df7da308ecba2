//! Siblings of what was revoked, tested afterwards: whether they survive is not known.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cli::report::Report;
use crate::cli::smoke;
use crate::domain::provider::Table;
use crate::domain::revoke::name;
use crate::domain::smoke::{SmokeResult, Standing, Verdict};
use crate::domain::words::counted;
use jiff::Timestamp;

use crate::domain::{Clean, Diagnosis, Grant, GrantId, Health};
use crate::jobs::Context;
use crate::jobs::smoke::SmokeRequest;

/// What the tests found.
#[derive(Default)]
pub(super) struct Tested {
    /// The siblings, as the list had them before.
    rows: Vec<(GrantId, Grant)>,
    results: HashMap<GrantId, Arc<SmokeResult>>,
    /// Why not all were tested.
    pub(super) stopped: Option<Diagnosis>,
    /// Somebody stopped it.
    pub(super) interrupted: bool,
}

impl Tested {
    /// The siblings, not tested.
    pub(super) fn not(ids: &BTreeSet<GrantId>, grants: &[Grant]) -> Self {
        let rows = grants.iter().filter_map(|grant| Some((grant.row.grant()?, grant)));
        let rows = rows.filter(|(id, _)| ids.contains(id)).map(|(id, grant)| (id, grant.clone())).collect();
        Self { rows, ..Self::default() }
    }

    /// Tests them.
    pub(super) async fn test(&mut self, context: &Context, table: Table, report: &mut Report) {
        let grants: Vec<Grant> = self.rows.iter().map(|(_, grant)| grant.clone()).collect();
        let siblings = counted(grants.len() as u64, "sibling");
        report.remark(&format!("testing {siblings} on the same credential"));
        let request = SmokeRequest { table: Arc::new(table), ..SmokeRequest::new(grants) };
        let (results, summary, signal) = smoke::test(context, request, report).await;
        self.results = results.into_iter().map(|result| (result.grant, result)).collect();
        (self.stopped, self.interrupted) = (summary.stopped, signal.is_some());
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn verdict(&self, id: GrantId) -> Option<Verdict> {
        self.results.get(&id).map(|result| result.verdict)
    }

    /// Siblings that do not work any more; those that were known to be broken before are left out.
    pub(super) fn broken(&self, now: Timestamp) -> usize {
        let fails = |id| self.verdict(id).is_some_and(|verdict| verdict.standing() == Standing::Failing);
        let worked =
            |grant: &Grant| !matches!(Health::of(grant, now), Health::NeedsReconnect | Health::MissingScopes);
        self.rows.iter().filter(|(id, grant)| fails(*id) && worked(grant)).count()
    }

    /// A line for each that was tested.
    pub(super) fn lines(&self) -> String {
        let line = |(id, grant): &(GrantId, Grant)| {
            let result = self.results.get(id)?;
            let verdict = result.verdict;
            let why = match verdict {
                Verdict::Works => String::new(),
                _ => format!(": {}", Clean::brief(&result.reason())),
            };
            let sign = verdict.sign();
            Some(format!("{sign} {id}  {}  sibling {}{why}\n", name(grant), verdict.word()))
        };
        self.rows.iter().filter_map(line).collect()
    }

    /// As data.
    pub(super) fn fields(&self) -> Value {
        let one = |(id, _): &(GrantId, Grant)| json!({ "grant_id": id.to_string(), "verdict": self.verdict(*id).map(Verdict::name) });
        self.rows.iter().map(one).collect()
    }

    /// What is left to do about them.
    pub(super) fn notice(&self, now: Timestamp) -> Option<String> {
        let left: Vec<GrantId> =
            self.rows.iter().map(|(id, _)| *id).filter(|id| self.verdict(*id).is_none()).collect();
        if left.is_empty() {
            let broken = self.broken(now) as u64;
            let verb = if broken == 1 { "works" } else { "work" };
            return (broken > 0).then(|| format!("{} no longer {verb}", counted(broken, "sibling")));
        }
        let ids: Vec<String> = left.iter().take(8).map(ToString::to_string).collect();
        let grants = counted(left.len() as u64, "grant");
        let which = format!("{grants} shared a credential with what was revoked");
        Some(format!("{which}; test: grantdeck smoke {}", ids.join(" ")))
    }
}
