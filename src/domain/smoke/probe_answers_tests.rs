//! Documented answers of providers, and the verdicts they lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use strum::{Display, IntoStaticStr};
use uuid::Uuid;

use super::*;
use crate::provider::{KnownProvider, ProviderKind, table};
use crate::smoke::Standing;
use crate::{GrantId, Origin, RowId};

const ANSWERS: &str = include_str!("../../../tests/smoke/probe_answers.toml");

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Healthy,
    Restricted,
    Dead,
    Region,
    Error,
    Busy,
    Down,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    source: String,
    answers: Vec<Answer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    kind: Kind,
    #[serde(rename = "as")]
    held_as: Option<HeldAs>,
    status: u16,
    body: String,
    verdict: Verdict,
    account: Option<String>,
    says: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HeldAs {
    Key,
}

fn answers() -> BTreeMap<String, Row> {
    toml::from_str(ANSWERS).unwrap_or_else(|error| panic!("{error}"))
}

/// A grant of a provider as in the list, without an origin.
fn grant(id: &str, row: &KnownProvider, held_as: Option<HeldAs>) -> Grant {
    let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::nil())));
    grant.provider = id.into();
    let is_key = row.kind == ProviderKind::Secret || held_as == Some(HeldAs::Key);
    grant.kind = if is_key { GrantKind::ManagedSecret } else { GrantKind::Oauth };
    grant
}

fn judged(grant: &Grant, row: &KnownProvider, status: u16, body: &str) -> Judged {
    let answer = ProviderAnswer::new(status, Vec::new(), body);
    let now = "2026-11-30T00:00:00Z".parse().unwrap();
    of_answer(grant, row.probe.as_ref().unwrap(), &answer, None, ReasonDetail::Values, now)
}

fn why(judged: &Judged) -> &str {
    judged.why.as_ref().map_or("", Clean::as_str)
}

#[test]
fn every_answer_in_a_providers_own_words_gets_its_verdict() {
    let mut wrong = Vec::new();
    for (id, Row { source, answers }) in answers() {
        assert!(!source.is_empty(), "{id}");
        let row = &table()[&id];
        for answer in answers {
            let grant = grant(&id, row, answer.held_as);
            let found = judged(&grant, row, answer.status, &answer.body);
            let reported = why(&found);
            if found.verdict != answer.verdict
                || !reported.contains(answer.says.as_deref().unwrap_or_default())
            {
                wrong.push(format!(
                    "{id}, {}: {} ({reported})\n  {}",
                    answer.kind, found.verdict, answer.body
                ));
            }
            if found.verdict == Verdict::NoProbe && found.code.is_some() {
                wrong.push(format!("{id}, {}: no failure has the code {:?}", answer.kind, found.code));
            }
            let named = row.probe.as_ref().unwrap().judge(answer.status, answer.body.as_bytes()).account;
            if answer.verdict == Verdict::Works
                && named.as_ref().map(Clean::as_str) != answer.account.as_deref()
            {
                wrong.push(format!("{id}: the account is {named:?}, not {:?}", answer.account));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Only what the key of another region would bring as well makes one think of regions.
#[test]
fn another_region_is_thought_of_where_the_key_may_be_right() {
    let mut thought_of = 0;
    for (id, row) in table() {
        let Some(probe) = &row.probe else { continue };
        let grant = grant(id, row, None);
        for (status, may_be) in
            [(401, true), (403, true), (404, true), (400, false), (418, false), (503, false)]
        {
            if probe.meaning(status, b"{}").is_some() || probe.expect.contains(&status) {
                continue;
            }
            let judged = judged(&grant, row, status, "{}");
            let says = why(&judged).contains("another region");
            assert_eq!(says, may_be && other_regions(&grant, probe).is_some(), "{id} {status}: {judged:?}");
            thought_of += usize::from(says && status == 403);
        }
    }
    assert!(thought_of > 0);
}

/// Documented answers other than to a valid credential, taken from the documentation and not from the table.
const DOCUMENTED: &[(&str, &[Kind])] = &[
    ("slack", &[Kind::Dead, Kind::Restricted, Kind::Error]),
    ("salesforce", &[Kind::Dead]),
    ("hubspot", &[Kind::Restricted]),
    ("klaviyo", &[Kind::Restricted]),
    ("linear", &[Kind::Dead, Kind::Restricted, Kind::Error, Kind::Busy]),
    ("zoom", &[Kind::Restricted]),
    ("figma", &[Kind::Dead, Kind::Restricted]),
    ("stripe", &[Kind::Dead, Kind::Restricted]),
    ("quickbooks", &[Kind::Region]),
    ("pagerduty", &[Kind::Region]),
    ("acuity-scheduling", &[Kind::Restricted]),
    ("attio", &[Kind::Dead]),
    ("bitly", &[Kind::Dead]),
    ("contentful", &[Kind::Region]),
    ("facebook", &[Kind::Dead, Kind::Restricted, Kind::Busy, Kind::Down]),
    ("instagram", &[Kind::Dead]),
    ("monday", &[Kind::Restricted, Kind::Error]),
    ("outreach", &[Kind::Restricted]),
    ("sentry", &[Kind::Error]),
    ("tiktok", &[Kind::Dead, Kind::Restricted, Kind::Busy, Kind::Down]),
    ("typeform", &[Kind::Region]),
    ("zendesk", &[Kind::Error]),
    ("openai", &[Kind::Dead, Kind::Restricted, Kind::Region]),
    ("aws", &[Kind::Dead, Kind::Region]),
    ("twilio", &[Kind::Dead, Kind::Restricted, Kind::Region]),
    ("sendgrid", &[Kind::Restricted, Kind::Region]),
    ("datadog", &[Kind::Dead, Kind::Region]),
    ("cloudflare", &[Kind::Dead, Kind::Restricted]),
    ("posthog", &[Kind::Restricted, Kind::Region]),
    ("mailgun", &[Kind::Region]),
    ("resend", &[Kind::Dead, Kind::Restricted]),
    ("brevo", &[Kind::Dead, Kind::Restricted]),
    ("vercel", &[Kind::Dead]),
    ("gemini", &[Kind::Dead]),
    ("elevenlabs", &[Kind::Dead, Kind::Restricted, Kind::Region]),
    ("deepgram", &[Kind::Region]),
    ("assemblyai", &[Kind::Region]),
    ("newrelic", &[Kind::Dead, Kind::Region, Kind::Error]),
    ("launchdarkly", &[Kind::Region]),
    ("intercom", &[Kind::Region]),
    ("terraform", &[Kind::Region]),
    ("snyk", &[Kind::Region]),
    ("databricks", &[Kind::Dead, Kind::Restricted]),
    ("grafana", &[Kind::Dead]),
    ("mapbox", &[Kind::Error]),
];

#[test]
fn every_probe_has_the_answers_that_are_documented() {
    let known = answers();
    let probed: BTreeSet<&String> =
        table().iter().filter(|(_, row)| row.probe.is_some()).map(|(id, _)| id).collect();
    assert_eq!(known.keys().collect::<BTreeSet<_>>(), probed);
    assert_eq!(probed.len(), 118);
    let kinds = |id: &str| -> BTreeSet<Kind> { known[id].answers.iter().map(|answer| answer.kind).collect() };
    for id in known.keys() {
        assert!(kinds(id).contains(&Kind::Healthy), "{id} has the answer to a good credential");
        let regional = !table()[id].probe.as_ref().unwrap().regions.is_empty();
        assert!(!regional || kinds(id).contains(&Kind::Region), "{id} has the answer to another region");
    }
    for (id, documented) in DOCUMENTED {
        for kind in *documented {
            assert!(kinds(id).contains(kind), "{id} has no answer of the kind {kind}");
        }
    }
}

#[test]
fn a_good_key_that_may_not_ask_is_never_dead_and_a_dead_one_never_fine() {
    for (id, Row { answers, .. }) in answers() {
        for Answer { kind, verdict, held_as, body, .. } in answers {
            let is_key = table()[&id].kind == ProviderKind::Secret || held_as == Some(HeldAs::Key);
            match kind {
                Kind::Restricted => assert_ne!(verdict, Verdict::NeedsReconnect, "{id}: {body}"),
                Kind::Dead | Kind::Region => {
                    assert_eq!(verdict.standing(), Standing::Failing, "{id}: {body}");
                }
                _ => {}
            }
            // If the provider's message is specific.
            let reported = !["brevo", "vercel"].contains(&id.as_str());
            if kind == Kind::Restricted && is_key && reported {
                assert_ne!(verdict.standing(), Standing::Failing, "{id}: {body}");
            }
        }
    }
}

#[test]
fn what_every_provider_may_answer_by_its_status_alone() {
    for (id, row) in table().iter().filter(|(_, row)| row.probe.is_some()) {
        let grant = grant(id, row, None);
        for (status, body, verdict) in [
            (401, "", Verdict::NeedsReconnect),
            (401, "no", Verdict::NeedsReconnect),
            (401, "{}", Verdict::NeedsReconnect),
            (429, "{}", Verdict::RateLimited),
            (500, "", Verdict::ProviderDown),
            (503, "<html>Service Unavailable</html>", Verdict::ProviderDown),
            (302, "", Verdict::ProviderRefused),
            (403, "{}", Verdict::ProviderRefused),
            (200, "<!doctype html><title>Sign in</title>", Verdict::Unclear),
            (200, "", Verdict::Unclear),
        ] {
            let found = judged(&grant, row, status, body);
            assert_eq!(found.verdict, verdict, "{id} {status} {body}: {}", why(&found));
        }
        let empty = judged(&grant, row, 200, "{}");
        assert_ne!(empty.verdict.standing(), Standing::Fine, "{id} takes an empty answer for a good one");
    }
}

#[test]
fn a_region_is_named_only_where_the_grant_does_not_say() {
    let (known, refused) = (&table()["posthog"], r#"{"type":"authentication_error"}"#);
    let mut silent = grant("posthog", known, None);
    assert!(
        why(&judged(&silent, known, 401, refused))
            .ends_with("the account may be in another region, at eu.posthog.com")
    );
    silent.extra_mut().api_base_url = Origin::parse("https://eu.posthog.com");
    assert_eq!(why(&judged(&silent, known, 401, refused)), "the provider answered 401; 200 means it works");
    // If it works, or the provider is down, no other region is suggested.
    let row = &table()["sendgrid"];
    let sendgrid = grant("sendgrid", row, None);
    for status in [200, 429, 503] {
        assert!(!why(&judged(&sendgrid, row, status, r#"{"scopes":[]}"#)).contains("region"), "{status}");
    }
}
