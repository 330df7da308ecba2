use proptest::prelude::*;

use super::*;

thread_local! {
    static COUNTED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Records the entries that the code under test read or moved.
pub(super) fn count_work(entries: usize) {
    COUNTED.set(COUNTED.get() + entries);
}

const TEXT: &[u8] = br#"{"a":[1,{"b":null},[]],"c":{"d":[2]},"e":3}"#;

fn tape(text: &[u8]) -> Tape {
    Tape::build(text, &|| false).unwrap()
}

/// The visible entries, computed naively.
fn visible(tape: &Tape, folds: &Folds) -> Vec<TokenId> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(token) = tape.token(at) {
        out.push(token);
        at = if folds.is_folded(tape, token) { tape.last(token).index() } else { at } + 1;
    }
    out
}

fn check(tape: &Tape, folds: &Folds) {
    let visible = visible(tape, folds);
    assert_eq!(folds.visible_len(tape), visible.len());
    for (line, token) in visible.iter().enumerate() {
        assert_eq!(folds.token_at(tape, line), Some(*token));
        assert_eq!(folds.line_of(*token), line);
    }
    assert_eq!(folds.token_at(tape, visible.len()), None);
    for index in 0..tape.len() {
        let token = tape.token(index).unwrap();
        let behind = visible.partition_point(|shown| shown.index() <= index);
        assert_eq!(folds.line_of(token), behind - 1);
    }
}

fn place(text: &[u8], needle: &[u8]) -> usize {
    memchr::memmem::find(text, needle).unwrap()
}

#[test]
fn folding_hides_what_is_inside() {
    let tape = tape(TEXT);
    let mut folds = Folds::default();
    assert_eq!(folds.visible_len(&tape), 15);
    let list = tape.token(1).unwrap();
    assert_eq!(folds.toggle(&tape, list), Some(true));
    assert_eq!(folds.visible_len(&tape), 9);
    // A closing bracket works like its opening one; a number cannot be folded.
    assert_eq!(folds.toggle(&tape, tape.last(list)), Some(false));
    assert_eq!(folds.toggle(&tape, tape.token(2).unwrap()), None);
    assert_eq!(folds.toggle(&tape, tape.token(6).unwrap()), None, "an empty list");
    assert_eq!(folds, Folds::default());
}

#[test]
fn unfolding_the_outer_one_keeps_the_inner_one_folded() {
    let tape = tape(TEXT);
    let mut folds = Folds::default();
    let inner = tape.token(3).unwrap();
    folds.toggle(&tape, inner);
    folds.toggle(&tape, tape.token(1).unwrap());
    folds.toggle(&tape, tape.token(0).unwrap());
    assert_eq!(folds.visible_len(&tape), 1);
    folds.toggle(&tape, tape.token(0).unwrap());
    folds.toggle(&tape, tape.token(1).unwrap());
    assert!(folds.is_folded(&tape, inner));
    check(&tape, &folds);
}

#[test]
fn a_depth_folds_all_below() {
    let tape = tape(TEXT);
    let mut folds = Folds::default();
    for (depth, lines) in [(0, 1), (1, 5), (2, 11), (3, 15)] {
        folds.fold_below(&tape, depth);
        assert_eq!(folds.visible_len(&tape), lines, "{depth}");
        check(&tape, &folds);
    }
    folds.unfold_all();
    assert_eq!(folds.visible_len(&tape), 15);
}

#[test]
fn a_match_inside_a_fold_is_revealed() {
    let tape = tape(TEXT);
    let mut folds = Folds::default();
    folds.fold_below(&tape, 0);
    let token = folds.reveal(&tape, place(TEXT, b"null")).unwrap();
    assert_eq!(folds.token_at(&tape, folds.line_of(token)), Some(token));
    // The sibling object stays folded.
    assert!(folds.is_folded(&tape, tape.token_at(place(TEXT, b"\"c\"")).unwrap()));
    check(&tape, &folds);
    // A name is on the line of its bracket, which does not have to be unfolded.
    folds.fold_below(&tape, 1);
    let token = folds.reveal(&tape, place(TEXT, b"\"c\"") + 1).unwrap();
    assert!(folds.is_folded(&tape, token));
    assert_eq!(folds.visible_len(&tape), 5);
}

#[test]
fn a_step_in_a_large_tape_costs_what_it_changes() {
    let text = format!("[{}[1]]", "[1],".repeat(10_000));
    let tape = tape(text.as_bytes());
    let mut folds = Folds::default();
    let last = FoldStep::Set(tape.token(tape.len() - 3).unwrap(), true);
    assert!(folds.work(&tape, last) < 10, "one list");
    assert!(folds.work(&tape, FoldStep::Below(1)) >= tape.len(), "all of them");
    folds.fold_below(&tape, 1);
    let first = FoldStep::Set(tape.token(1).unwrap(), false);
    assert!(folds.work(&tape, first) > 10_000, "the folds behind it move");
    assert_eq!(folds.work(&tape, FoldStep::Reveal(0)), 0, "nothing hides it");
}

#[test]
fn the_tape_knows_ways_and_paths() {
    let text = br#"{"a":[1,{"odd name":null,"\u0062":1}],"":{"x\"y":[[5]]}}"#;
    let tape = tape(text);
    let path = |needle: &[u8]| tape.path(text, tape.token_at(place(text, needle)).unwrap());
    assert_eq!(tape.path(text, tape.token(0).unwrap()), ".");
    assert_eq!(path(b"1,{"), ".a[0]");
    assert_eq!(path(b"null"), ".a[1][\"odd name\"]");
    assert_eq!(path(b"1}"), ".a[1].b");
    assert_eq!(path(b"5"), ".[\"\"][\"x\\\"y\"][0][0]");
    let list = self::tape(b"[[],{\"a\":\"\\ud83d\\ude00\\n\\ud800\"}]");
    assert_eq!(list.path(b"[[],{}]", list.token(2).unwrap()), ".[1]");
    let string = list.token(3).unwrap();
    let text = b"[[],{\"a\":\"\\ud83d\\ude00\\n\\ud800\"}]";
    assert_eq!(list.string(text, string).as_deref(), Some("😀\n\u{fffd}"));
    assert_eq!(list.name(text, string).as_deref(), Some("a"));
    assert_eq!(list.string(text, list.token(2).unwrap()), None);
    assert_eq!(list.next_sibling(list.token(1).unwrap()), list.token(2));
    assert_eq!(list.next_sibling(list.token(2).unwrap()), None);
    assert_eq!(list.first_child(list.token(2).unwrap()), list.token(3));
    assert_eq!(list.first_child(list.token(1).unwrap()), None);
    assert_eq!(list.parent(string), list.token(2));
    assert_eq!(list.parent(list.token(4).unwrap()), list.token(0));
}

#[test]
fn a_path_is_harmless() {
    let text = "{\"a\u{202e}\\u001b\":1}".as_bytes();
    let tape = tape(text);
    assert_eq!(tape.path(text, tape.token(1).unwrap()), ".[\"a\\u202e\\u001b\"]");
}

/// A random tape, its brackets derived from bits.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![Just("1".to_owned()), Just("[]".to_owned()), Just("{}".to_owned())];
    leaf.prop_recursive(5, 60, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec(inner, 0..5).prop_map(|all| {
                let members: Vec<String> = all.iter().map(|value| format!("\"k\": {value}")).collect();
                format!("{{{}}}", members.join(", "))
            }),
        ]
    })
}

#[derive(Clone, Debug)]
enum Step {
    Toggle(prop::sample::Index),
    Below(usize),
    Reveal(prop::sample::Index),
    Unfold,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => any::<prop::sample::Index>().prop_map(Step::Toggle),
        2 => (0usize..5).prop_map(Step::Below),
        3 => any::<prop::sample::Index>().prop_map(Step::Reveal),
        1 => Just(Step::Unfold),
    ]
}

proptest! {
    #[test]
    fn lines_and_entries_agree_after_any_steps(
        text in nested(),
        steps in prop::collection::vec(step(), 0..20),
    ) {
        let tape = tape(text.as_bytes());
        let mut folds = Folds::default();
        for step in steps {
            match step {
                Step::Toggle(at) => drop(folds.toggle(&tape, tape.token(at.index(tape.len())).unwrap())),
                Step::Below(depth) => folds.fold_below(&tape, depth),
                Step::Reveal(at) => {
                    let token = folds.reveal(&tape, at.index(text.len())).unwrap();
                    prop_assert_eq!(folds.token_at(&tape, folds.line_of(token)), Some(token));
                }
                Step::Unfold => folds.unfold_all(),
            }
            check(&tape, &folds);
        }
    }
    #[test]
    fn no_change_takes_more_work_than_it_says(
        text in nested(),
        steps in prop::collection::vec(step(), 0..20),
    ) {
        let tape = tape(text.as_bytes());
        let mut folds = Folds::default();
        for step in steps {
            let step = match step {
                Step::Toggle(at) => {
                    let token = tape.token(at.index(tape.len())).unwrap();
                    FoldStep::Set(token, !folds.is_folded(&tape, tape.opening(token)))
                }
                Step::Below(depth) => FoldStep::Below(depth),
                Step::Reveal(at) => FoldStep::Reveal(at.index(text.len())),
                Step::Unfold => FoldStep::UnfoldAll,
            };
            let (reported, before) = (folds.work(&tape, step), COUNTED.get());
            folds.apply(&tape, step);
            let done = COUNTED.get() - before;
            prop_assert!(done <= reported, "{step:?} told {reported} and took {done}");
        }
    }
}
