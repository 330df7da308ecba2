//! Everything that the catalog has ready is a call that both modes take, and that carries a credential only home.

use grantdeck::domain::provider::{self, KnownProvider, Preset};
use grantdeck::domain::{Origin, RequestDraft};
use grantdeck::protocol::call::{ProviderUrl, proxy, template};

use super::{GRANT, retrieval};

/// A ready call with `x` for what a person would have to fill in.
fn filled(known: &KnownProvider, call: &Preset, home: &Origin) -> RequestDraft {
    let base = known.base_url(known.base_from_grant.then_some(home)).expect("a base");
    let mut draft = call.draft(known, &base, grantdeck::domain::GrantId::parse(GRANT).expect("an id"));
    let places = template::places(&draft.url, &draft.path_parameters);
    let places: Vec<String> = places.into_iter().map(str::to_owned).collect();
    for place in places {
        if !draft.path_parameters.iter().any(|(name, _)| *name == place) {
            draft.path_parameters.push((place, "x".to_owned()));
        }
    }
    draft
}

#[test]
fn every_probe_and_preset_can_be_sent_in_both_modes() {
    let home = Origin::parse("https://acme.example").expect("an origin");
    let mut calls = 0;
    for (id, known) in provider::table() {
        for call in known.ready() {
            let what = format!("{id}: {}", call.name);
            let draft = filled(known, call, &home);
            proxy::request(&draft, None).unwrap_or_else(|error| panic!("{what}: {error}"));
            retrieval(&draft).unwrap_or_else(|error| panic!("{what}: {error}"));
            let url = template::fill(&draft.url, &draft.path_parameters).expect("a filled URL");
            let (url, _) = ProviderUrl::parse(&url).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(known.serves(url.host()) || url.is_at(&home), "{what}: {} is not its own", url.host());
            calls += 1;
        }
    }
    assert!(calls > 200, "{calls}");
}

#[test]
fn a_probe_needs_nobody_to_fill_anything_in() {
    for (id, known) in provider::table() {
        let Some(probe) = &known.probe else { continue };
        let call = probe.request();
        let open = [template::places(&call.path, &[]), template::plain(&call.path, &[])].concat();
        let open = open.into_iter().filter(|place| !call.places.contains_key(*place));
        assert_eq!(open.count(), 0, "{id}");
    }
}
