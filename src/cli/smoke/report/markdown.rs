//! Markdown for issues and chats. What comes from outside stands in code: there it mentions nobody, links nowhere and
//! draws nothing.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Reporting, head};
use crate::domain::Clean;
use crate::domain::smoke::{SmokeResult, Standing};

pub(super) fn write(reporting: &Reporting, out: &mut dyn Write) -> io::Result<()> {
    let mut text = format!("## Smoke test of {}\n\n", reporting.at.strftime("%Y-%m-%d %H:%M UTC"));
    // Writing to a text cannot fail, here and below.
    let _ = writeln!(text, "{}.\n", reporting.sentence());
    if let Some(why) = &reporting.aborted {
        let _ = writeln!(text, "**Incomplete**: {why}.\n");
    }
    let (fine, rest): (Vec<_>, Vec<_>) =
        reporting.groups().into_iter().partition(|(verdict, ..)| verdict.standing() == Standing::Fine);
    for (verdict, remedy, results) in rest {
        let _ = writeln!(
            text,
            "### {} {} ({})\n\n{} {remedy}\n",
            verdict.sign(),
            verdict.word(),
            results.len(),
            verdict.meaning()
        );
        rows(reporting, &results, &mut text);
    }
    let works: usize = fine.iter().map(|(_, _, results)| results.len()).sum();
    if works > 0 {
        let _ = writeln!(text, "<details><summary>✓ {works} work</summary>\n");
        let all: Vec<&SmokeResult> = fine.into_iter().flat_map(|(_, _, results)| results).collect();
        rows(reporting, &all, &mut text);
        text.push_str("</details>\n");
    }
    out.write_all(text.as_bytes())
}

fn rows(reporting: &Reporting, results: &[&SmokeResult], text: &mut String) {
    text.push_str(
        "| Provider | Account | Grant | Time | Since the last run | Found |\n|---|---|---|---|---|---|\n",
    );
    for result in results {
        let label = result.label.as_deref().map(|label| format!("#{label}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            code(&result.provider),
            code(&format!("{}{label}", result.account)),
            code(&head(result)),
            result.latency().unwrap_or_default(),
            reporting.since(result).unwrap_or_default(),
            result.found().map(|found| code(&found)).unwrap_or_default(),
        );
    }
    text.push('\n');
}

/// Foreign text as code in a cell of a table. Nothing for nothing: empty code is no code.
fn code(text: &str) -> String {
    let clean = Clean::line(text);
    let text = clean.as_str().trim();
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A backtick at an end would join the fence; one blank at each end is not shown.
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    // The cells of a row are told apart before its code is.
    format!("{fence}{blank}{}{blank}{fence}", text.replace('|', "\\|"))
}
