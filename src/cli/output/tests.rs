use std::cell::RefCell;
use std::rc::Rc;

use uuid::Uuid;

use super::*;
use crate::domain::{Extra, GrantId, JsonText, RowId};

/// Where a printer writes to, kept to be looked at.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

fn now() -> Now {
    Now { millis: 0, wall: "2026-11-22T10:00:00Z".parse().unwrap() }
}

fn style(fields: &str, terminal: bool) -> Style {
    Style { fields: Some(Field::parse_list(fields).unwrap()), terminal, colour: false, width: None }
}

fn named(account: &str) -> Grant {
    let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::nil())));
    grant.provider = "google".into();
    grant.account_identifier = Some(account.into());
    grant
}

fn print(mut printer: impl Printer, rows: &[Grant], paper: &Paper) -> String {
    printer.rows(&mut rows.iter(), now()).unwrap();
    printer.finish().unwrap();
    paper.text()
}

#[test]
fn json_on_a_terminal_escapes_what_a_terminal_would_obey() {
    let tower = format!("e{}", "\u{301}".repeat(6));
    let cases = [
        ("Zoë 東京 \"x\\y\"", "\"Zoë 東京 \\\"x\\\\y\\\"\"", "\"Zoë 東京 \\\"x\\\\y\\\"\""),
        ("a\u{1b}[31m\n\t", "\"a\\u001b[31m\\n\\t\"", "\"a\\u001b[31m\\n\\t\""),
        ("\u{202e}x\u{9b}\u{7f}", "\"\\u202ex\\u009b\\u007f\"", "\"\u{202e}x\u{9b}\u{7f}\""),
        ("\u{e0041}", "\"\\udb40\\udc41\"", "\"\u{e0041}\""),
        (&tower, "\"e\u{301}\u{301}\u{301}\u{301}\\u0301\\u0301\"", &format!("\"{tower}\"")),
    ];
    for (account, seen, piped) in cases {
        for (terminal, want) in [(true, seen), (false, piped)] {
            let paper = Paper::default();
            let printer = json::Json::new(paper.clone(), style("account", terminal), true);
            let line = print(printer, &[named(account)], &paper);
            assert_eq!(line, format!("{{\"account\":{want}}}\n"));
            let value: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["account"], account, "it reads as what came");
        }
    }
}

#[test]
fn fields_of_a_newer_backend_and_what_could_not_be_read_are_kept() {
    let mut grant = named("x");
    grant.row = RowId::Unreadable(7);
    grant.extra = Some(Box::new(Extra {
        unknown_fields: vec![
            ("grant_id".into(), JsonText("\"not a uuid\"".into())),
            ("new\nfield".into(), JsonText("{\"a\":\n[1,\"\u{202e}\"]}".into())),
            ("managed_secret_id".into(), JsonText("5".into())),
        ],
        oddities: vec![crate::domain::Oddity { field: "grant_id".into(), problem: "not a UUID".into() }],
        ..Extra::default()
    }));
    let paper = Paper::default();
    let style = Style { fields: None, terminal: true, colour: false, width: None };
    let line = print(json::Json::new(paper.clone(), style, true), &[grant], &paper);
    assert_eq!(line.lines().count(), 1);
    assert!(line.contains("\\u202e") && !line.contains('\u{202e}'), "{line}");
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["grant_id"], "not a uuid");
    assert_eq!(value["new\nfield"]["a"][0], 1);
    assert_eq!(value["managed_secret_id"], 5);
    assert_eq!(value["unreadable"][0], "grant_id: not a UUID");
    assert_eq!(line.matches("\"grant_id\":").count(), 1);
}

#[test]
fn spreadsheets_get_no_formulas() {
    let names = ["=1+1", "+49", "-x", "@SUM(A1)", "\t=1", "ok, \"quoted\"", "\u{ff1d}1"];
    let rows: Vec<Grant> = names.iter().map(|name| named(name)).collect();
    let paper = Paper::default();
    let text = print(csv::Csv::new(paper.clone(), style("account,depth", false)), &rows, &paper);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let read: Vec<String> = reader.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(read, ["'=1+1", "'+49", "'-x", "'@SUM(A1)", "'\t=1", "ok, \"quoted\"", "'\u{ff1d}1"]);
    let mut deep = named("x");
    deep.depth = -1;
    let paper = Paper::default();
    let text = print(csv::Csv::new(paper.clone(), style("depth", false)), &[deep], &paper);
    assert_eq!(text, "depth\n-1\n", "a number is no formula");
}

#[test]
fn a_table_fits_and_is_clean() {
    use unicode_width::UnicodeWidthStr;
    let long = "a very long account name that goes on ".repeat(4);
    let rows = [named(&long), named("東京オフィス\u{1b}[2J"), named("x")];
    for width in [40, 60, 100] {
        let paper = Paper::default();
        let style = Style { width: Some(width), ..style("provider,account,health", true) };
        let text = print(table::Table::new(paper.clone(), style), &rows, &paper);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.width() <= width), "{text}");
        assert!(
            lines[1].contains('…') && lines[2].contains("東京オフィス") && !text.contains('\u{1b}'),
            "{text}"
        );
        let place = |line: &str| line.split_once("●").unwrap().0.width();
        assert_eq!(place(lines[1]), place(lines[2]), "wide characters keep the columns straight\n{text}");
    }
    let rows = [named("x")];
    for (width, id) in [(45, Uuid::nil().to_string()), (30, "00000000".to_owned())] {
        let paper = Paper::default();
        let narrow = Style { width: Some(width), ..style("account,grant_id", true) };
        let text = print(table::Table::new(paper.clone(), narrow), &rows, &paper);
        assert_eq!(text.lines().last().and_then(|line| line.split_whitespace().last()), Some(&*id), "{text}");
    }
}

#[test]
fn an_ordinary_list_fits_a_terminal_of_80_cells() {
    use unicode_width::UnicodeWidthStr;
    let mut grant = named("anna.lindqvist@northwind.example");
    grant.label = Some("work calendar".into());
    grant.needs_reconnect = true;
    grant.last_used_at = Some(crate::domain::Moment::At("2026-11-22T04:00:00Z".parse().unwrap()));
    for (width, id) in [(140, Some(36)), (100, Some(8)), (80, Some(8)), (60, None)] {
        let paper = Paper::default();
        let style = Style { fields: None, terminal: true, colour: false, width: Some(width) };
        let text = print(table::Table::new(paper.clone(), style), std::slice::from_ref(&grant), &paper);
        assert!(text.lines().all(|line| line.width() <= width), "{text}");
        assert!(text.contains("✗ reconnect  6h") && text.contains("anna.lindqvist@nort"), "{text}");
        let found = text.lines().last().and_then(|line| line.split_once("6h")).map(|(_, id)| id.trim().len());
        assert_eq!(found.filter(|length| *length > 0), id, "{text}");
    }
}
