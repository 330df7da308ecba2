//! What the list says when it has nothing to show: why, and what to do.

use ratatui::layout::Rect;

use super::super::WalkPhase;
use crate::app::private;
use crate::app::remote::Remote;
use crate::app::screens::grants::Grants;
use crate::app::screens::grants::PATIENCE;
use crate::app::shared::Shared;
use crate::domain::describe::diagnosis::Described;
use crate::domain::{Clean, Code, Diagnosis, Now, words};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, text};

/// Draws the words in the middle of the pane.
pub(super) fn draw(grants: &Grants, shared: &Shared, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let lines = lines(grants, shared, now, usize::from(area.width.saturating_sub(6)).min(76));
    let height = lines.len() as u16;
    let top = area.y + area.height.saturating_sub(height) / 3;
    let widest = lines.iter().map(|line| text::width(&line.text)).max().unwrap_or(0) as u16;
    let x = area.x + area.width.saturating_sub(widest) / 2;
    for (y, line) in (top..area.bottom()).zip(&lines) {
        pen.text(x, y, area.right().saturating_sub(x), &line.text, line.role);
    }
}

fn lines(grants: &Grants, shared: &Shared, now: Now, width: usize) -> Vec<Piece> {
    if let Remote::Failed { diagnosis, .. } = &shared.session {
        if diagnosis.code == Code::KeyMissing {
            return welcome(diagnosis, width);
        }
        return explained(
            shared,
            diagnosis,
            width,
            &["D  demo   I  another key   @  another profile   q  quit"],
        );
    }
    if shared.session.value().is_none() {
        return vec![Piece::new("Opening…", Role::TextDim)];
    }
    if grants.rows.is_empty() {
        return no_rows(grants, shared, now, width);
    }
    let loaded = words::count(grants.rows.len() as u64);
    let mut lines = vec![Piece::new("No grants match.", Role::TextStrong)];
    let is_partial = !grants.walk.has_all(&grants.filters.server);
    if is_partial && grants.walk.is_busy() {
        lines.push(Piece::new(format!("{loaded} loaded, loading more."), Role::TextDim));
    } else if is_partial {
        lines.push(Piece::new(format!("{loaded} loaded; r loads the rest."), Role::TextDim));
    } else {
        lines.push(Piece::new(format!("None of the {loaded} grants."), Role::TextDim));
    }
    let query = &grants.query;
    if let Some(mistake) = query.mistakes.first().or(query.unknown_filters.first()) {
        let message =
            if shared.privacy { format!("search: {}", mistake.problem) } else { mistake.to_string() };
        lines.extend(
            text::wrap(Clean::brief(&message).as_str(), width)
                .into_iter()
                .map(|line| Piece::new(line, Role::HealthBroken)),
        );
    }
    lines.push(Piece::new("", Role::Text));
    let key = if grants.typing { "Esc clears the search." } else { "x clears search and filters." };
    lines.push(Piece::new(key, Role::Text));
    lines
}

/// What somebody sees who has nothing set up yet: what this is, and three ways to begin.
fn welcome(diagnosis: &Diagnosis, width: usize) -> Vec<Piece> {
    let message =
        |text: &str, role: Role| text::wrap(text, width).into_iter().map(move |line| Piece::new(line, role));
    let mut lines = vec![Piece::new("Welcome to grantdeck.", Role::TextStrong)];
    lines.extend(message(
        "Every account connected to your Alter application, and whether it works.",
        Role::TextDim,
    ));
    lines.push(Piece::new("", Role::Text));
    for (key, what) in [
        ("D", "try the demo: no account, no network"),
        ("I", "type a key: neither shown nor stored"),
        ("@", "choose a configured profile"),
    ] {
        lines.push(Piece::new(format!("{key}   {what}"), Role::Text));
    }
    lines.push(Piece::new("", Role::Text));
    let facts = diagnosis.facts.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(": ");
    let so_far =
        if facts.is_empty() { "No API key yet.".to_owned() } else { format!("No API key yet: {facts}.") };
    lines.extend(message(&so_far, Role::TextDim));
    lines.extend(message("Set ALTER_API_KEY, or run `grantdeck profiles add`.", Role::TextDim));
    lines
}

fn no_rows(grants: &Grants, shared: &Shared, now: Now, width: usize) -> Vec<Piece> {
    match &grants.walk.phase {
        WalkPhase::Failed(diagnosis) => explained(shared, diagnosis, width, &["r retries.  q quits."]),
        WalkPhase::Waiting { reason, until } => {
            let left = until.saturating_sub(now.millis).div_ceil(1_000);
            explained(shared, reason, width, &[&format!("Trying again in {left} s.  Esc stops.")])
        }
        WalkPhase::Stopped => vec![
            Piece::new("Stopped before any rows.", Role::TextStrong),
            Piece::new("r retries.  q quits.", Role::Text),
        ],
        WalkPhase::Done if grants.filters.server.is_empty() => vec![
            Piece::new("No grants yet.", Role::TextStrong),
            Piece::new("", Role::Text),
            Piece::new("Grants appear here once an account is connected.", Role::Text),
            Piece::new("r refreshes.  w watches.", Role::Text),
        ],
        WalkPhase::Done => vec![
            Piece::new("No grants match.", Role::TextStrong),
            Piece::new("x clears the filters.", Role::Text),
        ],
        WalkPhase::Idle => vec![Piece::new("Loading…", Role::TextDim)],
        WalkPhase::Loading { since } => {
            let waited = now.millis.saturating_sub(*since);
            let mut lines = vec![Piece::new("Loading the first grants…", Role::TextDim)];
            if waited >= PATIENCE {
                lines.push(Piece::new("", Role::Text));
                lines
                    .push(Piece::new(format!("No answer for {} s.  Esc stops.", waited / 1_000), Role::Text));
            }
            lines
        }
    }
}

/// A diagnosis in full: headline, who, cause, what to do.
pub(crate) fn explained(shared: &Shared, diagnosis: &Diagnosis, width: usize, keys: &[&str]) -> Vec<Piece> {
    let diagnosis = private::diagnosis(shared, diagnosis);
    let described = Described::new(&diagnosis);
    let (cause, fix) = described.why_and_fix();
    let mut lines = Vec::new();
    let mut add = |sentence: &str, role: Role| {
        lines.extend(
            text::wrap(Clean::brief(sentence).as_str(), width).into_iter().map(|line| Piece::new(line, role)),
        );
    };
    add(described.first_line(), Role::TextStrong);
    if let Some(cause) = cause {
        add(cause, Role::TextDim);
    }
    if let Some(said) = &described.said {
        add(&format!("{} said: {said}", capital(described.who)), Role::Text);
    }
    for (label, value) in &described.facts {
        add(&format!("{label}: {value}"), Role::Text);
    }
    add(" ", Role::Text);
    if let Some(fix) = fix {
        add(fix, Role::Text);
        add(" ", Role::Text);
    }
    for line in keys {
        add(line, Role::TextDim);
    }
    lines
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
