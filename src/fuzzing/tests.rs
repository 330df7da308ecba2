//! Each check for a bounded number of cases, the same in each run; `PROPTEST_CASES` runs so many random ones. What a
//! fuzzer found is a file below `fuzz/found/`, and is checked first.

use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngAlgorithm, TestRng, TestRunner};

/// At least one case in so many gets as far as it should.
const FAR: u32 = 4;

fn run(name: &str, cases: u32, check: fn(&[u8]) -> bool) {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/found").join(name);
    for entry in std::fs::read_dir(found).into_iter().flatten() {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
    }
    let asked: Option<u32> = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = ProptestConfig {
        cases: asked.unwrap_or(cases),
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::SourceParallel("proptest-regressions"))),
        ..ProptestConfig::default()
    };
    let (cases, far) = (config.cases, Cell::new(0));
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let outcome = runner.run(&proptest::collection::vec(any::<u8>(), 0..600), |data| {
        far.set(far.get() + u32::from(check(&data)));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{name}: {error}");
    }
    eprintln!("{name}: {cases} cases, {} of them went far", far.get());
    assert!(far.get() >= cases / FAR, "only {} of {cases} cases of {name} went far", far.get());
}

macro_rules! targets {
    ($($name:ident, $cases:literal;)*) => {$(
        #[test]
        fn $name() {
            run(stringify!($name), $cases, super::$name);
        }
    )*};
}

#[cfg(unix)]
targets! {
    terminal, 2_000;
}

targets! {
    answer, 1_000;
    edits, 500;
    json, 500;
    keymap, 60;
    page, 1_000;
    paste, 1_000;
    query, 1_000;
}
