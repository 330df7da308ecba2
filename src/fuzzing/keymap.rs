//! A keymap file: whatever is in it, every row that was taken works, every other one is reported and its default kept.

use strum::IntoEnumIterator;

use super::choices::Choices;
use crate::app::Action;
use crate::app::keymap::{Binding, Chord, Keymap, Place, Resolution};
use crate::domain::Preset;

const KEYS: &[&str] = &[
    "a",
    "b",
    "j",
    "q",
    "g",
    "g g",
    "g x",
    "g g g",
    "space",
    "space a",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "ctrl-p",
    "ctrl-n",
    "ctrl-c",
    "alt-x",
    "ctrl-alt-x",
    "f1",
    "f12",
    "f25",
    "up",
    "page-down",
    "pagedown",
    "-",
    "ctrl--",
    ":",
    "?",
    "é",
    "東",
    "G",
    "shift-g",
    "ctrl-G",
    "ctrl-i",
    "ctrl-m",
    "ctrl-1",
    "alt-\\\\",
    "",
    " ",
    "ctrl-",
    "a  b",
    "hyper-x",
    "\\u0007",
    "\\t",
    "\u{202e}",
];

const FIELDS: &[&str] = &[
    "label = \"two words\"",
    "help = \"A sentence.\"",
    "group = \"More\"",
    "weight = 7",
    "weight = 101",
    "weight = -1",
    "weight = 1_0",
    "dangerous = true",
    "dangerous = 1",
    "lable = \"x\"",
    "label = 3",
    "label = \"\\u001b[31m\"",
    "keys = []",
    "place = \"grants\"",
];

const SIGNS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    ",",
    "\n",
    "#",
    "rows",
    "rows = ",
    "[rows]\n",
    "[[rows]]\n",
    "\\u",
    "é",
    ".",
    "1",
];

/// See the module.
pub fn keymap(data: &[u8]) -> bool {
    let mut choices = Choices::new(data);
    let preset = match choices.below(3) {
        0 => Preset::Vim,
        1 => Preset::Emacs,
        _ => Preset::Default,
    };
    let rows: Vec<String> = (0..choices.below(8)).map(|_| row(&mut choices)).collect();
    let text = format!("rows = [\n{}]\n", rows.concat());
    let mut bytes = text.into_bytes();
    let is_damaged = choices.one_in(4);
    if is_damaged {
        choices.damage(&mut bytes, SIGNS);
    }
    let text = String::from_utf8_lossy(&bytes);
    let (keymap, reports) = Keymap::load(preset, &text, "keys.toml");
    works(&keymap, &text);
    let lines = text.lines().count().max(1) + 1;
    let mut last = 0;
    for report in &reports {
        let line = report
            .facts
            .iter()
            .find(|(name, _)| *name == "line")
            .map(|(_, value)| value.as_str().parse::<usize>());
        let line = line.and_then(Result::ok);
        assert!(line.is_some_and(|line| (last.max(1)..=lines).contains(&line)), "{report:?} in\n{text}");
        last = line.unwrap_or_default();
    }
    if !is_damaged {
        // A row is taken or reported, never both and never neither.
        assert!(reports.len() <= rows.len(), "{reports:?} in\n{text}");
        if reports.is_empty() {
            keeps(preset, &keymap, rows.len(), &text);
        }
    }
    !rows.is_empty() && reports.len() < rows.len()
}

/// Every chord of every row does in its place what the row says.
fn works(keymap: &Keymap, text: &str) {
    for row in Place::iter().flat_map(|place| keymap.rows(place)) {
        for chord in &row.keys {
            let printed = chord.to_string();
            assert_eq!(printed.parse::<Chord>().as_ref(), Ok(chord), "{printed:?} in\n{text}");
            for (at, key) in chord.0.iter().enumerate() {
                let before = chord.0.get(..at).unwrap_or_default();
                let is_last = at + 1 == chord.0.len();
                let want = if is_last { Resolution::Do(row.action) } else { Resolution::Pending };
                assert_eq!(keymap.resolve(row.place, before, *key), want, "{printed} of {row:?} in\n{text}");
            }
        }
    }
}

/// Where nothing is reported, at most the rows of the file differ from the preset's.
fn keeps(preset: Preset, keymap: &Keymap, most: usize, text: &str) {
    let all = |keymap: &Keymap| -> Vec<Binding> {
        Place::iter().flat_map(|place| keymap.rows(place)).cloned().collect()
    };
    let (before, after) = (all(&Keymap::preset(preset)), all(keymap));
    let changed = after.iter().filter(|row| !before.contains(row)).count();
    assert!(changed <= most, "{changed} rows differ because of\n{text}");
    let dangerous = |rows: &[Binding]| rows.iter().filter(|row| row.dangerous).count();
    assert!(dangerous(&after) >= dangerous(&before), "a row is no longer dangerous because of\n{text}");
}

fn row(choices: &mut Choices<'_>) -> String {
    let places: Vec<&'static str> = Place::iter().map(Into::into).collect();
    let actions: Vec<&'static str> = Action::iter().map(Into::into).collect();
    let place = if choices.one_in(16) { "nowhere" } else { choices.pick(&places) };
    let action = if choices.one_in(16) { "nothing" } else { choices.pick(&actions) };
    let keys: Vec<String> = choices.several(KEYS, 3).iter().map(|key| format!("\"{key}\"")).collect();
    let mut fields = vec![
        format!("place = \"{place}\""),
        format!("keys = [{}]", keys.join(", ")),
        format!("action = \"{action}\""),
    ];
    if choices.one_in(12) {
        fields.remove(choices.below(fields.len()));
    }
    if choices.one_in(3) {
        fields.push(choices.pick(FIELDS).to_owned());
    }
    format!("  {{ {} }},\n", fields.join(", "))
}
