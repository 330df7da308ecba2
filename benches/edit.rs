//! Finding ids in files, and editing one value: `cargo bench --bench edit`. The bar for a scan is twice the time of
//! `ripgrep`, so the finder must be far from being what it waits for.
#![allow(missing_docs, reason = "criterion's macros make items without docs")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use grantdeck::edit::{Format, KeyPath, ids, plan, swap_all};
use uuid::Uuid;

const SIZE: usize = 16 * 1024 * 1024;
const WORDS: [&str; 16] = [
    "fn",
    "let",
    "return",
    "the",
    "grant",
    "value",
    "-",
    "--",
    "=",
    "deadbeef",
    "{",
    "}",
    "    ",
    "self.",
    "0x1f",
    "// comment\n",
];

/// Text like that of a project, with an id in every `ids` words.
fn prose(ids: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut out = Vec::with_capacity(SIZE + 64);
    while out.len() < SIZE {
        let word = WORDS.get(random.usize(..WORDS.len())).map_or("", |word| *word);
        out.extend_from_slice(word.as_bytes());
        out.push(b' ');
        if random.usize(..ids) == 0 {
            out.extend_from_slice(Uuid::from_u128(random.u128(..)).to_string().as_bytes());
            out.push(b'\n');
        }
    }
    out
}

fn finding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ids_16mib");
    group.throughput(Throughput::Bytes(SIZE as u64)).sample_size(20);
    let hex: Vec<u8> = b"0123456789abcdef".iter().copied().cycle().take(SIZE).collect();
    let worst: Vec<u8> = b"01234567-89ab-cdef-0123-".iter().copied().cycle().take(SIZE).collect();
    for (name, bytes) in [
        ("prose", prose(100_000)),
        ("many_ids", prose(20)),
        ("hex", hex),
        ("hyphens", vec![b'-'; SIZE]),
        ("nearly_ids", worst),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| ids::find(black_box(&bytes)).count()));
    }
    let text = prose(20);
    let old = ids::find(&text).next().map_or(Uuid::nil(), |found| found.id);
    group.bench_function("swap", |bencher| {
        bencher.iter(|| swap_all(black_box(&text), &[(old, Uuid::nil())]).1);
    });
    group.finish();
}

fn editing(criterion: &mut Criterion) {
    let Ok(key) = "alter.google".parse::<KeyPath>() else { return };
    let Ok(name) = "GOOGLE".parse::<KeyPath>() else { return };
    let lines = |line: fn(usize) -> String| (0..1000).map(line).collect::<String>();
    let toml = lines(|n| format!("[t{n}]\na = \"x\" # c\n"));
    let yaml = lines(|n| format!("t{n}:\n  a: x # c\n"));
    let json = lines(|n| format!("  \"t{n}\": {{\"a\": \"x\"}}, // c\n"));
    let env = lines(|n| format!("A{n}='x' # c\n"));
    for (label, format, key, text) in [
        ("env", Format::Env, &name, format!("{env}GOOGLE=old\n")),
        ("toml", Format::Toml, &key, format!("{toml}[alter]\ngoogle = \"old\"\n")),
        ("json", Format::Json, &key, format!("{{\n{json}  \"alter\": {{\"google\": \"old\"}}\n}}\n")),
        ("yaml", Format::Yaml, &key, format!("{yaml}alter:\n  google: old\n")),
    ] {
        criterion.bench_function(&format!("edit_1000_lines/{label}"), |bencher| {
            bencher.iter(|| black_box(plan(format, &text, key, "new", None).is_ok()));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = finding, editing
}
criterion_main!(benches);
