use proptest::prelude::*;
use strum::IntoEnumIterator;
use uuid::Uuid;

use super::*;
use crate::domain::smoke::{Before, SmokeSummary};
use crate::domain::{Clean, Code, Diagnosis, Grant, GrantId, Retry, RowId, Who};

const HOSTILE: &str = "\u{1b}]0;x\u{7}a|b`c``d \"<&'>\u{ffff}\u{202e}@team\nhttps://evil.example =1+1";

fn result(number: u128, verdict: Verdict) -> SmokeResult {
    let id = GrantId(Uuid::from_u128(number));
    let grant = Grant { provider: "github".into(), ..Grant::blank(RowId::Grant(id)) };
    SmokeResult {
        account: "octo-acme".into(),
        latency_ms: Some(120),
        attempts: 1,
        ..SmokeResult::blank(&grant, id, verdict, Timestamp::UNIX_EPOCH)
    }
}

fn reporting(results: Vec<SmokeResult>) -> Reporting {
    let mut tally = Tally::default();
    for result in &results {
        tally.add(result);
    }
    let summary = SmokeSummary { tally, ..SmokeSummary::default() };
    let failing = Verdicts(Verdict::failing().collect());
    let at = Timestamp::from_second(7_200).unwrap();
    Reporting::new(results.into_iter().map(Arc::new).collect(), &[], &summary, failing, at)
}

/// A run over four grants that ended after the first.
fn aborted(summary: SmokeSummary) -> Reporting {
    let mut summary = SmokeSummary { left: 3, ..summary };
    let first = result(1, Verdict::Works);
    summary.tally.add(&first);
    let grant = |number| {
        let row = RowId::Grant(GrantId(Uuid::from_u128(number)));
        Grant { provider: "gitlab".into(), label: Some(format!("g{number}").into()), ..Grant::blank(row) }
    };
    let grants: Vec<Grant> = [4, 3, 3, 2, 1].map(grant).into();
    let failing = Verdicts(Verdict::failing().collect());
    Reporting::new(vec![Arc::new(first)], &grants, &summary, failing, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_run_that_was_aborted_is_never_green_and_names_whom_it_left_out() {
    let stopped = Diagnosis::new(Code::KeyRevoked, Who::Alter, Retry::No);
    for (summary, why) in [
        (SmokeSummary { cancelled: true, ..SmokeSummary::default() }, "the run was interrupted"),
        (SmokeSummary::default(), "the run was interrupted"),
        (SmokeSummary { stopped: Some(stopped), ..SmokeSummary::default() }, "the run was aborted: "),
    ] {
        let reporting = aborted(summary);
        let junit = text(&reporting, SmokeFormat::Junit, false);
        let head = junit.lines().nth(1).unwrap();
        assert!(head.contains(r#"tests="5" failures="0" errors="1" skipped="3""#), "{head}");
        let error = format!(r#"<error type="aborted" message="{why}"#);
        assert_eq!(junit.matches(&error).count(), 1, "{junit}");
        assert_eq!(junit.matches(&format!(r#"<skipped message="skipped: not tested: {why}"#)).count(), 3);
        assert_eq!(junit.matches("<testcase ").count(), 5);
        for format in [SmokeFormat::Json, SmokeFormat::Jsonl, SmokeFormat::Csv] {
            let printed = text(&reporting, format, false);
            for number in 1..=4 {
                let id = Uuid::from_u128(number).to_string();
                assert_eq!(printed.matches(&id).count(), 1, "{format:?} {id}");
            }
            assert_eq!(printed.matches("not tested: the run was").count(), 3, "{format:?}");
        }
        // People are told how many.
        for format in [SmokeFormat::Table, SmokeFormat::Markdown] {
            assert!(text(&reporting, format, false).contains("3 not tested"), "{format:?}");
        }
        assert!(text(&reporting, SmokeFormat::Markdown, false).contains(&format!("**Incomplete**: {why}")));
    }
    let whole = text(&reporting(vec![result(1, Verdict::Works)]), SmokeFormat::Junit, false);
    assert!(!whole.contains("<error") && whole.contains(r#"errors="0""#), "{whole}");
}

#[test]
fn what_is_worth_knowing_of_something_that_works_is_reported() {
    let noted =
        SmokeResult { why: Some(Clean::line("sent without Notion-Version")), ..result(1, Verdict::Works) };
    let reporting = reporting(vec![noted]);
    for format in ALL {
        assert!(text(&reporting, format, false).contains("sent without Notion-Version"), "{format:?}");
    }
}

fn text(reporting: &Reporting, format: SmokeFormat, terminal: bool) -> String {
    let mut out = Vec::new();
    write(reporting, format, terminal, None, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const ALL: [SmokeFormat; 6] = [
    SmokeFormat::Table,
    SmokeFormat::Json,
    SmokeFormat::Jsonl,
    SmokeFormat::Junit,
    SmokeFormat::Markdown,
    SmokeFormat::Csv,
];

fn hostile() -> Reporting {
    let all = Verdict::iter().enumerate().map(|(number, verdict)| SmokeResult {
        provider: HOSTILE.into(),
        account: HOSTILE.into(),
        label: Some(HOSTILE.into()),
        why: Some(Clean::line(HOSTILE)),
        ..result(number as u128, verdict)
    });
    reporting(all.collect())
}

#[test]
fn nothing_that_a_terminal_would_obey_reaches_it() {
    let hostile = hostile();
    for format in ALL {
        let printed = text(&hostile, format, true);
        let odd = |character: &char| character.is_control() && *character != '\n' || *character == '\u{202e}';
        assert_eq!(printed.chars().find(odd), None, "{format:?}");
    }
}

#[test]
fn foreign_text_in_markdown_stays_in_its_cell_and_in_code() {
    let printed = text(&hostile(), SmokeFormat::Markdown, false);
    let rows: Vec<&str> = printed.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), Verdict::iter().count());
    for row in rows {
        let cells = row.replace("\\|", "").matches('|').count();
        assert_eq!(cells, 7, "{row}");
        // Outside of code nobody is mentioned and nothing is linked.
        let plain: Vec<&str> = row.split("```").step_by(2).collect();
        assert!(!plain.concat().contains('@') && !plain.concat().contains("http"), "{row}");
    }
    assert_eq!(printed.matches("<details>").count(), 1);
}

#[test]
fn a_spreadsheet_takes_nothing_for_a_formula() {
    let formula = SmokeResult { account: "=cmd|' /C calc'!A1".into(), ..result(1, Verdict::Gone) };
    let printed = text(&reporting(vec![formula]), SmokeFormat::Csv, false);
    let mut reader = ::csv::Reader::from_reader(printed.as_bytes());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!((&row[2], &row[4], &row[8]), ("'=cmd|' /C calc'!A1", "gone", "120"));
}

#[test]
fn what_is_broken_comes_first_whatever_the_order_of_answers() {
    let one = |number, verdict| result(number, verdict);
    let forwards =
        vec![one(3, Verdict::Works), one(2, Verdict::NeedsReconnect), one(1, Verdict::NeedsApproval)];
    let mut backwards = forwards.clone();
    backwards.reverse();
    for format in ALL {
        assert_eq!(
            text(&reporting(forwards.clone()), format, false),
            text(&reporting(backwards.clone()), format, false)
        );
    }
    let order: Vec<Verdict> = reporting(forwards).results.iter().map(|result| result.verdict).collect();
    assert_eq!(order, [Verdict::NeedsReconnect, Verdict::NeedsApproval, Verdict::Works]);
}

#[test]
fn the_last_time_is_reported() {
    let before = |verdict| Some(Before { verdict, at: Timestamp::UNIX_EPOCH });
    let broke = SmokeResult { before: before(Verdict::Works), ..result(1, Verdict::Expired) };
    let healed = SmokeResult { before: before(Verdict::MissingScopes), ..result(2, Verdict::Works) };
    let same = SmokeResult { before: before(Verdict::Works), ..result(3, Verdict::Works) };
    let reporting = reporting(vec![broke, healed, same]);
    assert_eq!(reporting.sentence(), "1 of 3 fail: 1 expired; 2 work. Since the last run 1 broke, 1 healed");
    for format in [SmokeFormat::Table, SmokeFormat::Markdown, SmokeFormat::Junit] {
        let printed = text(&reporting, format, false);
        assert!(printed.contains("broke: works 2 hours ago"), "{printed}");
        assert!(printed.contains("healed: scopes 2 hours ago"), "{printed}");
    }
    let lines = text(&reporting, SmokeFormat::Jsonl, false);
    assert!(lines.lines().next().unwrap().contains(r#""change":"broke","before":{"verdict":"works","at":"#));
}

proptest! {
    #[test]
    fn each_line_of_json_is_an_object_whatever_the_names(account in any::<String>(), terminal: bool) {
        let odd = SmokeResult { account: account.as_str().into(), ..result(1, Verdict::Unclear) };
        let printed = text(&reporting(vec![odd]), SmokeFormat::Jsonl, terminal);
        prop_assert_eq!(printed.lines().count(), 1);
        let read: Value = serde_json::from_str(&printed).unwrap();
        prop_assert_eq!(read["account"].as_str(), Some(account.as_str()));
    }
}
