//! More of the grant under the cursor: what became of it, what ends with it.

use ratatui::layout::Rect;

use super::super::known::{self, Screen};
use super::super::{RevokeState, Revoking, Step};
use crate::app::screens::detail::content::{self, Line};
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::domain::describe::diagnosis::Described;
use crate::domain::describe::{Entry, Section, Span, Tone, revoke as describe};
use crate::domain::revoke::RevokeOutcome;
use crate::domain::words::counted;
use crate::domain::{Diagnosis, Health, Now};
use crate::ui::Role;
use crate::ui::paint::{Pen, Piece};

/// In fewer lines there are no empty ones.
const ROOMY: u16 = 10;

/// All lines about it in a width.
pub(super) fn lines(model: &Model, revoking: &Revoking, now: Now, area: Rect) -> Vec<Line> {
    let width = area.width.saturating_sub(2);
    let sections = sections(model, revoking, now);
    if area.height < ROOMY {
        content::wrapped(&[sections.concat()], width)
    } else {
        content::wrapped(&sections, width)
    }
}

/// Draws them. What does not fit is said to be there.
pub(super) fn draw(model: &Model, revoking: &Revoking, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let lines = lines(model, revoking, now, area);
    let (width, height) = (area.width.saturating_sub(2), usize::from(area.height));
    let offset = revoking.scroll.min(lines.len().saturating_sub(height));
    let more = lines.len().saturating_sub(offset + height);
    let shown = if more > 0 { height.saturating_sub(1) } else { height };
    for (y, line) in (area.y..).zip(lines.iter().skip(offset).take(shown)) {
        pen.pieces(area.x + 1, y, width, line);
    }
    if more > 0 && height > 0 {
        let text = format!("… {} (↓)", counted(more as u64 + 1, "more line"));
        let line = [Piece::new(text, Role::TextDim)];
        pen.pieces(area.x + 1, area.bottom().saturating_sub(1), width, &line);
    }
}

/// A sentence that is wrapped.
fn text(words: impl Into<String>, tone: Tone) -> Entry {
    Entry::Indented(0, Span::new(words, tone))
}

fn sections(model: &Model, revoking: &Revoking, now: Now) -> Vec<Section> {
    match &revoking.state {
        RevokeState::Reading { pause, .. } => {
            let mut section = vec![text("Reading the list…", Tone::Plain)];
            if let Some(pause) = pause.as_ref().filter(|pause| pause.seconds(now).is_some()) {
                section.push(text(pause.reason.headline(), Tone::Soon));
            }
            let sentence = "Nothing is sent before you have seen what it affects.";
            vec![section, vec![text(sentence, Tone::Dim)]]
        }
        RevokeState::Refused(why) => {
            let mut sections = failure(&model.shared, "✗ Not planned: ", why);
            let sentence = "Nothing was sent. Enter reads the list again.";
            sections.insert(1, vec![text(sentence, Tone::Plain)]);
            sections
        }
        RevokeState::Planned(_) | RevokeState::Running(_) => grant(model, revoking),
    }
}

/// The grant under the cursor.
fn grant(model: &Model, revoking: &Revoking) -> Vec<Section> {
    let shared = &model.shared;
    let (Some(facts), Some(index)) = (revoking.facts(), revoking.at(revoking.cursor)) else {
        return Vec::new();
    };
    let mut sections = Vec::new();
    if let Some(why) = &facts.doubt {
        let words = format!("{} Relatives may be missing here.", why.headline());
        sections.push(vec![text(words, Tone::Soon)]);
    }
    let Some((name, id)) = revoking.named(shared, index) else { return sections };
    let Some(target) = facts.plan.targets.get(index) else {
        let gone = facts.plan.gone.get(index - facts.plan.targets.len());
        let why = match gone.and_then(|gone| gone.grant.as_ref()) {
            Some(_) => "It is revoked already: nothing to do.",
            None => "The list no longer has it: nothing to do.",
        };
        sections.push(vec![text(name, Tone::Strong), text(why, Tone::Dim)]);
        sections.push(vec![Entry::field("Id", known::id(shared, id), Tone::Dim)]);
        return sections;
    };
    let mut of_grant = Section::new();
    match revoking.run().and_then(|run| run.steps.get(index)) {
        None => {
            let health = Health::of(&target.grant, facts.at);
            of_grant.push(Entry::Line(vec![
                Span::new(format!("{} ", health.sign()), health.into()),
                Span::new(name, Tone::Strong),
                Span::new(format!("  {}", health.word()), Tone::Dim),
            ]));
        }
        Some(step) => {
            let words = match step {
                Step::Waiting => vec![vec![text("Its turn has not come.", Tone::Dim)]],
                Step::Sent => vec![vec![text("The request is under way.", Tone::Plain)]],
                Step::Ended(outcome) => ended(shared, outcome),
            };
            sections.extend(words);
            of_grant.push(text(name, Tone::Strong));
        }
    }
    of_grant.extend(describe::effects(
        target,
        &Screen { shared, tested: &model.smoke.known, facts },
        facts.at,
    ));
    of_grant.push(Entry::field("Id", known::id(shared, id), Tone::Dim));
    sections.push(of_grant);
    sections
}

/// What became of it.
fn ended(shared: &Shared, outcome: &RevokeOutcome) -> Vec<Section> {
    let words = describe::outcome(outcome);
    let (sign, tone) = match outcome {
        RevokeOutcome::Revoked { .. } | RevokeOutcome::RevokedByList => ("✓ ", Tone::Good),
        RevokeOutcome::Gone => ("✓ ", Tone::Dim),
        RevokeOutcome::NotTried => ("– ", Tone::Unknown),
        RevokeOutcome::Failed(why) => return failure(shared, "✗ Not revoked: ", why),
        RevokeOutcome::Uncertain(why) => {
            // What usually mends such a failure is to try again, and just that is not safe here.
            let facts = Described::new(&private::diagnosis(shared, why)).facts.into_iter();
            let facts = facts.map(|(label, value)| Entry::field(label, value.as_str(), Tone::Plain));
            let head = text(format!("? {words}"), Tone::Soon);
            return vec![std::iter::once(head).chain(facts).collect()];
        }
    };
    vec![vec![text(format!("{sign}{words}"), tone)]]
}

/// Why something did not work.
fn failure(shared: &Shared, what: &str, why: &Diagnosis) -> Vec<Section> {
    let words = Described::new(&private::diagnosis(shared, why));
    let head = vec![text(format!("{what}{}", words.first_line()), Tone::Bad)];
    vec![head, words.entries()]
}
