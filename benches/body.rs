//! A body of 50 MB: `cargo bench --bench body`. The bars: a tape within 0.35 s at 16 to 24 bytes an entry, a screen
//! of lines far below 1 ms wherever it is, folded or not.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use grantdeck::body::{DiffOptions, Document, Fit, Folds, Needle, Tape, View, diff, search};
use grantdeck::domain::Body;

const SIZE: usize = 50_000_000;
const SCREEN: usize = 60;

fn never() -> bool {
    false
}

/// Rows as an API answers them.
fn json(size: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut out = String::from("{\"items\":[");
    let mut number = 0;
    while out.len() < size {
        let comma = if number > 0 { "," } else { "" };
        let (id, amount, flag) = (random.u64(..), random.u32(..100_000), random.bool());
        let _ = write!(
            out,
            r#"{comma}{{"id":"{id:016x}","name":"Søren Müller {number}","email":"user{number}@example.org","amount":{amount}.25,"active":{flag},"tags":["a","b",{number}],"parent":null,"owner":{{"id":{id},"note":"says \"hello\"\n"}}}}"#
        );
        number += 1;
    }
    out.push_str("],\"next\":null}");
    out.into_bytes()
}

fn open(bytes: Vec<u8>, content_type: &str) -> Document {
    Document::open(bytes.into(), Some(content_type), &never).unwrap_or_else(|| std::process::abort())
}

fn tape(criterion: &mut Criterion) {
    let bytes = json(SIZE);
    criterion.bench_function("body_50mb/tape", |bencher| {
        bencher.iter(|| black_box(Tape::build(&bytes, &never)));
    });
    let numbers = format!("[{}1]", "1,".repeat(SIZE / 8));
    criterion.bench_function("body_50mb/tape_of_6_million_numbers", |bencher| {
        bencher.iter(|| black_box(Tape::build(numbers.as_bytes(), &never)));
    });
    let body = Body::from(bytes);
    criterion.bench_function("body_50mb/open", |bencher| {
        bencher.iter(|| black_box(Document::open(body.clone(), Some("application/json"), &never)));
    });
}

fn lines(criterion: &mut Criterion) {
    let document = open(json(SIZE), "application/json");
    let Some(tape) = document.tape() else { return };
    let mut none = Folds::default();
    let mut all = Folds::default();
    all.fold_below(tape, 2);
    let fit = Fit::Cut(120);
    let needle = Needle::new("müller", true);
    for (name, folds) in [("unfolded", &none), ("folded", &all)] {
        let length = document.visible_len(View::Pretty, folds, fit);
        for (place, first) in [("first", 0), ("middle", length / 2), ("last", length - SCREEN)] {
            criterion.bench_function(&format!("screen/{name}_{place}"), |bencher| {
                bencher.iter(|| {
                    black_box(document.lines(View::Pretty, folds, first, SCREEN, fit, needle.as_ref()))
                });
            });
        }
    }
    criterion.bench_function("screen/raw_one_line_of_50mb_cut", |bencher| {
        bencher.iter(|| black_box(document.lines(View::Raw, &none, 0, SCREEN, fit, None)));
    });
    let wrap = Fit::Wrap(120);
    let middle = document.visible_len(View::Raw, &none, wrap) / 2;
    criterion.bench_function("screen/raw_one_line_of_50mb_wrapped", |bencher| {
        bencher.iter(|| black_box(document.lines(View::Raw, &none, middle, SCREEN, wrap, None)));
    });
    criterion.bench_function("screen/hex", |bencher| {
        bencher.iter(|| black_box(document.lines(View::Hex, &none, 1_000_000, SCREEN, fit, None)));
    });
    let mut width = 100;
    criterion.bench_function("wrap/another_width", |bencher| {
        bencher.iter(|| {
            width = 100 + (width + 1) % 40;
            black_box(document.visible_len(View::Raw, &none, Fit::Wrap(width)))
        });
    });
    criterion.bench_function("folds/all", |bencher| bencher.iter(|| all.fold_below(tape, 2)));
    let item = tape.token(2);
    criterion.bench_function("folds/toggle_one_of_many", |bencher| {
        bencher.iter(|| item.and_then(|item| all.toggle(tape, item)));
    });
    let root = tape.token(1);
    all.fold_below(tape, 1);
    criterion.bench_function("folds/toggle_the_list", |bencher| {
        bencher.iter(|| root.and_then(|root| all.toggle(tape, root)));
    });
    let last = tape.token(tape.len() - 10);
    criterion.bench_function("folds/path", |bencher| {
        bencher.iter(|| last.map(|last| black_box(document.path(last))));
    });
    criterion.bench_function("folds/reveal", |bencher| {
        bencher.iter(|| {
            none.fold_below(tape, 0);
            black_box(none.reveal(tape, SIZE - 100))
        });
    });
}

fn searches(criterion: &mut Criterion) {
    let document = open(json(SIZE), "application/json");
    for (name, needle) in
        [("common", "e"), ("text", "user77"), ("exact", "Müller"), ("other", "müller"), ("none", "qqqq")]
    {
        criterion.bench_function(&format!("search_50mb/{name}"), |bencher| {
            bencher.iter(|| black_box(search(&document, needle, View::Pretty, &never)));
        });
    }
}

fn diffs(criterion: &mut Criterion) {
    let one = open(json(400_000), "application/json");
    let text = String::from_utf8_lossy(&json(400_000)).replace("7,", "8,");
    let few = open(text.replace("Müller 55", "Mueller 55").into_bytes(), "application/json");
    let numbers = |seed| {
        let mut random = fastrand::Rng::with_seed(seed);
        let all: Vec<String> = (0..49_000).map(|_| random.u32(..5_000).to_string()).collect();
        open(format!("[{}]", all.join(",")).into_bytes(), "application/json")
    };
    let (left, right) = (numbers(1), numbers(2));
    criterion.bench_function("diff/many_changes", |bencher| {
        bencher.iter(|| black_box(diff(&one, &few, DiffOptions::default())));
    });
    criterion.bench_function("diff/nothing_in_common_but_chance", |bencher| {
        bencher.iter(|| black_box(diff(&left, &right, DiffOptions::default())));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).warm_up_time(std::time::Duration::from_millis(500));
    targets = tape, lines, searches, diffs
}
criterion_main!(benches);
