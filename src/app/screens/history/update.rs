//! What happens in the history.

use tui_input::InputRequest;

use super::{Comparison, Difference, Hand, PAGE, forget, past, view};
use crate::app::action::{CommonAction, HistoryAction};
use crate::app::input::Key;

use crate::app::nav::{Kind, View};
use crate::app::remote::Remote;
use crate::app::requests::{CompareRecords, ListRecords, ReadRecord};
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Job, Model, Slot, Ticket};
use crate::domain::{CallRecord, Clean, Diagnosis, GrantId, Now, RecordId, RecordPage, RecordQuery, Which};
use crate::ui::layout;

/// Most rows that are read again at once, where more were read page by page.
const AGAIN: usize = 1_000;

/// Opens the history. The call that one was about to make stays as it is.
pub(super) fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    let called = model.call.as_ref().filter(|_| model.shared.nav.screen() == Kind::Call);
    if called.is_some_and(past::is_untouched) {
        if past::came_from_history(model) {
            return past::leave_call(model, now);
        }
        // One looked at another call in between: what it took the place of is what one came with.
        effects = past::take_back(model, now);
    }
    let called = model.call.as_ref().filter(|_| model.shared.nav.screen() == Kind::Call);
    let (grant, id) = if let Some(call) = called {
        (Some(&call.grant), Some(call.composer.draft().grant))
    } else {
        let grant = model.grants.selected();
        (grant, grant.and_then(|grant| grant.row.grant()))
    };
    model.history.hand = grant.zip(id).map(|(grant, id)| hand(id, &grant.provider, grant.account()));
    model.history.only_hand = false;
    model.grants.typing = false;
    model.shared.nav.reopen(View::History);
    effects.extend(enter(model));
    effects
}

fn hand(grant: GrantId, provider: &str, account: &str) -> Hand {
    Hand { grant, provider: provider.into(), account: account.to_owned() }
}

/// Shows the list as it is now: calls may have been made since it was read, here or by another instance.
pub(super) fn enter(model: &mut Model) -> Vec<Effect> {
    let height = view::height(model);
    model.history.fit(height);
    read(model)
}

/// Reads the list from its beginning, as far as it was read before.
fn read(model: &mut Model) -> Vec<Effect> {
    let limit = model.history.rows.len().clamp(PAGE, AGAIN);
    ask(model, false, limit)
}

/// Reads the list for another search: nothing of the one before counts.
fn search(model: &mut Model) -> Vec<Effect> {
    model.history.place = 0;
    model.history.offset = 0;
    ask(model, false, PAGE)
}

fn ask(model: &mut Model, paging: bool, limit: usize) -> Vec<Effect> {
    let history = &mut model.history;
    (history.paging, history.limit) = (paging, limit);
    let before = history.rows.last().filter(|_| paging).map(|row| row.id);
    let grant = history.hand.as_ref().filter(|_| history.only_hand).map(|hand| hand.grant);
    let query =
        RecordQuery { text: history.text().to_owned(), grant, before, limit, ..RecordQuery::default() };
    vec![model.shared.slots.ask(ListRecords(query))]
}

/// Reads on where the cursor comes near the end of what was read.
fn more(model: &mut Model) -> Vec<Effect> {
    let ahead = view::height(model) * 2;
    let history = &model.history;
    let wanted = history.more && history.place + ahead >= history.rows.len();
    if wanted && !model.shared.slots.is_open(Slot::Records) { ask(model, true, PAGE) } else { Vec::new() }
}

/// Carries an action out.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Vec<Effect> {
    if model.history.difference.is_some() {
        super::difference::act(model, action);
        return Vec::new();
    }
    let height = view::height(model);
    let history = &mut model.history;
    if let Action::Move(motion) = action {
        history.go_to(motion.from(history.place, history.rows.len(), height), height);
    } else if let Action::Common(action) = action {
        match action {
            CommonAction::Search => history.typing = true,
            CommonAction::Accept => history.typing = false,
            CommonAction::Refresh => return read(model),
            CommonAction::SwitchPane | CommonAction::Filter => return Vec::new(),
        }
    } else if let Action::History(action) = action {
        return act_on_records(model, action, now);
    } else {
        return Vec::new();
    }
    more(model)
}

/// Carries out an action on the call under the cursor, or on the list.
fn act_on_records(model: &mut Model, action: HistoryAction, now: Now) -> Vec<Effect> {
    match action {
        HistoryAction::OpenRecord => return open_record(model, false),
        HistoryAction::ResendRecord => return open_record(model, true),
        HistoryAction::MarkRecord => {
            let height = view::height(model);
            let history = &mut model.history;
            if let Some(id) = history.selected().map(|row| row.id) {
                history.mark(id);
                history.go_to(history.place + 1, height);
            }
        }
        HistoryAction::CompareRecords => return compare(model, now),
        HistoryAction::OnlyThisGrant => return only_this_grant(model),
        HistoryAction::ForgetRecord => {
            if let Some(question) = forget::ask_one(model) {
                model.shared.nav.push(View::Confirm(Box::new(question)));
            }
        }
        HistoryAction::ForgetAllRecords => {
            model.shared.nav.push(View::Confirm(Box::new(forget::ask_all())));
        }
        HistoryAction::NextRecord | HistoryAction::PreviousRecord => return Vec::new(),
    }
    more(model)
}

fn open_record(model: &mut Model, send: bool) -> Vec<Effect> {
    let Some(row) = model.history.selected() else { return Vec::new() };
    let job = Job::from(ReadRecord(Which::This(row.id)));
    let ticket = model.shared.slots.begin(job.slot());
    model.history.send = send.then_some(ticket);
    vec![Effect::Start { ticket, job }]
}

/// Compares the marked calls, or the marked one with the one under the cursor; without a mark, that is where a
/// comparison begins.
fn compare(model: &mut Model, now: Now) -> Vec<Effect> {
    let history = &mut model.history;
    let Some(here) = history.selected().map(|row| row.id) else { return Vec::new() };
    let pair = match history.marks[..] {
        [first, second] => [first, second],
        [first] if first != here => [first, here],
        [_] => {
            model.shared.toasts.info("This call is marked. Go to another call and press d to compare.", now);
            return Vec::new();
        }
        _ => {
            history.mark(here);
            model.shared.toasts.info("Marked. Go to another call and press d to compare.", now);
            return Vec::new();
        }
    };
    // What was said of marking is done.
    model.shared.toasts.dismiss(now);
    // What was made later stands on the right, whichever was marked first.
    let (left, right) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
    let mut found = Remote::Idle;
    found.load(now.millis);
    history.difference = Some(Difference { found, offset: 0 });
    vec![model.shared.slots.ask(CompareRecords(left, right))]
}

/// Shows the calls with the grant that one came with only, or with that of the call under the cursor where one came
/// with none; again, all calls.
fn only_this_grant(model: &mut Model) -> Vec<Effect> {
    let history = &mut model.history;
    if history.hand.is_none() {
        history.hand = history.selected().map(|row| {
            let provider = row.provider.as_deref().unwrap_or_default();
            hand(row.grant, provider, row.account.as_deref().unwrap_or_default())
        });
    }
    history.only_hand = !history.only_hand && history.hand.is_some();
    search(model)
}

/// A key that is no action goes into the search line.
pub(super) fn typed(model: &mut Model, key: Key) -> Vec<Effect> {
    if !model.history.typing {
        return Vec::new();
    }
    let before = model.history.text().to_owned();
    edit_line(&mut model.history.input, key);
    if model.history.text() == before { Vec::new() } else { search(model) }
}

/// A pasted text is something to look for.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if model.history.difference.is_some() {
        return Vec::new();
    }
    model.history.typing = true;
    for character in Clean::line(text.trim()).as_str().chars().take(400) {
        model.history.input.handle(InputRequest::InsertChar(character));
    }
    search(model)
}

/// Leaves the innermost thing that is open, at last the history.
pub(super) fn back(model: &mut Model, now: Now) -> Vec<Effect> {
    let history = &mut model.history;
    if history.difference.take().is_some() {
        return model.shared.give_up(Slot::Compare).into_iter().collect();
    }
    let narrowed = !history.text().is_empty();
    if history.typing || narrowed {
        history.typing = false;
        history.input.reset();
        return if narrowed { search(model) } else { Vec::new() };
    }
    if model.shared.toasts.dismiss(now) {
        return Vec::new();
    }
    past::leave_screen(model);
    [Slot::Records, Slot::Record].into_iter().filter_map(|slot| model.shared.give_up(slot)).collect()
}

/// Takes one past call in.
pub(crate) fn record(
    model: &mut Model,
    ticket: Ticket,
    result: Result<Option<(RecordId, Box<CallRecord>)>, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    // Only from where it was asked for: what is shown anywhere else is looked at first.
    let send = model.history.send.take() == Some(ticket) && model.shared.nav.screen() == Kind::History;
    match result {
        Ok(Some((id, record))) => return past::show(model, id, &record, send, now),
        Ok(None) => model.shared.toasts.info("No more calls in this direction.", now),
        Err(why) => model.shared.toasts.failure(&why, now),
    }
    Vec::new()
}

/// Takes in what differs between two past calls.
pub(crate) fn compared(
    model: &mut Model,
    result: Result<Option<Box<Comparison>>, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let Some(difference) = &mut model.history.difference else { return Vec::new() };
    match result {
        Ok(Some(found)) => difference.found.arrive(*found, now.millis),
        Ok(None) => {
            model.history.difference = None;
            model.shared.toasts.warning("One of the two calls is no longer in the history.", now);
            return read(model);
        }
        Err(why) => difference.found.fail(why),
    }
    Vec::new()
}

/// Says how many past calls were forgotten, and reads the list again.
pub(crate) fn forgotten(model: &mut Model, result: Result<usize, Diagnosis>, now: Now) -> Vec<Effect> {
    match result {
        Ok(0) => model.shared.toasts.info("It was already deleted.", now),
        Ok(1) => model.shared.toasts.info("Deleted one call.", now),
        Ok(count) => model.shared.toasts.info(&format!("Deleted {count} calls."), now),
        Err(why) => model.shared.toasts.failure(&why, now),
    }
    if model.shared.nav.screen() == Kind::History { read(model) } else { Vec::new() }
}

/// Takes a part of the list in.
pub(crate) fn page(model: &mut Model, result: Result<RecordPage, Diagnosis>, now: Now) -> Vec<Effect> {
    let height = view::height(model);
    let history = &mut model.history;
    let page = match result {
        Ok(page) => page,
        Err(why) if history.rows.is_empty() => {
            history.trouble = Some(why);
            return Vec::new();
        }
        Err(why) => {
            // What is here stays; reading it again tries once more.
            history.more = false;
            model.shared.toasts.failure_to_load(&why, now);
            return Vec::new();
        }
    };
    let under = history.selected().map(|row| row.id);
    history.trouble = None;
    history.loaded = true;
    history.keep = Some(page.keep);
    history.more = page.rows.len() >= history.limit;
    if history.paging {
        let last = history.rows.last().map(|row| row.id);
        history.rows.extend(page.rows.into_iter().filter(|row| last.is_none_or(|last| row.id < last)));
    } else {
        history.rows = page.rows;
    }
    history.settle(under.filter(|_| history.place > 0), height);
    more(model)
}

/// The mouse pressed at a line of the screen.
pub(super) fn press(model: &mut Model, row: u16) -> Vec<Effect> {
    let Some(areas) = model.shared.areas().filter(|_| model.history.difference.is_none()) else {
        return Vec::new();
    };
    let first = layout::inside(areas.list).y + 1;
    let height = view::height(model);
    let line = row.checked_sub(first).map(usize::from).filter(|line| *line < height);
    if let Some(place) = line.map(|line| model.history.offset + line)
        && place < model.history.rows.len()
    {
        model.history.go_to(place, height);
    }
    more(model)
}
