//! Each check for a bounded number of cases; `PROPTEST_CASES` runs more. What a fuzzer found is a file below
//! `fuzz/found/`, and is checked first.

use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

/// At least one case in so many gets as far as it should.
const FAR: u32 = 4;

fn run(name: &str, cases: u32, check: fn(&[u8]) -> bool) {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/found").join(name);
    for entry in std::fs::read_dir(found).into_iter().flatten() {
        check(&std::fs::read(entry.unwrap().path()).unwrap());
    }
    let config = ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases),
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::SourceParallel("proptest-regressions"))),
        ..ProptestConfig::default()
    };
    let (cases, far) = (config.cases, Cell::new(0));
    let outcome = TestRunner::new(config).run(&proptest::collection::vec(any::<u8>(), 0..600), |data| {
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
