//! One message in, a changed model and a list of wishes out. This file only routes.

// A message or an answer that no arm takes would be lost without a word.
#![deny(clippy::wildcard_enum_match_arm)]

use super::effect::ExitReason;
use super::msg::{Session, Signal};
use super::overlays::{Overlay, Page};
use super::screens::{call, changes, composer, copy, grants, history, response, scan, smoke};
use super::{Answer, Effect, Job, Model, Msg, Ticket, keys, memory, mouse, question, switch, typing};
use crate::body::Folds;
use crate::domain::{Clean, Copied, CopyRoute, CopyText, Diagnosis, Identity, Now};
use crate::ui::Theme;

/// The only way a model changes.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    model.revision += 1;
    let mut effects = take(model, msg, now);
    effects.extend(response::catch_up(model, now));
    effects.extend(smoke::catch_up(model));
    effects.extend(memory::catch_up(model));
    question::note(model, now);
    effects
}

fn take(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    match msg {
        Msg::Start { width, height } => {
            model.size = (width, height);
            model.session.load(now.millis);
            vec![model.slots.ask(Job::OpenSession)]
        }
        Msg::Key(key) => keys::press(model, key, true, now),
        Msg::Burst(key) => keys::press(model, key, false, now),
        Msg::Mouse(mouse) => mouse::act(model, mouse, now),
        Msg::Paste(text) => {
            model.presses.paste(now);
            typing::paste(model, &text, now)
        }
        Msg::Resize { width, height } => {
            model.size = (width, height);
            let rows = model.list_height();
            model.grants.fit(rows);
            let rows = history::height(model);
            model.history.fit(rows);
            let rows = smoke::height(model);
            if let Some(board) = &mut model.smoke.board {
                board.settle(rows);
            }
            Vec::new()
        }
        Msg::Focus(_) => {
            // Nothing on the screen depends on the window's focus.
            model.revision -= 1;
            Vec::new()
        }
        Msg::Ground(ground) => {
            if model.follows_ground && model.theme.name != ground.theme() {
                model.theme = Theme::builtin(ground.theme(), model.depth).into();
            } else {
                model.revision -= 1;
            }
            Vec::new()
        }
        Msg::Resumed => vec![Effect::Repaint],
        Msg::Wake => wake(model, now),
        Msg::Signal(Signal::Interrupt) => vec![Effect::Quit(ExitReason::Interrupted)],
        Msg::Signal(Signal::Terminate) => vec![Effect::Quit(ExitReason::Terminated)],
        Msg::Answer { ticket, answer } => take_answer(model, ticket, *answer, now),
        Msg::Budget(budget) => {
            model.budget = Some(budget);
            Vec::new()
        }
        Msg::Fault(diagnosis) => {
            model.toasts.failure(&diagnosis, now);
            Vec::new()
        }
    }
}

fn wake(model: &mut Model, now: Now) -> Vec<Effect> {
    model.toasts.expire(now);
    grants::tick(model, now)
}

/// The one place where stale answers are dropped, and where a question ends that has one answer.
#[expect(clippy::too_many_lines, reason = "one arm for each answer")]
fn take_answer(model: &mut Model, ticket: Ticket, answer: Answer, now: Now) -> Vec<Effect> {
    if !model.slots.is_current(ticket) {
        model.revision -= 1;
        return match answer {
            Answer::Body(document) => vec![Effect::LetGo(document, Folds::default())],
            Answer::Filtered(Ok(filtered)) => vec![Effect::LetGo(filtered.document, Folds::default())],
            Answer::Folded { document, folds } => vec![Effect::LetGo(document, folds)],
            Answer::Searched { found, .. } => vec![Effect::LetGoFound(found)],
            Answer::Filtered(Err(_))
            | Answer::Session(_)
            | Answer::Identity { .. }
            | Answer::Profiles(_)
            | Answer::Copies(_)
            | Answer::Catalog(_)
            | Answer::Agents(_)
            | Answer::List(_)
            | Answer::Call(_)
            | Answer::Operations(_)
            | Answer::Operation(_)
            | Answer::Planned(_)
            | Answer::Changed(_)
            | Answer::Scan(_)
            | Answer::Foreseen(_)
            | Answer::Smoke(_)
            | Answer::Verdicts(_)
            | Answer::Wrapped
            | Answer::Saved(_)
            | Answer::Records(_)
            | Answer::Record(_)
            | Answer::Compared(_)
            | Answer::Forgotten(_)
            | Answer::Copied { .. }
            | Answer::Edited(_)
            | Answer::Found { .. }
            | Answer::Launched(_) => Vec::new(),
        };
    }
    if !answer.is_one_of_several() {
        model.slots.end(ticket.slot);
    }
    match answer {
        Answer::Session(result) => session(model, result, now),
        Answer::Identity { whose, notice } => identity(model, whose, notice.as_ref(), now),
        Answer::Copies(counts) => {
            model.copying.counts = counts;
            Vec::new()
        }
        Answer::Catalog(result) => {
            match result {
                Ok(catalog) => model.catalog.arrive(catalog, now.millis),
                Err(diagnosis) => model.catalog.fail(diagnosis),
            }
            Vec::new()
        }
        Answer::Agents(result) => {
            match result {
                Ok(agents) => {
                    let by_id = agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect();
                    model.agents.arrive(by_id, now.millis);
                }
                Err(diagnosis) => model.agents.fail(diagnosis),
            }
            Vec::new()
        }
        Answer::Launched(result) => {
            match result {
                Ok(()) => model.toasts.info("Opened in the browser.", now),
                Err(diagnosis) => model.toasts.failure(&diagnosis, now),
            }
            Vec::new()
        }
        Answer::Profiles(result) => switch::arrived(model, result, now),
        Answer::Call(event) => call::answer(model, ticket, event, now),
        Answer::Operations(result) => composer::operations(model, result, now),
        Answer::Operation(result) => composer::details(model, result.map(|operation| *operation), now),
        Answer::Body(document) => response::opened(model, document, now),
        Answer::Searched { found, last } => response::searched(model, found, last, now),
        Answer::Folded { document, folds } => response::folded(model, document, folds),
        Answer::Wrapped => Vec::new(),
        Answer::Filtered(result) => response::filtered(model, result, now),
        Answer::Saved(result) => response::saved(model, result, now),
        Answer::Foreseen(result) => smoke::foreseen(model, result, now),
        Answer::Smoke(events) => smoke::answer(model, &events, now),
        Answer::Verdicts(result) => {
            smoke::verdicts(model, result);
            Vec::new()
        }
        Answer::Planned(result) => {
            changes::planned(model, result);
            Vec::new()
        }
        Answer::Changed(result) => changes::changed(model, result, now),
        Answer::Scan(events) => {
            scan::answer(model, events, now);
            Vec::new()
        }
        Answer::Edited(result) => composer::edited(model, result, now),
        Answer::Copied { label, result, shown, ids } => {
            if matches!(&result, Ok(copied) if copied.route != CopyRoute::Shown) {
                copy::copied(model, &ids, now);
            }
            copied(model, &label, result, shown.as_ref(), now)
        }
        Answer::Records(result) => history::page(model, result, now),
        Answer::Record(result) => history::record(model, ticket, result, now),
        Answer::Compared(result) => history::compared(model, result, now),
        Answer::Forgotten(result) => history::forgotten(model, result, now),
        Answer::List(event) => grants::walked(model, event, now),
        Answer::Found { found, last } => grants::show_found(model, found, last, now),
    }
}

fn copied(
    model: &mut Model,
    label: &Clean,
    result: Result<Copied, Diagnosis>,
    shown: Option<&CopyText>,
    now: Now,
) -> Vec<Effect> {
    match result {
        Ok(Copied { route: CopyRoute::Shown, note, .. }) => {
            let why = note.map(|note| format!(" {note}.")).unwrap_or_default();
            match shown.map(Page::new) {
                Some(_) if model.privacy => {
                    let told = "Not copied: there is no clipboard, and privacy (z) keeps it off the screen.";
                    model.toasts.warning(told, now);
                }
                Some(Some(page)) => model.overlays.push(Overlay::Page(page)),
                _ => {
                    let told = format!("Not copied: no clipboard, and {label} is too long to be shown.{why}");
                    model.toasts.warning(&told, now);
                }
            }
        }
        Ok(copied) => model.toasts.info(&format!("{}.", copied.words(label)), now),
        Err(diagnosis) => model.toasts.failure(&diagnosis, now),
    }
    Vec::new()
}

fn session(model: &mut Model, result: Result<Session, Diagnosis>, now: Now) -> Vec<Effect> {
    let session = match result {
        Ok(session) => session,
        Err(diagnosis) => {
            model.session.fail(diagnosis);
            return Vec::new();
        }
    };
    if let Some(keymap) = &session.keymap {
        model.keymap = keymap.clone();
    }
    if let Some(theme) = &session.theme {
        model.theme = theme.clone();
        model.follows_ground = false;
    }
    memory::recall(model, session.look.clone(), session.remembered.clone());
    if let Some(warning) = session.warnings.first() {
        model.toasts.failure(warning, now);
        model.toasts.and_more(session.warnings.len() - 1);
    }
    model.session.arrive(session, now.millis);
    // The list first: it is what the person came for.
    let mut effects = grants::begin_first_walk(model, now);
    effects.extend(model.ask_for_names(now));
    effects.push(model.slots.ask(Job::Copies));
    effects
}

fn identity(
    model: &mut Model,
    whose: Result<Identity, Diagnosis>,
    notice: Option<&Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let first_time = model.identity.value().is_none();
    if let Some(notice) = notice.filter(|_| first_time) {
        model.toasts.warning(&notice.advice(), now);
    }
    let identity = match whose {
        Ok(identity) => identity,
        Err(diagnosis) => {
            model.identity.fail(diagnosis);
            return Vec::new();
        }
    };
    let is_app = identity == Identity::Application;
    model.identity.arrive(identity, now.millis);
    if !is_app {
        return Vec::new();
    }
    let everyone = model.session.value().is_some_and(|session| !session.one_user && !session.demo);
    if first_time && everyone {
        model.toasts.info_next("An app key without a user token: you see the grants of every user.", now);
    }
    model.agents.load(now.millis);
    vec![model.slots.ask(Job::Agents)]
}
