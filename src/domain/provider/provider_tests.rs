//! The built-in table, row by row, and its parts.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::base::host_of;
use super::*;
use crate::{DraftBody, GrantId, Mode, Origin};

/// The provider ids in the official SDK 0.29.0.
const SDK: &str = "acuity-scheduling adobe aircall airtable apollo asana atlassian attio autodesk basecamp bitbucket \
    bitly box brex calendly cal-com canva clickup close constant-contact contentful deel dialpad digitalocean discord \
    docusign dropbox ebay eventbrite facebook figma github gitlab google hubspot instagram klaviyo linear linkedin \
    mailchimp mercury microsoft miro monday notion outreach pagerduty paypal pinterest pipedrive quickbooks ramp \
    reddit ringcentral rippling salesforce sentry slack snapchat spotify square squarespace stripe tiktok todoist \
    twitter typeform webex webflow xero zoom";

fn grant() -> GrantId {
    GrantId("7c1f0a52-3b1d-4d59-8a38-5f0c0f2a9e2a".parse().unwrap())
}

fn row(text: &str) -> KnownProvider {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_table_reads_and_every_row_is_sound() {
    let text = grantdeck_assets::PROVIDERS;
    let table: Table = toml::from_str(text).unwrap_or_else(|error| panic!("assets/providers.toml: {error}"));
    let mut found = Vec::new();
    for (id, row) in &table {
        found.extend(
            check::problems(row).into_iter().map(|wrong| format!("{id}.{}: {}", wrong.key, wrong.problem)),
        );
    }
    assert!(found.is_empty(), "assets/providers.toml:\n{}", found.join("\n"));
}

#[test]
fn every_provider_of_the_sdk_and_many_managed_secrets_are_there() {
    let ids: Vec<&str> = SDK.split_whitespace().collect();
    assert_eq!(ids.len(), 71);
    for id in ids {
        let row = table().get(id).unwrap_or_else(|| panic!("{id} has no row"));
        assert_ne!(row.kind, ProviderKind::Secret, "{id}");
    }
    let secrets = table().values().filter(|row| row.kind != ProviderKind::Oauth).count();
    assert!(secrets >= 25, "{secrets}");
    let rich = table().values().filter(|row| (2..=5).contains(&row.presets.len())).count();
    assert!(rich >= 25, "{rich} rows with two to five presets");
    assert!(table().values().all(|row| row.presets.len() <= 5), "more than five are a list, not a start");
}

#[test]
fn credentials_only_go_where_the_row_says() {
    for (id, row) in table() {
        assert!(!row.hosts.is_empty() || row.base_from_grant, "{id} has an API");
        let calls = row.ready().filter_map(|call| call.base.as_deref());
        for base in row.base.as_deref().into_iter().chain(calls) {
            assert!(host_of(base).is_some_and(|host| row.serves(host)), "{id}: {base} is none of its hosts");
        }
        assert!(row.base_from_grant || row.base_url(None).is_some(), "{id} has a base");
    }
}

#[test]
fn every_probe_says_what_it_rests_on() {
    for (id, row) in table() {
        assert!(row.docs.is_some(), "{id} names its documentation");
        let Some(probe) = &row.probe else { continue };
        assert!(probe.doc().is_some(), "{id}.probe names its page");
        assert_ne!(probe.state, Basis::Yours, "{id}.probe says its state");
        let general = probe.rests_on.to_lowercase().contains("general knowledge");
        assert_eq!(general, probe.state == Basis::General, "{id}.probe: `rests_on` and `state` disagree");
        assert!(probe.source.is_some() || probe.state == Basis::Documented, "{id}.probe names what was read");
        // An HTML page with status 200 must not count as an answer.
        let looks = !probe.assert.is_empty() || probe.answers == Answers::Nothing;
        assert!(looks, "{id}.probe asserts something");
    }
}

#[test]
fn what_an_answer_says_can_be_a_place_or_the_whole_body() {
    let probe = |means: &str| {
        let text = format!("name = \"X\"\nprobe = {{ path = \"/\", means = [{means}] }}");
        toml::from_str::<KnownProvider>(&text).map(|row| row.probe.unwrap())
    };
    let plain = probe(r#"{ when = { text = "Bad_OAuth_Token" }, verdict = "needs_reconnect" }"#).unwrap();
    for (body, holds) in [
        ("Bad_OAuth_Token", true),
        ("\r\n Bad_OAuth_Token\n", true),
        ("\"Bad_OAuth_Token\"", false),
        ("bad_oauth_token", false),
        ("Bad_OAuth_Token, and more", false),
        ("", false),
    ] {
        assert_eq!(plain.meaning(403, body.as_bytes()).is_some(), holds, "{body:?}");
    }
    assert!(plain.meaning(403, b"\xff").is_none(), "no text at all");
    let dated =
        probe(r#"{ status = 401, when = { at = "/a", or = "/b", begins = "no" }, verdict = "no_probe" }"#)
            .unwrap();
    for (status, body, holds) in [
        (401, r#"{"a":"no, thanks"}"#, true),
        (401, r#"{"a":null,"b":"nothing"}"#, true),
        (401, r#"{"a":"well, no"}"#, false),
        (401, r#"{"a":"yes","b":"no"}"#, false),
        (401, r#"{"a":["no"]}"#, false),
        (403, r#"{"a":"no, thanks"}"#, false),
        (401, "no", false),
    ] {
        assert_eq!(dated.meaning(status, body.as_bytes()).is_some(), holds, "{status} {body}");
    }
    for wrong in [
        r#"{ when = { text = "a", at = "/b" }, verdict = "gone" }"#,
        r#"{ when = { text = "a", equals = 1 }, verdict = "gone" }"#,
        r#"{ when = { equals = 1 }, verdict = "gone" }"#,
        r#"{ when = { at = "/b" }, verdict = "gone" }"#,
        r#"{ when = {}, verdict = "gone" }"#,
    ] {
        assert!(probe(wrong).is_err(), "{wrong}");
    }
    let asserted = "name = \"X\"\nprobe = { path = \"/\", assert = [{ text = \"a\" }] }";
    assert!(toml::from_str::<KnownProvider>(asserted).is_err(), "`text` asserts nothing");
}

#[test]
fn no_probe_asks_for_what_comes_with_a_live_credential() {
    // Endpoints whose answers contain a token, a password or the key itself.
    for (id, host, path) in [
        ("twilio", "api.twilio.com", "/2010-04-01/Accounts.json"),
        ("postmark", "api.postmarkapp.com", "/server"),
        ("elevenlabs", "api.elevenlabs.io", "/v1/user"),
        ("apify", "api.apify.com", "/v2/users/me"),
    ] {
        let row = known(id).unwrap();
        let base = row.base_url(None).unwrap();
        for call in row.ready() {
            let url = call.draft(row, &base, grant()).url;
            assert_ne!(url, format!("https://{host}{path}"), "{id}: {}", call.name);
        }
    }
}

#[test]
fn a_post_that_probes_is_a_graphql_query_or_explained() {
    let mut posts = BTreeSet::new();
    for (id, row) in table() {
        let Some(probe) = row.probe.as_ref().filter(|probe| probe.request().is_write(row)) else { continue };
        posts.insert(id.as_str());
        let body = probe.request().body.as_deref().unwrap_or("null");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        if let Some(query) = body["query"].as_str() {
            assert!(!query.contains("mutation"), "{id}");
        }
        assert_eq!(probe.request().method, "POST", "{id}");
    }
    assert!(posts.contains("linear") && posts.contains("dropbox"), "{posts:?}");
}

#[test]
fn a_host_belongs_to_an_api_or_not() {
    for (provider, host, serves) in [
        ("github", "api.github.com", true),
        ("github", "api.github.com.evil.example", false),
        ("github", "evil-api.github.com", false),
        ("aws-production", "s3.eu-central-1.amazonaws.com", true),
        ("aws-production", "amazonaws.com", false),
        ("aws-production", "evilamazonaws.com", false),
        ("shopify", "acme.myshopify.com", false),
    ] {
        assert_eq!(known(provider).unwrap().serves(host), serves, "{provider} {host}");
    }
}

#[test]
fn a_slug_finds_its_service() {
    assert_eq!(known("stripe-production").map(|row| row.name.as_str()), Some("Stripe"));
    assert_eq!(known("posthog-personal").map(|row| row.name.as_str()), Some("PostHog"));
    for nobody in ["nobody-knows", "box-office", "zoom-lens", "stripes", "-stripe", ""] {
        assert_eq!(known(nobody), None, "{nobody}");
    }
    assert!(known("cal-com").is_some() && known("box").is_some());
}

#[test]
fn a_base_is_the_grants_own_or_the_tables_or_the_first_host() {
    let own = Origin::parse("https://git.acme.example").unwrap();
    for (id, origin, want) in [
        ("gitlab", None, Some("https://gitlab.com/api/v4")),
        ("gitlab", Some(&own), Some("https://git.acme.example/api/v4")),
        ("hubspot", None, Some("https://api.hubapi.com")),
        ("shopify", None, None),
        ("shopify", Some(&own), Some("https://git.acme.example")),
        ("aws-production", None, Some("https://sts.amazonaws.com")),
    ] {
        assert_eq!(known(id).unwrap().base_url(origin).as_deref(), want, "{id} {origin:?}");
    }
}

#[test]
fn a_preset_becomes_a_draft() {
    let row = row(r#"
        name = "X"
        hosts = ["api.x.example"]
        headers = { X-Version = "1", Accept = "application/json" }
        probe_missing = "none"
        presets = [{ name = "A", help = "B.", method = "POST", path = "/v/{version}/{id}", places = { version = "2" },
            query = { limit = 3, tags = ["a", "b"] }, headers = { x-version = "2" }, body = '{"a":1}' }]
    "#);
    let preset = row.ready().next().unwrap();
    let draft = preset.draft(&row, &row.base_url(None).unwrap(), grant());
    assert_eq!((draft.method.as_str(), draft.mode), ("POST", Mode::Proxy));
    assert_eq!(draft.url, "https://api.x.example/v/{version}/{id}");
    assert_eq!(draft.path_parameters, [("version".to_owned(), "2".to_owned())]);
    assert_eq!(draft.query, [("limit".to_owned(), json!(3)), ("tags".to_owned(), json!(["a", "b"]))]);
    let headers = [("Accept", "application/json"), ("x-version", "2")];
    assert_eq!(draft.headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(draft.body, DraftBody::Json(r#"{"a":1}"#.to_owned()));
    assert!(draft.is_write() && draft.grant == grant());
}

#[test]
fn the_probe_comes_first_and_goes_to_its_own_base() {
    let google = known("google").unwrap();
    let first = google.ready().next().unwrap();
    assert_eq!(first.name, Probe::NAME);
    assert_eq!(google.ready().count(), google.presets.len() + 1);
    let draft = first.draft(google, &google.base_url(None).unwrap(), grant());
    assert_eq!(draft.url, "https://openidconnect.googleapis.com/v1/userinfo");
}

#[test]
fn scopes_that_are_still_needed_are_named() {
    let scopes = Scopes { any: vec!["a".into(), "b".into()], all: vec!["c".into()] };
    for (held, want) in
        [(&["b", "c"][..], &[][..]), (&["b"], &["c"]), (&["c"], &["a", "b"]), (&[], &["c", "a", "b"])]
    {
        assert_eq!(scopes.missing(|scope| held.contains(&scope)), want, "{held:?}");
    }
    assert!(Scopes::default().missing(|_| false).is_empty());
}

fn problems(text: &str) -> Vec<String> {
    check::problems(&row(text)).into_iter().map(|wrong| wrong.key).collect()
}

#[test]
fn an_unsound_row_is_reported_where() {
    let with = |line: &str| problems(&format!("name = \"X\"\nprobe_missing = \"none\"\n{line}"));
    assert_eq!(with(""), [""; 0]);
    for (line, key) in [
        ("console = \"http://x.example\"", "console"),
        ("hosts = [\"*.com\"]", "hosts"),
        ("hosts = [\"https://x.example\"]", "hosts"),
        ("base = \"https://x.example/\"", "base"),
        ("base = \"http://x.example\"", "base"),
        ("base = \"https://x.example/a/../b\"", "base"),
        ("headers = { Authorization = \"x\" }", "headers"),
        ("headers = { \"a b\" = \"x\" }", "headers"),
        ("headers = { a = \"x\\ny\" }", "headers"),
        ("presets = [{ name = \"\", help = \"a\", method = \"GET\", path = \"/\" }]", "presets[0].name"),
        ("presets = [{ name = \"a\", help = \"a\", method = \"get\", path = \"/\" }]", "presets[0].method"),
        ("presets = [{ name = \"a\", help = \"a\", method = \"GET\", path = \"a\" }]", "presets[0].path"),
        ("presets = [{ name = \"a\", help = \"a\", method = \"GET\", path = \"/a?b\" }]", "presets[0].path"),
        (
            "presets = [{ name = \"a\", help = \"a\", method = \"GET\", path = \"/\", body = \"{\" }]",
            "presets[0].body",
        ),
        (
            "presets = [{ name = \"Who am I\", help = \"a\", method = \"GET\", path = \"/\" }]",
            "presets[0].name",
        ),
        ("probe = { path = \"/\" }", "probe"),
    ] {
        assert_eq!(with(line), [key], "{line}");
    }
    let probe = |line: &str| problems(&format!("name = \"X\"\nprobe = {{ path = \"/\", {line} }}"));
    assert_eq!(probe("assert = []"), [""; 0]);
    for (line, key) in [
        ("method = \"POST\"", "probe.method"),
        ("method = \"POST\", reads = true, reads_because = \"It asks.\"", "probe.method"),
        ("method = \"POST\", reads = true, state = \"documented, not run\"", "probe.reads_because"),
        ("expect = []", "probe.expect"),
        ("expect = [401]", "probe.expect"),
        ("account = [\"email\"]", "probe.account"),
        ("answers = \"xml\"", "probe.assert"),
        ("answers = \"nothing\", account = [\"/a\"]", "probe.answers"),
        ("assert = [{ at = \"/a\", or = \"b\", present = true }]", "probe.assert"),
        ("means = [{ when = { at = \"a\", equals = 1 }, verdict = \"gone\" }]", "probe.means"),
        ("means = [{ when = { text = \"\" }, verdict = \"gone\" }]", "probe.means"),
        ("means = [{ when = { text = \"no\" }, verdict = \"works\" }]", "probe.means"),
        ("means = [{ status = 99, when = { text = \"no\" }, verdict = \"gone\" }]", "probe.means"),
        ("means = [{ when = { text = \"no\" }, verdict = \"gone\", because = \"\" }]", "probe.means"),
        (
            "answers = \"nothing\", means = [{ when = { at = \"/a\", equals = 1 }, verdict = \"gone\" }]",
            "probe.means",
        ),
        ("regions = [\"api.eu.x.example\"]", "probe.regions"),
    ] {
        assert_eq!(probe(line), [key], "{line}");
    }
}
