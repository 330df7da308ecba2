//! The list walk: a small page first, then large ones, several at once if the rate budget allows.
//!
//! Pages by offset shift while rows come and go, and a backend's own counts can be wrong, so nothing here trusts a
//! single signal: the walk keeps a set of row identities, compares it with the total, walks once more if they disagree,
//! and then reports that.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::time::Duration;

use futures_util::stream::{FuturesOrdered, StreamExt};
use jiff::Timestamp;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::PageSource;
use crate::api::grants::{MAX_PAGE, WITHOUT_NEWS};
use crate::api::retry::{self, Next, Policy};
use crate::domain::listing::WalkSummary;
use crate::domain::log;
use crate::domain::{Budget, Code, Diagnosis, ListEvent, ListRequest, RowMap, Who};
use crate::protocol::Page;

/// Maximum number of concurrent page requests.
pub const AT_ONCE: usize = 4;

/// The receiver of the events is gone, or the walk was cancelled.
struct ReceiverGone;

/// Walks the list and reports to `events`: pages in the order of their offsets, then exactly one [`ListEvent::Done`] or
/// [`ListEvent::Failed`]. Ends silently and at once if `cancel` is cancelled or the receiver is gone; waits while the
/// channel is full.
///
/// Spends no more of the budget than [`ListRequest::spending`] allows. With an unknown budget, one request runs at a
/// time, else up to [`AT_ONCE`]. A page that fails temporarily is retried according to [`Policy::default`]; only if the
/// backend was never reached is the failure reported at once.
pub async fn list<S: PageSource>(
    source: &S,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    request: ListRequest,
    cancel: CancellationToken,
    events: Sender<ListEvent>,
) {
    let mut walk = Walk {
        source,
        now,
        events,
        seen: RowMap::default(),
        walks: 0,
        unique: 0,
        repeated: 0,
        first_total: None,
        budget: None,
        request,
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        // If the receiver is gone, this ends too.
        _ = walk.run() => {}
    }
}

struct Walk<'a, S> {
    source: &'a S,
    now: &'a (dyn Fn() -> Timestamp + Send + Sync),
    events: Sender<ListEvent>,
    /// All rows of both walks, with the number of the last walk that saw them.
    seen: RowMap<u8>,
    /// Number of walks started.
    walks: u8,
    /// Distinct rows of the current walk.
    unique: usize,
    repeated: u64,
    first_total: Option<u64>,
    /// As last reported.
    budget: Option<Budget>,
    request: ListRequest,
}

/// How a walk ended.
struct Ended {
    /// Distinct rows of this walk.
    unique: u64,
    /// The backend's count in its last answer.
    total: u64,
    /// Whether the count was the same in every answer. A row deleted behind the walk makes it skip another one, so that
    /// distinct rows and total agree by coincidence.
    steady: bool,
    /// The limit ended it.
    limited: bool,
    /// The same rows came again and again. Another walk would not change that.
    circling: bool,
}

impl Ended {
    /// Whether all rows that the backend counts from `offset` on were seen.
    fn agrees(&self, offset: u64) -> bool {
        self.steady && !self.circling && self.unique == self.total.saturating_sub(offset)
    }
}

/// A requested page.
#[derive(Clone, Copy)]
struct PageRequest {
    offset: u64,
    limit: u16,
}

impl<S: PageSource> Walk<'_, S> {
    async fn run(&mut self) -> Result<(), ReceiverGone> {
        let first = match self.once(self.request.first_page).await? {
            Ok(ended) => ended,
            Err(failure) => return self.emit(ListEvent::Failed(failure)).await,
        };
        let mut last = first;
        // A walk from the middle has not seen the rows before it, and cannot compare.
        if !last.limited && !last.circling && self.request.offset == 0 && !last.agrees(0) {
            self.emit(ListEvent::WalkingAgain { unique: last.unique, total: last.total }).await?;
            last = match self.once(self.request.page).await? {
                Ok(ended) => ended,
                Err(failure) => return self.emit(ListEvent::Failed(failure)).await,
            };
        }
        let summary = WalkSummary {
            unique: self.seen.len() as u64,
            total: last.total,
            first_total: self.first_total.unwrap_or(last.total),
            repeated: self.repeated,
            complete: last.agrees(self.request.offset),
        };
        self.emit(ListEvent::Done(summary)).await
    }

    /// Walks once, from the request's offset to the end.
    async fn once(&mut self, first_page: u16) -> Result<Result<Ended, Diagnosis>, ReceiverGone> {
        let source = self.source;
        let filter = self.request.filter.clone();
        self.walks += 1;
        self.unique = 0;
        let mut total: Option<u64> = None;
        let mut steady = true;
        // Offsets of the next page to process, and of the next page to request.
        let (mut reached, mut ahead) = (self.request.offset, self.request.offset);
        let mut page = first_page;
        let (mut failures, mut waited) = (0, Duration::ZERO);
        let mut without_news = 0;
        let mut asked: VecDeque<PageRequest> = VecDeque::new();
        let mut pages = FuturesOrdered::new();
        loop {
            let careful = failures > 0 || total.is_none();
            while asked.is_empty() || (!careful && asked.len() < self.allowed(asked.len())) {
                let beyond = total.is_some_and(|total| ahead >= total.min(self.end(reached)));
                if beyond && !asked.is_empty() {
                    break;
                }
                if asked.is_empty() && failures == 0 {
                    self.wait_for_budget().await?;
                }
                let limit = self.fitting(page, ahead - reached);
                asked.push_back(PageRequest { offset: ahead, limit });
                pages.push_back(source.page(&filter, limit, ahead));
                ahead += u64::from(limit);
            }
            let (Some(answer), Some(this)) = (pages.next().await, asked.pop_front()) else {
                // A request was just made, so there is an answer.
                let steady = false;
                return Ok(Ok(Ended { unique: 0, total: 0, steady, limited: false, circling: false }));
            };
            self.emit_budget().await?;
            let mut found = match answer {
                Ok(found) => found,
                Err(failure) => {
                    failures += 1;
                    if total.is_none() && is_unreachable(&failure) {
                        return Ok(Err(failure));
                    }
                    match retry::next(&Policy::default(), failures, &failure.retry, true, waited) {
                        Next::Stop(_) => return Ok(Err(failure)),
                        Next::Wait(pause) => {
                            // The other requests would fail the same way: drop them and continue from here.
                            pages = FuturesOrdered::new();
                            asked.clear();
                            ahead = this.offset;
                            waited += pause;
                            self.pause(failure, pause).await?;
                            continue;
                        }
                    }
                }
            };
            (failures, waited) = (0, Duration::ZERO);
            steady &= total.is_none_or(|total| total == found.total);
            // No rows, but more announced: no count makes this a complete list.
            steady &= !(found.has_more && found.grants.is_empty() && self.unique == 0);
            total = Some(found.total);
            self.first_total.get_or_insert(found.total);
            let count = found.grants.len() as u64;
            reached = this.offset + count;
            let new = self.add_rows(&mut found);
            let full = self.request.limit.is_some_and(|limit| self.unique as u64 >= limit);
            // Either signal alone may be wrong; no rows, or no new ones beyond the total, end any list.
            let more = found.has_more || reached < found.total;
            let end = full || count == 0 || !more || (new == 0 && reached >= found.total);
            without_news = if new == 0 { without_news + 1 } else { 0 };
            // The backend ignores the offset, and the total is never reached.
            let circling = !end && without_news >= WITHOUT_NEWS;
            let end = end || circling;
            let limited = full && (more || (found.grants.len() as u64) < count);
            let next = (!end).then_some(reached);
            let Page { grants, total: counted, limit: given, .. } = found;
            self.emit(ListEvent::Page { grants, offset: this.offset, total: counted, next }).await?;
            if end {
                return Ok(Ok(Ended {
                    unique: self.unique as u64,
                    total: counted,
                    steady,
                    limited,
                    circling,
                }));
            }
            page = self.request.page;
            if count != u64::from(this.limit) {
                // The backend returns other page sizes than requested: pages requested ahead would leave gaps.
                if (1..u64::from(page)).contains(&given) {
                    page = given as u16;
                    self.request.page = page;
                }
                pages = FuturesOrdered::new();
                asked.clear();
                ahead = reached;
            }
        }
    }

    /// Records the rows of a page, and removes those beyond the limit; returns how many are new in this walk.
    fn add_rows(&mut self, page: &mut Page) -> usize {
        let before = self.unique;
        let limit = self.request.limit.map_or(usize::MAX, |limit| limit as usize);
        page.grants.retain(|grant| {
            let entry = self.seen.entry(grant.row);
            if matches!(&entry, Entry::Occupied(met) if *met.get() == self.walks) {
                self.repeated += 1;
                return true;
            }
            if self.unique >= limit {
                return false;
            }
            entry.insert_entry(self.walks);
            self.unique += 1;
            true
        });
        self.unique - before
    }

    /// The offset at which the limit will end the walk, as far as known at offset `reached`.
    fn end(&self, reached: u64) -> u64 {
        let left = self.request.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.unique as u64));
        reached.saturating_add(left)
    }

    /// The page size, no larger than the limit still needs.
    fn fitting(&self, page: u16, under_way: u64) -> u16 {
        let left =
            self.request.limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.unique as u64 + under_way));
        let page = u64::from(page.clamp(1, MAX_PAGE));
        page.min(left).max(1) as u16
    }

    /// How many requests may run. `asked` of them already do, and are not in the budget's reading yet.
    fn allowed(&self, asked: usize) -> usize {
        let left = self.source.reading().map_or(0, |reading| reading.budget.spendable(self.request.spending));
        AT_ONCE.min(asked.max(1) + (left as usize).saturating_sub(asked))
    }

    /// Waits for the end of the window if nothing may be spent.
    async fn wait_for_budget(&self) -> Result<(), ReceiverGone> {
        let reading = self.source.reading();
        match reading.and_then(|reading| reading.wait(self.request.spending, 1, (self.now)())) {
            Some((pause, reason)) => self.pause(reason, pause).await,
            None => Ok(()),
        }
    }

    async fn pause(&self, reason: Diagnosis, pause: Duration) -> Result<(), ReceiverGone> {
        self.source.log().write(&log::LogEntry::Again { code: reason.code, pause });
        self.emit(ListEvent::Waiting { reason, millis: pause.as_millis() as u64 }).await?;
        tokio::time::sleep(pause).await;
        Ok(())
    }

    async fn emit_budget(&mut self) -> Result<(), ReceiverGone> {
        match self.source.reading().map(|reading| reading.budget) {
            Some(budget) if self.budget != Some(budget) => {
                self.budget = Some(budget);
                self.emit(ListEvent::Budget(budget)).await
            }
            _ => Ok(()),
        }
    }

    async fn emit(&self, event: ListEvent) -> Result<(), ReceiverGone> {
        self.events.send(event).await.or(Err(ReceiverGone))
    }
}

/// Whether the backend was never reached: retrying would only delay the same message.
fn is_unreachable(failure: &Diagnosis) -> bool {
    failure.who == Who::Network && failure.code != Code::ConnectionLost
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
