//! Which probe goes out next, and when: a pure rule over gates, queues and the time.

mod crowd;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use self::crowd::Crowd;
use super::clock::{Tick, Until};
use super::gate::Gate;
use crate::domain::ApprovalId;
use crate::domain::smoke::Judged;

/// Calls that may be under way to one host of a provider.
pub(super) const PER_HOST: usize = 16;
/// Failures of a host in a row after which it is left alone.
const HOST_FAILURES: u32 = 5;

/// A grant that is to be asked.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Which one of the request's.
    pub(super) grant: usize,
    /// Where its call goes, as [`Pace`] counts hosts.
    pub(super) host: usize,
    /// Whose grant it is, as [`Pace`] counts providers.
    pub(super) provider: usize,
    /// The call of an earlier run that is still held: that one is asked about, and no other is sent.
    pub(super) open: Option<ApprovalId>,
    /// It was sent again without headers of its own.
    pub(super) bare: bool,
    /// How often it was sent.
    pub(super) attempts: u32,
    /// What the last time brought.
    pub(super) last: Option<Box<Judged>>,
}

/// One host.
struct Host {
    name: Arc<str>,
    gate: Gate,
}

/// Who waits: those of one provider for one host.
struct Lane {
    host: usize,
    provider: usize,
    /// Those whose earlier call is asked about; they bother nobody, and go first.
    asking: VecDeque<Task>,
    waiting: VecDeque<Task>,
    /// It stands in the round.
    listed: bool,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Step {
    /// This one goes out now; it is under way from now on.
    Fire(Task),
    /// Nothing may: until then, or until something comes back.
    Wait(Option<Until>),
    /// Nobody waits any more.
    Empty,
}

/// All of a run's tasks that are not under way.
pub(super) struct Pace {
    pub(super) alter: Gate,
    hosts: Vec<Host>,
    by_name: HashMap<Arc<str>, usize>,
    crowds: Vec<Crowd>,
    by_provider: HashMap<Arc<str>, usize>,
    lanes: Vec<Lane>,
    by_place: HashMap<(usize, usize), usize>,
    /// Lanes with somebody waiting, each once, in the order of their turns.
    round: VecDeque<usize>,
    /// Those that are tried again after a pause.
    later: Vec<(Until, Task)>,
    waiting: usize,
    cap: usize,
    /// Calls with one provider's grants that may be held.
    bound: usize,
}

impl Pace {
    /// For so many calls at once, of which so many may be held by the approvers of one provider.
    pub(super) fn new(concurrency: usize, held_of_provider: u32) -> Self {
        // Every call fails where Alter is away, those under way too; with that the limit is none too small.
        let limit = u32::try_from(concurrency).unwrap_or(u32::MAX).max(HOST_FAILURES);
        Self {
            alter: Gate::new(concurrency, limit),
            hosts: Vec::new(),
            by_name: HashMap::new(),
            crowds: Vec::new(),
            by_provider: HashMap::new(),
            lanes: Vec::new(),
            by_place: HashMap::new(),
            round: VecDeque::new(),
            later: Vec::new(),
            waiting: 0,
            cap: concurrency.min(PER_HOST),
            bound: usize::try_from(held_of_provider).unwrap_or(usize::MAX).max(1),
        }
    }

    /// Takes a grant in, whose call goes to this host; `open` is a call of it that is held already.
    pub(super) fn add(&mut self, grant: usize, host: &str, provider: &Arc<str>, open: Option<ApprovalId>) {
        let host = self.by_name.get(host).copied().unwrap_or_else(|| {
            let name: Arc<str> = host.into();
            let gate = Gate::new(self.cap, HOST_FAILURES);
            self.by_name.insert(Arc::clone(&name), self.hosts.len());
            self.hosts.push(Host { name, gate });
            self.hosts.len() - 1
        });
        let provider = self.provider(provider);
        self.again(Task { grant, host, provider, open, bare: false, attempts: 0, last: None }, Turn::Last);
    }

    /// The place of a provider among them.
    fn provider(&mut self, provider: &Arc<str>) -> usize {
        let next = self.crowds.len();
        let index = *self.by_provider.entry(Arc::clone(provider)).or_insert(next);
        if index == next {
            self.crowds.push(Crowd::default());
        }
        index
    }

    /// How many providers there are.
    pub(super) fn providers(&self) -> usize {
        self.crowds.len()
    }

    /// A call of this provider was held before the run began, and is not asked about.
    pub(super) fn held_before(&mut self, provider: &Arc<str>) {
        let provider = self.provider(provider);
        self.is_held(provider);
    }

    /// Takes one in again.
    pub(super) fn again(&mut self, task: Task, turn: Turn) {
        self.waiting += 1;
        if task.open.is_some()
            && let Some(crowd) = self.crowds.get_mut(task.provider)
        {
            crowd.asked_about += 1;
        }
        match turn {
            Turn::At(until) => self.later.push((until, task)),
            Turn::First => self.line_up(task, true),
            Turn::Last => self.line_up(task, false),
        }
    }

    fn line_up(&mut self, task: Task, first: bool) {
        let (host, provider) = (task.host, task.provider);
        let next = self.lanes.len();
        let index = *self.by_place.entry((host, provider)).or_insert(next);
        if index == next {
            self.lanes.push(Lane {
                host,
                provider,
                asking: VecDeque::new(),
                waiting: VecDeque::new(),
                listed: false,
            });
        }
        let Some(lane) = self.lanes.get_mut(index) else { return };
        let queue = if task.open.is_some() { &mut lane.asking } else { &mut lane.waiting };
        if first {
            queue.push_front(task);
        } else {
            queue.push_back(task);
        }
        if !std::mem::replace(&mut lane.listed, true) {
            self.round.push_back(index);
        }
    }

    /// Those that are not under way.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many may be under way at once, as far as hosts and approvers go.
    pub(super) fn at_once(&self) -> usize {
        let hosts = self.hosts.len().saturating_mul(PER_HOST);
        hosts.min(self.crowds.len().saturating_mul(self.bound)).max(1)
    }

    pub(super) fn host_name(&self, host: usize) -> &str {
        self.hosts.get(host).map_or("", |host| &host.name)
    }

    /// The gate of a host.
    pub(super) fn gate(&mut self, host: usize) -> Option<&mut Gate> {
        self.hosts.get_mut(host).map(|host| &mut host.gate)
    }

    /// A call came back.
    pub(super) fn leave(&mut self, task: &Task) {
        self.alter.leave();
        if let Some(gate) = self.gate(task.host) {
            gate.leave();
        }
        if let Some(crowd) = self.crowds.get_mut(task.provider) {
            crowd.leave(task.open.is_some());
        }
    }

    /// A call of this provider is held.
    pub(super) fn is_held(&mut self, provider: usize) {
        if let Some(crowd) = self.crowds.get_mut(provider) {
            crowd.held += 1;
        }
    }

    /// Whether no further call of this provider may be held.
    pub(super) fn is_full(&self, provider: usize) -> bool {
        self.crowds.get(provider).is_some_and(|crowd| crowd.held >= self.bound)
    }

    /// Takes out everybody who waits for a host.
    pub(super) fn dismiss(&mut self, host: usize) -> Vec<Task> {
        self.take_out(|task| task.host == host)
    }

    /// Takes out everybody of a provider who would bother somebody.
    pub(super) fn dismiss_provider(&mut self, provider: usize) -> Vec<Task> {
        self.take_out(|task| task.provider == provider && task.open.is_none())
    }

    fn take_out(&mut self, is_out: impl Fn(&Task) -> bool) -> Vec<Task> {
        let mut out = Vec::new();
        for lane in &mut self.lanes {
            for queue in [&mut lane.asking, &mut lane.waiting] {
                let (theirs, others): (VecDeque<Task>, _) =
                    std::mem::take(queue).into_iter().partition(|task| is_out(task));
                *queue = others;
                out.extend(theirs);
            }
        }
        let (theirs, others): (Vec<_>, _) =
            std::mem::take(&mut self.later).into_iter().partition(|(_, task)| is_out(task));
        self.later = others;
        out.extend(theirs.into_iter().map(|(_, task)| task));
        for task in out.iter().filter(|task| task.open.is_some()) {
            if let Some(crowd) = self.crowds.get_mut(task.provider) {
                crowd.asked_about = crowd.asked_about.saturating_sub(1);
            }
        }
        self.waiting -= out.len();
        out
    }

    /// Decides what is next. `more`: how many further calls the rate budget allows.
    pub(super) fn step(&mut self, tick: Tick, more: usize) -> Step {
        if self.waiting == 0 {
            return Step::Empty;
        }
        while let Some(due) = self.later.iter().position(|(until, _)| until.is_over(tick)) {
            let (_, task) = self.later.swap_remove(due);
            self.line_up(task, true);
        }
        if more == 0 {
            return Step::Wait(None);
        }
        if !self.alter.is_open(tick) {
            return Step::Wait(self.alter.shut_until(tick));
        }
        let mut opens: Option<Until> = None;
        let mut sooner = |until: Option<Until>| {
            let until = until.filter(|until| opens.is_none_or(|known| until.left(tick) < known.left(tick)));
            opens = until.or(opens);
        };
        for _ in 0..self.round.len() {
            let Some(index) = self.round.pop_front() else { break };
            let Some(lane) = self.lanes.get_mut(index) else { continue };
            if lane.asking.is_empty() && lane.waiting.is_empty() {
                lane.listed = false;
                continue;
            }
            // Last from now on: no provider meets all calls at once.
            self.round.push_back(index);
            let (Some(host), Some(crowd)) =
                (self.hosts.get_mut(lane.host), self.crowds.get_mut(lane.provider))
            else {
                continue;
            };
            let has_room = crowd.has_room(self.bound);
            if host.gate.is_open(tick)
                && (has_room || !lane.asking.is_empty())
                && let Some(task) = lane.asking.pop_front().or_else(|| lane.waiting.pop_front())
            {
                host.gate.enter();
                crowd.enter(task.open.is_some());
                self.alter.enter();
                self.waiting -= 1;
                return Step::Fire(task);
            }
            sooner(host.gate.shut_until(tick));
        }
        self.later.iter().for_each(|(until, _)| sooner(Some(*until)));
        Step::Wait(opens)
    }

    #[cfg(test)]
    pub(super) fn in_flight(&self, host: usize) -> usize {
        self.hosts.get(host).map_or(0, |host| host.gate.in_flight())
    }

    #[cfg(test)]
    pub(super) fn hosts(&self) -> usize {
        self.hosts.len()
    }

    /// Calls that are held or under way of a provider, each of which may come to be held.
    #[cfg(test)]
    pub(super) fn may_be_held(&self, provider: usize) -> usize {
        self.crowds.get(provider).map_or(0, Crowd::may_be_held)
    }
}

/// When one that is taken in again has its turn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// Behind the others.
    Last,
    /// Before them.
    First,
    /// Then, before them.
    At(Until),
}

/// The pause before something is tried again, for the so many-th time.
pub(super) fn pause(attempts: u32) -> Duration {
    Duration::from_secs(1 << attempts.saturating_sub(1).min(3))
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
