//! What the table promises, and that each mistake in a user's rows costs that row only.

use pretty_assertions::assert_eq;
use strum::IntoEnumIterator;

use super::*;
use crate::app::action::{AppAction, CommonAction, ListAction, ManageAction, Motion};
use crate::app::input::KeyCode;
use crate::domain::Code;

fn chord(text: &str) -> Chord {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What a series of keys does, typed one after the other.
fn typed(keymap: &Keymap, place: Place, text: &str) -> Resolution {
    let keys = chord(text).0;
    let mut answer = Resolution::Nothing;
    for (index, key) in keys.iter().enumerate() {
        answer = keymap.resolve(place, &keys[..index], *key);
        if index + 1 < keys.len() {
            assert_eq!(answer, Resolution::Pending, "{text}");
        }
    }
    answer
}

fn facts(diagnosis: &Diagnosis) -> Vec<(&'static str, &str)> {
    diagnosis.facts.iter().map(|(label, value)| (*label, value.as_str())).collect()
}

fn row(place: &str, keys: &str, action: &str) -> String {
    format!("  {{ place = \"{place}\", keys = {keys}, action = \"{action}\" }},\n")
}

fn load(rows: &[String]) -> (Keymap, Vec<Diagnosis>) {
    Keymap::load(Preset::Default, &format!("rows = [\n{}]\n", rows.concat()), "keys.toml")
}

#[test]
fn a_row_for_several_places_is_a_row_for_each_of_them() {
    let rows = [row("X", "[\"ctrl-o\"]", "refresh").replace("\"X\"", "[\"grants\", \"scan\", \"grants\"]")];
    let (keymap, mistakes) = load(&rows);
    assert_eq!(mistakes, []);
    let refresh = Resolution::Do(Action::Common(CommonAction::Refresh));
    assert_eq!(typed(&keymap, Place::Grants, "ctrl-o"), refresh);
    assert_eq!(typed(&keymap, Place::Scan, "ctrl-o"), refresh);
    assert_eq!(typed(&keymap, Place::Smoke, "ctrl-o"), Resolution::Nothing);
}

#[test]
fn a_mistake_in_a_list_of_places_costs_the_row_and_is_named() {
    for (places, problem, hint) in [
        ("[\"grants\", \"scam\"]", "no place `scam`", Some("did you mean `scan`?")),
        ("[\"grants\", 7]", "`place` must be a text or a list of texts", None),
        ("[]", "`place` must be a text or a list of texts", None),
        ("true", "`place` must be a text or a list of texts", None),
    ] {
        let text = row("X", "[\"ctrl-o\"]", "refresh").replace("\"X\"", places);
        let (keymap, mistakes) = load(&[text]);
        assert_eq!(typed(&keymap, Place::Grants, "ctrl-o"), Resolution::Nothing, "{places}");
        let facts = facts(&mistakes[0]);
        assert!(facts.iter().any(|(_, fact)| fact.contains(problem)), "{places}: {facts:?}");
        assert_eq!(hint.is_some(), format!("{:?}", mistakes[0]).contains("did you mean"), "{places}");
    }
}

#[test]
fn the_embedded_table_has_no_mistakes() {
    let rows = builtin::rows();
    assert_eq!(check::clashes(&rows), []);
    for (index, row) in rows.iter().enumerate() {
        let name = format!("{} {}", row.place, row.action);
        assert!(!row.keys.is_empty(), "{name}");
        assert!((1..=2).contains(&row.label.split(' ').count()), "{name}: {}", row.label);
        assert!(row.help.ends_with('.') && !row.group.is_empty(), "{name}");
        let twice =
            rows.iter().skip(index + 1).any(|other| (other.place, other.action) == (row.place, row.action));
        assert!(!twice, "{name}");
    }
    for action in Action::iter() {
        assert!(rows.iter().any(|row| row.action == action), "{action} has no row");
    }
}

#[test]
fn every_embedded_chord_does_what_its_row_says() {
    let keymap = Keymap::builtin();
    for row in Place::iter().flat_map(|place| keymap.rows(place)) {
        for chord in &row.keys {
            assert_eq!(typed(&keymap, row.place, &chord.to_string()), Resolution::Do(row.action), "{row:?}");
        }
    }
}

#[test]
fn the_footer_of_the_list_begins_with_what_a_newcomer_needs() {
    let keymap = Keymap::builtin();
    let mut hints: Vec<&Binding> = keymap.rows(Place::Grants).chain(keymap.rows(Place::Global)).collect();
    // Without a session these come first, and with one they are not there.
    hints.retain(|row| !matches!(row.action, Action::App(AppAction::TryDemo | AppAction::TypeKey)));
    // It is there only where a grant needs it.
    hints.retain(|row| row.action != Action::Manage(ManageAction::Reconnect));
    hints.sort_by_key(|row| std::cmp::Reverse(row.weight));
    let first: Vec<String> =
        hints.iter().take(5).map(|row| format!("{} {}", row.keys[0], row.label)).collect();
    assert_eq!(first, ["/ search", "p provider", "enter detail", "c call", "? help"]);
}

#[test]
fn a_place_comes_before_global_and_inputs_stand_alone() {
    let keymap = Keymap::builtin();
    for (place, text, want) in [
        (Place::Grants, "q", Resolution::Do(Action::App(AppAction::Quit))),
        (Place::Help, "q", Resolution::Do(Action::App(AppAction::Back))),
        (Place::Picker, "ctrl-p", Resolution::Do(Action::Move(Motion::Up))),
        (Place::Grants, "ctrl-p", Resolution::Do(Action::App(AppAction::Palette))),
        (Place::Input, "q", Resolution::Nothing),
        (Place::Input, "ctrl-c", Resolution::Do(Action::App(AppAction::Back))),
        (Place::Global, "ctrl-c", Resolution::Do(Action::App(AppAction::Quit))),
        (Place::Grants, "g", Resolution::Pending),
        (Place::Grants, "g g", Resolution::Do(Action::Move(Motion::Top))),
        (Place::Grants, "g x", Resolution::Nothing),
        (Place::Grants, "space", Resolution::Do(Action::List(ListAction::Mark))),
    ] {
        assert_eq!(typed(&keymap, place, text), want, "{place} {text}");
    }
    // A chord that is over cannot be continued.
    assert_eq!(keymap.resolve(Place::Grants, &[Key::char('j')], Key::char('j')), Resolution::Nothing);
}

#[test]
fn rows_are_found_in_their_place_then_globally() {
    let keymap = Keymap::builtin();
    assert_eq!(
        keymap.row(Place::Grants, Action::App(AppAction::Quit)).map(|row| row.place),
        Some(Place::Global)
    );
    assert_eq!(keymap.row(Place::Help, Action::App(AppAction::Back)).map(|row| row.place), Some(Place::Help));
    assert_eq!(keymap.row(Place::Help, Action::List(ListAction::Sort)), None);
}

#[test]
fn continuations_list_what_may_follow() {
    let keymap = Keymap::builtin();
    let after_g = keymap.continuations(Place::Grants, &[Key::char('g')]);
    let after_g: Vec<_> = after_g.iter().map(|(key, row)| (*key, row.action)).collect();
    assert_eq!(after_g, [(Key::char('g'), Action::Move(Motion::Top))]);
    assert!(keymap.continuations(Place::Grants, &[Key::char('j')]).is_empty());
    let esc = Key::plain(KeyCode::Esc);
    let at_start = keymap.continuations(Place::Picker, &[]);
    let esc: Vec<_> = at_start.iter().filter(|(key, _)| *key == esc).map(|(_, row)| row.place).collect();
    assert_eq!(esc, [Place::Picker]);
}

#[test]
fn a_user_s_row_replaces_the_keys_of_its_action_only() {
    let (keymap, reports) = load(&[row("grants", r#"["J", "f5"]"#, "refresh"), row("grants", "[]", "watch")]);
    assert_eq!(reports, []);
    for (text, want) in [
        ("J", Resolution::Do(Action::Common(CommonAction::Refresh))),
        ("f5", Resolution::Do(Action::Common(CommonAction::Refresh))),
        ("r", Resolution::Nothing),
        ("w", Resolution::Nothing),
        ("j", Resolution::Do(Action::Move(Motion::Down))),
    ] {
        assert_eq!(typed(&keymap, Place::Grants, text), want, "{text}");
    }
    let refresh = keymap.row(Place::Grants, Action::Common(CommonAction::Refresh)).unwrap();
    assert_eq!((refresh.label.as_str(), refresh.weight), ("refresh", 40));
}

#[test]
fn two_rows_may_change_their_keys_with_each_other() {
    let (keymap, reports) = load(&[row("grants", r#"["k"]"#, "down"), row("grants", r#"["j"]"#, "up")]);
    assert_eq!(reports, []);
    assert_eq!(typed(&keymap, Place::Grants, "k"), Resolution::Do(Action::Move(Motion::Down)));
    assert_eq!(typed(&keymap, Place::Grants, "j"), Resolution::Do(Action::Move(Motion::Up)));
}

#[test]
fn an_action_may_get_a_key_in_a_place_that_had_none() {
    let (keymap, reports) = load(&[row("detail", r#"["w"]"#, "watch")]);
    assert_eq!(reports, []);
    assert_eq!(typed(&keymap, Place::Detail, "w"), Resolution::Do(Action::List(ListAction::Watch)));
    assert_eq!(keymap.row(Place::Detail, Action::List(ListAction::Watch)).unwrap().label, "watch");
}

#[test]
fn each_mistake_is_reported_with_its_line_and_costs_its_own_row_only() {
    let good = row("grants", r#"["J"]"#, "refresh");
    for (bad, problem, hint) in [
        (row("grant", r#"["J"]"#, "watch"), "no place `grant`", "did you mean `grants`?"),
        (row("grants", r#"["W"]"#, "wacth"), "no action `wacth`", "did you mean `watch`?"),
        (row("grants", r#"["pagedown"]"#, "watch"), "no key `pagedown`", "did you mean `page-down`?"),
        (
            row("grants", r#"["ctrl-i"]"#, "watch"),
            "terminals cannot send `ctrl-i`",
            "terminals send it as `tab`; use that",
        ),
        (
            row("grants", r#"["x"]"#, "watch"),
            "`x` already means `clear-filters` in grants",
            "choose another chord, or change the other row too",
        ),
        (
            row("grants", r#"["g"]"#, "watch"),
            "`g` is a prefix of `g g` and would hide `top` in grants",
            "choose another chord, or change the other row too",
        ),
        (
            row("grants", r#"["z z"]"#, "watch"),
            "`z` is a prefix of `z z` and would hide `privacy` in global",
            "choose another chord, or change the other row too",
        ),
        (
            "  { place = \"grants\", key = [\"J\"], action = \"watch\" },\n".to_owned(),
            "no column `key`",
            "did you mean `keys`?",
        ),
        (
            "  { place = \"grants\", keys = [], action = \"watch\", weight = 300 },\n".to_owned(),
            "`weight` must be a number from 0 to 100",
            "",
        ),
        ("  { place = \"grants\", keys = [] },\n".to_owned(), "the row has no `action`", ""),
        ("  7,\n".to_owned(), "a row must be a table", ""),
        (good.clone(), "line 2 already has a row for this action", "list all keys in one row"),
    ] {
        let (keymap, reports) = load(&[good.clone(), bad.clone()]);
        let [report] = reports.as_slice() else { panic!("{bad}: {reports:?}") };
        assert_eq!(report.code, Code::KeymapMalformed);
        let facts = facts(report);
        assert!(facts.starts_with(&[("file", "keys.toml"), ("line", "3")]), "{bad}: {facts:?}");
        assert!(facts.contains(&("problem", problem)), "{bad}: {facts:?}");
        assert_eq!(facts.iter().find(|(label, _)| *label == "hint").map_or("", |fact| fact.1), hint, "{bad}");
        assert_eq!(
            typed(&keymap, Place::Grants, "J"),
            Resolution::Do(Action::Common(CommonAction::Refresh)),
            "{bad}"
        );
        assert_eq!(
            typed(&keymap, Place::Grants, "w"),
            Resolution::Do(Action::List(ListAction::Watch)),
            "{bad}"
        );
        assert_eq!(
            typed(&keymap, Place::Grants, "x"),
            Resolution::Do(Action::List(ListAction::ClearFilters)),
            "{bad}"
        );
    }
}

#[test]
fn a_refused_row_gives_its_default_back_even_where_another_row_took_its_keys() {
    // `up` is refused, so `k` is its own again, so `down` cannot have it.
    let (keymap, reports) = load(&[row("grants", r#"["k"]"#, "down"), row("grants", r#"["x"]"#, "up")]);
    let lines: Vec<_> = reports.iter().map(|report| facts(report)[1].1.to_owned()).collect();
    assert_eq!(lines, ["2", "3"]);
    assert_eq!(typed(&keymap, Place::Grants, "k"), Resolution::Do(Action::Move(Motion::Up)));
    assert_eq!(typed(&keymap, Place::Grants, "j"), Resolution::Do(Action::Move(Motion::Down)));
}

#[test]
fn a_file_that_is_not_toml_leaves_all_defaults() {
    let (keymap, reports) = Keymap::load(Preset::Default, "rows = [\n  { place = \"grants\",\n", "keys.toml");
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(keymap.rows(Place::Grants).count(), Keymap::builtin().rows(Place::Grants).count());
    let (_, reports) = Keymap::load(Preset::Default, "row = []\n", "keys.toml");
    assert_eq!(facts(&reports[0])[1], ("line", "1"));
}

#[test]
fn hostile_words_of_a_user_s_row_are_cleaned() {
    let text =
        "rows = [{ place = \"grants\", keys = [\"J\"], action = \"refresh\", label = \"\\u001b[2J\" }]";
    let (keymap, reports) = Keymap::load(Preset::Default, text, "keys.toml");
    assert_eq!(reports, []);
    assert_eq!(
        keymap.row(Place::Grants, Action::Common(CommonAction::Refresh)).unwrap().label,
        "\u{fffd}[2J"
    );
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn loading_never_fails_and_never_leaves_a_clash(
            picks in prop::collection::vec((0usize..6, 0usize..48, prop::collection::vec("[a-z]( [a-z])?", 0..3)), 0..12)
        ) {
            let rows: Vec<String> = picks.iter().map(|(place, action, keys)| {
                let place = Place::iter().nth(*place).unwrap();
                let action = Action::iter().nth(action % Action::iter().count()).unwrap();
                row(&place.to_string(), &format!("{keys:?}"), &action.to_string())
            }).collect();
            let (keymap, _) = load(&rows);
            prop_assert_eq!(check::clashes(&keymap.rows), vec![]);
        }

        #[test]
        fn any_text_can_be_loaded(text in any::<String>()) {
            Keymap::load(Preset::Default, &text, "keys.toml");
        }
    }
}

#[test]
fn presets_are_whole_and_free_of_clashes() {
    for (preset, text) in [(Preset::Vim, VIM), (Preset::Emacs, EMACS)] {
        let (drafts, mistakes) = table::read(text);
        assert!(mistakes.is_empty(), "{preset}: {mistakes:?}");
        let rows = rows_of(preset);
        let clashes = check::clashes(&rows);
        let message: Vec<String> = clashes
            .iter()
            .map(|clash| {
                format!("{} in {:?}", clash.chord, clash.rows.map(|row| (rows[row].place, rows[row].action)))
            })
            .collect();
        assert_eq!(message, [""; 0], "{preset}");
        for (at, draft) in drafts.iter().enumerate() {
            let again = drafts.iter().skip(at + 1);
            assert!(
                !again.into_iter().any(|other| (other.place, other.action) == (draft.place, draft.action)),
                "{draft:?}"
            );
            let row = rows.iter().find(|row| (row.place, row.action) == (draft.place, draft.action)).unwrap();
            assert!(!row.help.is_empty() && !row.label.is_empty(), "{draft:?} is explained by no row");
        }
        let builtin = builtin::rows();
        for row in &builtin {
            let mine = rows.iter().find(|mine| (mine.place, mine.action) == (row.place, row.action)).unwrap();
            assert!(!mine.keys.is_empty(), "{preset} takes {} in {} away", row.action, row.place);
        }
    }
}

#[test]
fn the_user_s_own_rows_go_over_the_preset() {
    let user = "rows = [\n{ place = \"grants\", keys = [\"ctrl-n\"], action = \"refresh\" },\n{ place = \"grants\", keys = [\"x\"], action = \"down\" },\n]\n";
    let (_, reports) = Keymap::load(Preset::Default, user, "keys.toml");
    assert_eq!(reports.len(), 1, "x is taken, ctrl-n is not: {reports:?}");
    let (keymap, reports) = Keymap::load(Preset::Emacs, user, "keys.toml");
    assert_eq!(reports.len(), 2, "ctrl-n is the preset's: {reports:?}");
    let down = Key::ctrl('n');
    assert_eq!(
        keymap.resolve(Place::Grants, &[], down),
        Resolution::Do(Action::Move(Motion::Down)),
        "the preset's row stays"
    );
    let own = "rows = [\n{ place = \"grants\", keys = [\"j\"], action = \"down\" },\n{ place = \"grants\", keys = [\"ctrl-n\"], action = \"refresh\" },\n]\n";
    let (keymap, reports) = Keymap::load(Preset::Emacs, own, "keys.toml");
    assert_eq!(reports, [], "the person gave ctrl-n free");
    assert_eq!(
        keymap.resolve(Place::Grants, &[], down),
        Resolution::Do(Action::Common(CommonAction::Refresh))
    );
}
