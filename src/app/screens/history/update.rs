//! What happens in the history.

use tui_input::InputRequest;

use super::{Comparison, Difference, Hand, History, PAGE, PastWrite, forget, past, view};
use crate::app::action::{CommonAction, HistoryAction};
use crate::app::input::Key;
use crate::app::shared::Shared;

use crate::app::nav::{Kind, View};
use crate::app::remote::Remote;
use crate::app::requests::{CompareRecords, ListRecords, ReadRecord};
use crate::app::text_input::edit_line;
use crate::app::{Action, Effect, Job, Model, Slot, Ticket};
use crate::domain::{
    CallRecord, Clean, Diagnosis, GrantId, HistoryPage, HistoryQuery, HistoryRow, HistorySlice, Now,
    RecordId, Which,
};
use crate::ui::layout;

/// Most rows that are read again at once, where more were read page by page.
const AGAIN: usize = 1_000;

/// Opens the history. The call that one was about to make stays as it is.
pub(super) fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    let called = model.call.as_ref().filter(|_| model.shared.nav.screen() == Kind::Call);
    if called.is_some_and(past::is_untouched) {
        if past::came_from_history(&model.shared) {
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
    effects.extend(enter(&mut model.history, &mut model.shared));
    effects
}

fn hand(grant: GrantId, provider: &str, account: &str) -> Hand {
    Hand { grant, provider: provider.into(), account: account.to_owned() }
}

/// Shows the list as it is now: calls may have been made since it was read, here or by another instance.
pub(super) fn enter(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    let height = view::height(shared);
    history.fit(height);
    read(history, shared)
}

/// Reads the list from its beginning, as far as it was read before.
fn read(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    let limit = history.rows.len().clamp(PAGE, AGAIN);
    ask(history, shared, false, limit)
}

/// Reads the list for another search: nothing of the one before counts.
fn search(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    history.place = 0;
    history.offset = 0;
    ask(history, shared, false, PAGE)
}

fn ask(history: &mut History, shared: &mut Shared, paging: bool, limit: usize) -> Vec<Effect> {
    (history.paging, history.limit) = (paging, limit);
    let after = history.end.filter(|_| paging);
    let grant = history.hand.as_ref().filter(|_| history.only_hand).map(|hand| hand.grant);
    let query = HistoryQuery { text: history.text().to_owned(), grant, profile: None, after, limit };
    vec![shared.slots.ask(ListRecords(query))]
}

/// Reads on where the cursor comes near the end of what was read.
fn more(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    let ahead = view::height(shared) * 2;
    let wanted = history.more && history.place + ahead >= history.rows.len();
    if wanted && !shared.slots.is_open(Slot::Records) { ask(history, shared, true, PAGE) } else { Vec::new() }
}

/// Carries an action out.
pub(super) fn act(history: &mut History, shared: &mut Shared, action: Action, now: Now) -> Vec<Effect> {
    if history.difference.is_some() {
        super::difference::act(history, shared, action);
        return Vec::new();
    }
    let height = view::height(shared);
    if let Action::Move(motion) = action {
        history.go_to(motion.from(history.place, history.rows.len(), height), height);
    } else if let Action::Common(action) = action {
        match action {
            CommonAction::Search => history.typing = true,
            CommonAction::Accept => history.typing = false,
            CommonAction::Refresh => return read(history, shared),
            CommonAction::SwitchPane | CommonAction::Filter => return Vec::new(),
        }
    } else if let Action::History(action) = action {
        return act_on_records(history, shared, action, now);
    } else {
        return Vec::new();
    }
    more(history, shared)
}

/// Carries out an action on the row under the cursor, or on the list.
fn act_on_records(
    history: &mut History,
    shared: &mut Shared,
    action: HistoryAction,
    now: Now,
) -> Vec<Effect> {
    match action {
        HistoryAction::OpenRecord => return open_row(history, shared),
        HistoryAction::ResendRecord => return open_call(history, shared, true),
        HistoryAction::MarkRecord => {
            let height = view::height(shared);
            if let Some(id) = history.selected_call().map(|call| call.id) {
                history.mark(id);
                history.go_to(history.place + 1, height);
            }
        }
        HistoryAction::CompareRecords => return compare(history, shared, now),
        HistoryAction::OnlyThisGrant => return only_this_grant(history, shared),
        HistoryAction::ForgetRecord => {
            if let Some(question) = forget::ask_one(history, shared) {
                shared.nav.push(View::Confirm(Box::new(question)));
            }
        }
        HistoryAction::ForgetAllRecords => {
            shared.nav.push(View::Confirm(Box::new(forget::ask_all())));
        }
        HistoryAction::NextRecord | HistoryAction::PreviousRecord => return Vec::new(),
    }
    more(history, shared)
}

/// Opens a call, which is read first, or a write, which is here already.
fn open_row(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    let Some(write) = history.selected().and_then(HistoryRow::write) else {
        return open_call(history, shared, false);
    };
    shared.nav.push(View::PastWrite(Box::new(PastWrite::new(write.record.clone()))));
    // A call that is still being read is not wanted any more, and must not open below it.
    shared.give_up(Slot::Record).into_iter().collect()
}

fn open_call(history: &mut History, shared: &mut Shared, send: bool) -> Vec<Effect> {
    let Some(call) = history.selected_call() else { return Vec::new() };
    let job = Job::from(ReadRecord(Which::This(call.id)));
    let ticket = shared.slots.begin(job.slot());
    history.send = send.then_some(ticket);
    vec![Effect::Start { ticket, job }]
}

/// Compares the marked calls, or the marked one with the one under the cursor; without a mark, that is where a
/// comparison begins.
fn compare(history: &mut History, shared: &mut Shared, now: Now) -> Vec<Effect> {
    let here = history.selected_call().map(|call| call.id);
    let pair = match (&history.marks[..], here) {
        (&[first, second], _) => [first, second],
        (_, None) => return Vec::new(),
        (&[first], Some(here)) if first != here => [first, here],
        (&[_], Some(_)) => {
            shared.toasts.info("This call is marked. Go to another call and press d to compare.", now);
            return Vec::new();
        }
        (_, Some(here)) => {
            history.mark(here);
            shared.toasts.info("Marked. Go to another call and press d to compare.", now);
            return Vec::new();
        }
    };
    // What was said of marking is done.
    shared.toasts.dismiss(now);
    // What was made later stands on the right, whichever was marked first.
    let (left, right) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
    let mut found = Remote::Idle;
    found.load(now.millis);
    history.difference = Some(Difference { found, offset: 0 });
    vec![shared.slots.ask(CompareRecords(left, right))]
}

/// Shows only what was done with the grant that one came with, or with that of the row under the cursor where one came
/// with none; again, everything.
fn only_this_grant(history: &mut History, shared: &mut Shared) -> Vec<Effect> {
    if history.hand.is_none() {
        history.hand = history.selected().and_then(|row| {
            let (grant, provider, account) = match row {
                HistoryRow::Call(call) => (call.grant, &call.provider, &call.account),
                HistoryRow::Write(write) => {
                    (write.record.latest_grant()?, &write.record.provider, &write.record.account)
                }
            };
            let (provider, account) = (provider.as_deref(), account.as_deref());
            Some(hand(grant, provider.unwrap_or_default(), account.unwrap_or_default()))
        });
    }
    history.only_hand = !history.only_hand && history.hand.is_some();
    search(history, shared)
}

/// A key that is no action goes into the search line.
pub(super) fn typed(history: &mut History, shared: &mut Shared, key: Key) -> Vec<Effect> {
    if !history.typing {
        return Vec::new();
    }
    let before = history.text().to_owned();
    edit_line(&mut history.input, key);
    if history.text() == before { Vec::new() } else { search(history, shared) }
}

/// A pasted text is something to look for.
pub(super) fn paste(history: &mut History, shared: &mut Shared, text: &str) -> Vec<Effect> {
    if history.difference.is_some() {
        return Vec::new();
    }
    history.typing = true;
    for character in Clean::line(text.trim()).as_str().chars().take(400) {
        history.input.handle(InputRequest::InsertChar(character));
    }
    search(history, shared)
}

/// Leaves the innermost thing that is open, at last the history.
pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    let history = &mut model.history;
    if history.difference.take().is_some() {
        return model.shared.give_up(Slot::Compare).into_iter().collect();
    }
    let narrowed = !history.text().is_empty();
    if history.typing || narrowed {
        history.typing = false;
        history.input.reset();
        return if narrowed { search(&mut model.history, &mut model.shared) } else { Vec::new() };
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
    history: &mut History,
    shared: &mut Shared,
    result: Result<Option<Box<Comparison>>, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let Some(difference) = &mut history.difference else { return Vec::new() };
    match result {
        Ok(Some(found)) => difference.found.arrive(*found, now.millis),
        Ok(None) => {
            history.difference = None;
            shared.toasts.warning("One of the two calls is no longer in the history.", now);
            return read(history, shared);
        }
        Err(why) => difference.found.fail(why),
    }
    Vec::new()
}

/// Says how many past calls were forgotten, and reads the list again.
pub(crate) fn forgotten(
    history: &mut History,
    shared: &mut Shared,
    result: Result<usize, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    match result {
        Ok(0) => shared.toasts.info("It was already deleted.", now),
        Ok(1) => shared.toasts.info("Deleted one call.", now),
        Ok(count) => shared.toasts.info(&format!("Deleted {count} calls."), now),
        Err(why) => shared.toasts.failure(&why, now),
    }
    if shared.nav.screen() == Kind::History { read(history, shared) } else { Vec::new() }
}

/// Takes a part of the list in.
pub(crate) fn page(
    history: &mut History,
    shared: &mut Shared,
    result: Result<HistoryPage, Diagnosis>,
    now: Now,
) -> Vec<Effect> {
    let height = view::height(shared);
    let page = match result {
        Ok(page) => page,
        Err(why) if history.rows.is_empty() => {
            history.trouble = Some(why);
            return Vec::new();
        }
        Err(why) => {
            // What is here stays; reading it again tries once more.
            history.more = false;
            shared.toasts.failure_to_load(&why, now);
            return Vec::new();
        }
    };
    let HistoryPage { slice: HistorySlice { rows, end }, keep } = page;
    let under = history.selected().map(HistoryRow::id);
    history.trouble = None;
    history.loaded = true;
    history.keep = Some(keep);
    history.more = rows.len() >= history.limit;
    if history.paging {
        let before = history.end;
        let is_further = |row: &HistoryRow| before.is_none_or(|before| before.has_behind(row.id()));
        history.rows.extend(rows.into_iter().filter(is_further));
    } else {
        history.rows = rows;
    }
    history.end = Some(end.after(&history.rows));
    history.settle(under.filter(|_| history.place > 0), height);
    more(history, shared)
}

/// The mouse pressed at a line of the screen.
pub(super) fn press(history: &mut History, shared: &mut Shared, row: u16) -> Vec<Effect> {
    let Some(areas) = shared.areas().filter(|_| history.difference.is_none()) else {
        return Vec::new();
    };
    let first = layout::inside(areas.list).y + 1;
    let height = view::height(shared);
    let line = row.checked_sub(first).map(usize::from).filter(|line| *line < height);
    if let Some(place) = line.map(|line| history.offset + line)
        && place < history.rows.len()
    {
        history.go_to(place, height);
    }
    more(history, shared)
}
