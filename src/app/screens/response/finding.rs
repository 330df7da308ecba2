//! Searching what is shown: the line in which it is typed, what was found, and going from one match to the next.

use tui_input::Input;

use super::Response;
use super::sheet::{Room, Sheet};
use crate::app::requests::SearchBody;
use crate::body::{self, Document, Matches, Needle, View};
use crate::domain::words;

/// What is looked for and what was found.
#[derive(Debug, Default)]
pub(super) struct Finding {
    /// What was typed; empty = nothing is looked for.
    text: String,
    /// The line while it has the keys.
    input: Option<Input>,
    found: Option<Matches>,
    /// More may be found.
    running: bool,
    /// What was searched, and as what.
    over: Option<(Document, View)>,
    /// Where the cursor stood before: it comes back when nothing is found, or when the search is dropped.
    from: usize,
    /// The first match from there on is gone to, once it is known.
    seeks: bool,
    /// The match that was gone to.
    current: Option<usize>,
}

impl Finding {
    /// Whether something is looked for.
    pub(super) fn is_on(&self) -> bool {
        !self.text.is_empty()
    }

    /// Whether it takes a line of the screen.
    pub(super) fn is_seen(&self) -> bool {
        self.is_on() || self.input.is_some()
    }

    pub(super) fn input(&self) -> Option<&Input> {
        self.input.as_ref()
    }

    pub(super) fn input_mut(&mut self) -> Option<&mut Input> {
        self.input.as_mut()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What is lit in the lines.
    pub(super) fn needle(&self) -> Option<&Needle> {
        self.found.as_ref().map(|found| &found.needle)
    }

    /// How many there are, and which one is looked at.
    pub(super) fn note(&self) -> String {
        if !self.is_on() {
            return "text; in hex also bytes".to_owned();
        }
        let Some(found) = self.found.as_ref() else { return "searching…".to_owned() };
        let more = if self.running { "+" } else { "" };
        let total = format!("{}{more}", words::count(found.total as u64));
        match self.current.and_then(|at| found.number(at)) {
            Some(number) => format!("{} of {total}", words::count(number as u64)),
            None if found.total == 0 && self.running => "searching…".to_owned(),
            None if found.total == 0 => "no match".to_owned(),
            None if found.total == 1 && !self.running => "1 match".to_owned(),
            None => format!("{total} matches"),
        }
    }

    /// Whether somebody is at it.
    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// What was found so far does not count.
    pub(super) fn forget(&mut self) {
        self.over = None;
        self.running = false;
    }

    fn is_over(&self, sheet: &Sheet) -> bool {
        self.over.as_ref().is_some_and(|(document, view)| {
            document.is_same(&sheet.document) && same_bytes(*view, sheet.view)
        })
    }

    /// The cursor has left the match.
    pub(super) fn wander(&mut self) {
        self.current = None;
        self.seeks = false;
    }
}

/// Pretty and raw are searched alike.
fn same_bytes(one: View, other: View) -> bool {
    (one == View::Hex) == (other == View::Hex)
}

impl Response {
    /// Gives the keys to the line of the search.
    pub(super) fn open_search(&mut self) {
        self.finding.from = self.sheet().map_or(0, |sheet| sheet.byte);
        self.finding.input = Some(Input::new(self.finding.text.clone()));
    }

    /// The line of the search is done; what was found stays lit.
    pub(super) fn close_search(&mut self) {
        self.finding.input = None;
    }

    /// Nothing is looked for any more. While it is typed, the cursor goes back to where it was.
    pub(super) fn drop_search(&mut self, room: Option<Room>) {
        let finding = std::mem::take(&mut self.finding);
        if let (Some(_), Some(room), Some(sheet)) = (finding.input, room, self.sheet_mut()) {
            sheet.go_to(finding.from, room);
        }
    }

    /// The line may hold another text.
    pub(super) fn search_anew(&mut self) {
        let finding = &mut self.finding;
        let Some(input) = &finding.input else { return };
        if input.value() == finding.text {
            return;
        }
        input.value().clone_into(&mut finding.text);
        finding.over = None;
        finding.seeks = true;
    }

    /// Searches what is shown, unless that was done: at once where it is small; else the answer is work for
    /// elsewhere.
    pub(super) fn search_what_is_shown(&mut self, room: Room) -> Option<SearchBody> {
        if !self.finding.is_on() {
            if self.finding.over.is_none() && self.finding.seeks {
                // The last letter was taken back.
                self.found(None, true, room);
                self.finding.seeks = false;
            }
            return None;
        }
        let sheet = self.sheet()?;
        if self.finding.is_over(sheet) {
            return None;
        }
        let (document, view, large) = (sheet.document.clone(), sheet.view, sheet.is_large());
        let needle = self.finding.text.clone();
        self.finding.over = Some((document.clone(), view));
        self.finding.current = None;
        if large {
            // What is lit meanwhile is what is looked for now.
            self.finding.found = body::Search::start(&document, &needle, view).map(body::Search::into_found);
            self.finding.running = true;
            return Some(SearchBody { document, needle, view });
        }
        let found = body::search(&document, &needle, view, &|| false);
        self.found(found, true, room);
        None
    }

    /// More was found in a large body; without a room nothing is gone to.
    pub(super) fn searched(&mut self, found: Matches, last: bool, room: Option<Room>) {
        if let Some(room) = room {
            self.found(Some(found), last, room);
        } else {
            (self.finding.found, self.finding.running) = (Some(found), !last);
        }
    }

    /// Takes in what was found so far.
    fn found(&mut self, found: Option<Matches>, last: bool, room: Room) {
        self.finding.found = found;
        self.finding.running = !last;
        if !self.finding.seeks {
            return;
        }
        let from = self.finding.from;
        let found = self.finding.found.as_ref();
        let first = found.and_then(|found| found.at_or_after(from));
        // As long as more may come, going round to the beginning is too early.
        let target = first.map(|place| place.start).filter(|start| last || *start >= from);
        let Some(target) = target else {
            if last {
                self.finding.seeks = false;
                self.go_back(room);
            }
            return;
        };
        self.finding.seeks = false;
        self.go_to_match(target, room);
    }

    fn go_back(&mut self, room: Room) {
        let from = self.finding.from;
        self.finding.current = None;
        if let Some(sheet) = self.sheet_mut() {
            sheet.go_to(from, room);
        }
    }

    fn go_to_match(&mut self, start: usize, room: Room) {
        self.finding.current = Some(start);
        if let Some(sheet) = self.sheet_mut() {
            sheet.reveal(start, room);
        }
    }

    /// Goes to the next match, or to the one before. False where there is none.
    pub(super) fn step_match(&mut self, forward: bool, room: Room) -> bool {
        let Some(byte) = self.sheet().map(|sheet| sheet.byte) else { return false };
        let Some(found) = &self.finding.found else { return false };
        let place = match (self.finding.current, forward) {
            (Some(current), true) => found.next(current),
            (None, true) => found.at_or_after(byte),
            (current, false) => found.previous(current.unwrap_or(byte)),
        };
        let Some(place) = place else { return false };
        self.finding.seeks = false;
        self.go_to_match(place.start, room);
        true
    }
}
