//! What the catalog has ready for the demonstration's providers is answered here.

use super::*;
use crate::tables;
use grantdeck_domain::provider::{self, KnownProvider, Preset};
use grantdeck_domain::{GrantId, Origin};

/// The URL of a ready call, with `1` for what a person would have to fill in.
fn url(known: &KnownProvider, call: &Preset, home: Option<&Origin>) -> Url {
    let base = known.base_url(home).expect("a base");
    let draft = call.draft(known, &base, GrantId(Uuid::nil()));
    let mut url = draft.url;
    for (name, value) in &draft.path_parameters {
        url = url.replace(&format!("{{{name}}}"), value);
    }
    while let Some((before, rest)) = url.split_once('{') {
        url = format!("{before}1{}", rest.split_once('}').expect("a closed place").1);
    }
    let mut url = Url::parse(&url).expect("a URL");
    for (name, value) in &draft.query {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        url.query_pairs_mut().append_pair(name, &text);
    }
    url
}

#[test]
fn every_ready_call_of_the_demonstration_has_an_answer() {
    let providers = tables::providers();
    let selectors = providers.provider.iter().map(|row| (&row.id, row.api_base_url.as_deref()));
    let mut missing = Vec::new();
    let mut checked = 0;
    for (selector, home) in selectors.chain(providers.secret.iter().map(|row| (&row.slug, None))) {
        let Some(known) = provider::known(selector) else { continue };
        let home = home.and_then(|home| Origin::parse(&home.replace("{slug}", "acme")));
        let row = row_of(selector).unwrap_or_else(|| panic!("{selector}"));
        for call in known.ready() {
            let url = url(known, call, home.as_ref());
            let own = home.as_ref().and_then(|home| home.as_str().strip_prefix("https://"));
            let host = url.host_str().expect("a host");
            let path: Vec<String> = url.path().split('/').skip(1).map(decode).collect();
            let parameters: Vec<(String, String)> =
                url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
            let fits = |endpoint: &Endpoint| endpoint.fits(&call.method, &path, &parameters).is_some();
            let answered =
                row.endpoints.iter().any(fits) || table::returns(&row.ids, &call.method, &path).is_some();
            if !answered || !(row.lives_at(host) || own == Some(host)) {
                missing.push(format!("{selector}: {} {url}", call.method));
            }
            checked += 1;
        }
    }
    assert!(missing.is_empty(), "assets/demo_answers.toml has no answer for\n{}", missing.join("\n"));
    assert!(checked > 100, "{checked}");
}
