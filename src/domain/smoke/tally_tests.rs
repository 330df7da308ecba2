use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::smoke::Before;
use crate::{Grant, GrantId, RowId};

fn result(verdict: Verdict, before: Option<Verdict>, latency_ms: Option<u64>) -> SmokeResult {
    let id = GrantId(Uuid::nil());
    let at = Timestamp::UNIX_EPOCH;
    let before = before.map(|verdict| Before { verdict, at });
    let attempts = u32::from(latency_ms.is_some());
    SmokeResult {
        latency_ms,
        attempts,
        before,
        ..SmokeResult::blank(&Grant::blank(RowId::Grant(id)), id, verdict, at)
    }
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop::sample::select(Verdict::iter().collect::<Vec<_>>())
}

fn tally(results: &[SmokeResult]) -> Tally {
    let mut tally = Tally::default();
    for result in results {
        tally.add(result);
    }
    tally
}

proptest! {
    #[test]
    fn nothing_is_lost_and_the_order_does_not_matter(
        found in prop::collection::vec((verdict(), prop::option::of(verdict()), prop::option::of(0..20_000u64)), 0..60),
    ) {
        let results: Vec<SmokeResult> =
            found.iter().map(|(now, before, latency)| result(*now, *before, *latency)).collect();
        let counted = tally(&results);
        prop_assert_eq!(counted.total() as usize, results.len());
        let standings = [Standing::Fine, Standing::Failing, Standing::Untold].map(|each| counted.standing(each));
        prop_assert_eq!(standings.iter().sum::<u32>(), counted.total());
        let called = results.iter().filter(|result| result.latency_ms.is_some()).count() as u32;
        prop_assert_eq!((counted.called, counted.latencies().iter().sum::<u32>()), (called, called));
        prop_assert!(counted.broke + counted.healed <= counted.compared);
        let mut backwards = results.clone();
        backwards.reverse();
        prop_assert_eq!(tally(&backwards), counted);
    }

    #[test]
    fn a_change_is_only_reported_where_both_times_were_judged(now in verdict(), before in verdict()) {
        let reported = result(now, Some(before), None).change();
        let want = match (before.standing(), now.standing()) {
            (Standing::Untold, _) | (_, Standing::Untold) => None,
            (was, is) if was == is => None,
            (_, Standing::Fine) => Some(Change::Healed),
            _ => Some(Change::Broke),
        };
        prop_assert_eq!(reported, want);
        prop_assert_eq!(result(now, None, None).change(), None);
    }
}

#[test]
fn a_latency_falls_into_the_class_that_it_fits() {
    let counted =
        tally(&[0, 50, 51, 10_000, 10_001].map(|millis| result(Verdict::Works, None, Some(millis))));
    assert_eq!(counted.latencies(), [2, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
}

#[test]
fn a_sentence_says_what_a_manager_asks() {
    use Verdict as V;
    for (verdicts, want) in [
        (&[][..], "nothing was tested"),
        (&[V::Works], "1 works"),
        (&[V::Works, V::WorksBut], "2 work, 1 with a warning"),
        (
            &[V::Works, V::NeedsReconnect, V::MissingScopes, V::NeedsReconnect, V::NeedsApproval],
            "3 of 5 fail: 2 reconnect, 1 scopes; 1 approval; 1 works",
        ),
        (&[V::Skipped], "1 skipped; 0 work"),
    ] {
        let results: Vec<SmokeResult> = verdicts.iter().map(|verdict| result(*verdict, None, None)).collect();
        assert_eq!(tally(&results).sentence(), want);
    }
}
