//! Ten thousand random files and edits: only the intended bytes change.

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};

use super::generators_tests::{Case, env, json, noise, toml, values, yaml};
use super::*;

/// 2,500 cases for each of the four formats.
const REPLACED: u32 = 1500;
const ADDED: u32 = 500;
const NOISE: u32 = 500;

/// At most one in this many files without a hazard may be refused, for a value that the format cannot hold.
const REFUSED: u32 = 8;

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() })
}

/// Runs a check that returns whether the edit was made, and requires that nearly all were.
fn run<S: Strategy>(
    cases: u32,
    strategy: &S,
    check: impl Fn(S::Value) -> Result<Option<bool>, TestCaseError>,
) {
    let (made, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let outcome = runner(cases).run(strategy, |case| {
        match check(case)? {
            Some(true) => made.set(made.get() + 1),
            Some(false) => refused.set(refused.get() + 1),
            None => {}
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(refused.get() * REFUSED <= made.get(), "{} made, {} refused", made.get(), refused.get());
}

/// What must hold for every edit made.
fn is_stable(case: &Case, value: &str, edit: &Edit) -> Result<(), TestCaseError> {
    let again = plan(case.format, &edit.text, &case.key, value, None);
    prop_assert_eq!(again, Ok(Edit { text: edit.text.clone(), change: Change::Same }));
    Ok(())
}

fn replaced((case, value): (Case, String)) -> Result<Option<bool>, TestCaseError> {
    let text = case.text();
    let edit = match plan(case.format, &text, &case.key, &value, Some(&Clean::line("c"))) {
        Err(_) if case.is_hazard => return Ok(None),
        // A string that the format cannot hold, or that readers disagree about.
        Err(EditError::Value { .. }) => return Ok(Some(false)),
        Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
        Ok(edit) => edit,
    };
    prop_assert!(!case.is_hazard, "not refused:\n{}", text);
    is_stable(&case, &value, &edit)?;
    if edit.change == Change::Same {
        prop_assert_eq!(&edit.text, &text);
        return Ok(None);
    }
    let written = edit.text.strip_prefix(&*case.head).and_then(|rest| rest.strip_suffix(&*case.tail));
    let Some(written) = written else {
        return Err(TestCaseError::fail(format!("other bytes changed:\n{text}\nbecame\n{}", edit.text)));
    };
    prop_assert!(!written.contains(['\n', '\r']), "{written:?}");
    let is_replaced = matches!(edit.change, Change::Replaced { .. });
    prop_assert!(is_replaced);
    // An id needs no quotes, so existing ones stay.
    if Uuid::try_parse(&value).is_ok() {
        let quote = |text: &str| text.chars().next().filter(|first| "'\"".contains(*first));
        let want = match case.old.chars().next() {
            Some('`') => Some('"'),
            _ if case.format == Format::Json => Some('"'),
            _ => quote(&case.old),
        };
        prop_assert_eq!(quote(written), want, "{}", text);
        prop_assert_eq!(written.trim_matches(['\'', '"']), value);
    }
    Ok(Some(true))
}

fn added((case, value): (Case, String)) -> Result<Option<bool>, TestCaseError> {
    let text = case.text();
    let comment = Clean::line("google work@acme.com");
    let edit = match plan(case.format, &text, &case.key, &value, Some(&comment)) {
        Err(EditError::Value { .. }) => return Ok(Some(false)),
        // Shells and other readers disagree about one of the generator's lines.
        Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}"))),
        Ok(edit) => edit,
    };
    let is_added = matches!(edit.change, Change::Added { .. });
    prop_assert!(is_added, "{}", text);
    is_stable(&case, &value, &edit)?;
    let (old, new) = (text.as_bytes(), edit.text.as_bytes());
    let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
    let head = old.iter().zip(new).take_while(same).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    if case.format == Format::Json {
        // A comma may be added before a comment, and the name after it: two insertions with the comment in between.
        let moved = text.get(head..(text.len() - tail).max(head)).unwrap_or_default();
        prop_assert!(edit.text.get(head..).is_some_and(|rest| rest.contains(moved)), "{}", text);
        prop_assert!(!moved.contains('\n'), "{moved:?}");
    } else {
        prop_assert!(head + tail >= text.len(), "not only added to:\n{}\nbecame\n{}", text, edit.text);
    }
    let crlf = |text: &str| text.matches("\r\n").count() == text.matches('\n').count();
    prop_assert!(!crlf(&text) || !text.contains('\n') || crlf(&edit.text), "{:?}", edit.text);
    Ok(Some(true))
}

/// For any text: no panic, and an edit that was made is stable and keeps the rest.
fn noisy(format: Format, text: &str) -> Result<(), TestCaseError> {
    let key: KeyPath = "G".parse().unwrap();
    let Ok(edit) = plan(format, text, &key, "v", None) else { return Ok(()) };
    prop_assert_eq!(plan(format, &edit.text, &key, "v", None).map(|edit| edit.change), Ok(Change::Same));
    let comments = |text: &str| text.matches(if format == Format::Json { "//" } else { "#" }).count();
    if matches!(edit.change, Change::Added { .. }) {
        prop_assert_eq!(comments(&edit.text), comments(text));
    }
    Ok(())
}

macro_rules! each_format {
    ($($name:ident, $format:expr, $generator:ident;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a_new_value_changes_no_other_byte() {
                run(REPLACED, &($generator(true), values()), replaced);
            }

            #[test]
            fn a_new_name_is_only_added() {
                run(ADDED, &($generator(false), values()), added);
            }

            #[test]
            fn noise_does_no_harm() {
                let outcome = runner(NOISE).run(&noise($format), |text| noisy($format, &text));
                if let Err(error) = outcome {
                    panic!("{error}");
                }
            }
        }
    )*};
}

each_format! {
    of_env, Format::Env, env;
    of_toml, Format::Toml, toml;
    of_json, Format::Json, json;
    of_yaml, Format::Yaml, yaml;
}
