//! Decides which probe to send next, and when: a pure rule on gates, queues and time.

mod load;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use self::load::ApprovalLoad;
use super::clock::{Tick, Until};
use super::gate::Gate;
use crate::domain::ApprovalId;
use crate::domain::smoke::Judged;

/// Maximum number of concurrent calls to one host of a provider.
pub(super) const PER_HOST: usize = 16;
/// Consecutive failures of a host after which it is avoided.
const HOST_FAILURES: u32 = 5;

/// A grant to be tested.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Index of the grant in the request.
    pub(super) grant: usize,
    /// Index of its host in [`Pace`].
    pub(super) host: usize,
    /// Index of its provider in [`Pace`].
    pub(super) provider: usize,
    /// The call of an earlier run that is still held: it is checked, and no other call is sent.
    pub(super) open: Option<ApprovalId>,
    /// It was sent again without headers of its own.
    pub(super) bare: bool,
    /// Number of attempts.
    pub(super) attempts: u32,
    /// The verdict of the last attempt.
    pub(super) last: Option<Box<Judged>>,
}

/// A host.
struct Host {
    name: Arc<str>,
    gate: Gate,
}

/// Queue of tasks for one provider and host.
struct Lane {
    host: usize,
    provider: usize,
    /// Tasks whose earlier call is checked; they bother nobody, and go first.
    asking: VecDeque<Task>,
    waiting: VecDeque<Task>,
    /// Whether it is in the round.
    listed: bool,
}

/// The next step.
#[derive(Debug)]
pub(super) enum Step {
    /// Send this task's probe; it counts as running from now on.
    Fire(Task),
    /// Nothing may be sent until then, or until a call returns.
    Wait(Option<Until>),
    /// No tasks are waiting.
    Empty,
}

/// All tasks of a run that are not running.
pub(super) struct Pace {
    pub(super) alter: Gate,
    hosts: Vec<Host>,
    by_name: HashMap<Arc<str>, usize>,
    approval_loads: Vec<ApprovalLoad>,
    by_provider: HashMap<Arc<str>, usize>,
    lanes: Vec<Lane>,
    by_place: HashMap<(usize, usize), usize>,
    /// Lanes with waiting tasks, each once, in the order of their turns.
    round: VecDeque<usize>,
    /// Tasks to retry after a pause.
    later: Vec<(Until, Task)>,
    waiting: usize,
    cap: usize,
    /// How many calls per provider may be held.
    bound: usize,
}

impl Pace {
    /// For `concurrency` concurrent calls, of which `held_of_provider` may be held per provider.
    pub(super) fn new(concurrency: usize, held_of_provider: u32) -> Self {
        // If Alter is down, all running calls fail at once; so the limit must not be below their number.
        let limit = u32::try_from(concurrency).unwrap_or(u32::MAX).max(HOST_FAILURES);
        Self {
            alter: Gate::new(concurrency, limit),
            hosts: Vec::new(),
            by_name: HashMap::new(),
            approval_loads: Vec::new(),
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

    /// Adds a grant whose call goes to this host; `open` is a call of it that is already held.
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

    /// The index of a provider.
    fn provider(&mut self, provider: &Arc<str>) -> usize {
        let next = self.approval_loads.len();
        let index = *self.by_provider.entry(Arc::clone(provider)).or_insert(next);
        if index == next {
            self.approval_loads.push(ApprovalLoad::default());
        }
        index
    }

    /// The number of providers.
    pub(super) fn providers(&self) -> usize {
        self.approval_loads.len()
    }

    /// Counts a call of this provider that was held before the run and is not checked.
    pub(super) fn held_before(&mut self, provider: &Arc<str>) {
        let provider = self.provider(provider);
        self.is_held(provider);
    }

    /// Adds a task again.
    pub(super) fn again(&mut self, task: Task, turn: Turn) {
        self.waiting += 1;
        if task.open.is_some()
            && let Some(load) = self.approval_loads.get_mut(task.provider)
        {
            load.asked_about += 1;
        }
        match turn {
            Turn::At(until) => self.later.push((until, task)),
            Turn::First => self.enqueue(task, true),
            Turn::Last => self.enqueue(task, false),
        }
    }

    fn enqueue(&mut self, task: Task, first: bool) {
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

    /// The number of tasks that are not running.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many calls may run concurrently, as far as hosts and approvers are concerned.
    pub(super) fn at_once(&self) -> usize {
        let hosts = self.hosts.len().saturating_mul(PER_HOST);
        hosts.min(self.approval_loads.len().saturating_mul(self.bound)).max(1)
    }

    pub(super) fn host_name(&self, host: usize) -> &str {
        self.hosts.get(host).map_or("", |host| &host.name)
    }

    /// The gate of a host.
    pub(super) fn gate(&mut self, host: usize) -> Option<&mut Gate> {
        self.hosts.get_mut(host).map(|host| &mut host.gate)
    }

    /// A call has returned.
    pub(super) fn leave(&mut self, task: &Task) {
        self.alter.leave();
        if let Some(gate) = self.gate(task.host) {
            gate.leave();
        }
        if let Some(load) = self.approval_loads.get_mut(task.provider) {
            load.leave(task.open.is_some());
        }
    }

    /// Counts a held call of this provider.
    pub(super) fn is_held(&mut self, provider: usize) {
        if let Some(load) = self.approval_loads.get_mut(provider) {
            load.held += 1;
        }
    }

    /// Whether no further call of this provider may be held.
    pub(super) fn is_full(&self, provider: usize) -> bool {
        self.approval_loads.get(provider).is_some_and(|load| load.held >= self.bound)
    }

    /// Removes all waiting tasks of a host.
    pub(super) fn remove_host(&mut self, host: usize) -> Vec<Task> {
        self.remove_matching(|task| task.host == host)
    }

    /// Removes all waiting tasks of a provider that might bother an approver.
    pub(super) fn remove_provider(&mut self, provider: usize) -> Vec<Task> {
        self.remove_matching(|task| task.provider == provider && task.open.is_none())
    }

    fn remove_matching(&mut self, is_out: impl Fn(&Task) -> bool) -> Vec<Task> {
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
            if let Some(load) = self.approval_loads.get_mut(task.provider) {
                load.asked_about = load.asked_about.saturating_sub(1);
            }
        }
        self.waiting -= out.len();
        out
    }

    /// Decides the next step. `more`: how many further calls the rate budget allows.
    pub(super) fn step(&mut self, tick: Tick, more: usize) -> Step {
        if self.waiting == 0 {
            return Step::Empty;
        }
        while let Some(due) = self.later.iter().position(|(until, _)| until.is_over(tick)) {
            let (_, task) = self.later.swap_remove(due);
            self.enqueue(task, true);
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
            // Move the lane to the end, so that calls are spread over the providers.
            self.round.push_back(index);
            let (Some(host), Some(load)) =
                (self.hosts.get_mut(lane.host), self.approval_loads.get_mut(lane.provider))
            else {
                continue;
            };
            let has_room = load.has_room(self.bound);
            if host.gate.is_open(tick)
                && (has_room || !lane.asking.is_empty())
                && let Some(task) = lane.asking.pop_front().or_else(|| lane.waiting.pop_front())
            {
                host.gate.enter();
                load.enter(task.open.is_some());
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

    /// Calls of a provider that are held or running; each of the latter may become held.
    #[cfg(test)]
    pub(super) fn may_be_held(&self, provider: usize) -> usize {
        self.approval_loads.get(provider).map_or(0, ApprovalLoad::may_be_held)
    }
}

/// When a task that is added again gets its turn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// After the others.
    Last,
    /// Before the others.
    First,
    /// At that time, before the others.
    At(Until),
}

/// The pause before attempt number `attempts` is repeated.
pub(super) fn pause(attempts: u32) -> Duration {
    Duration::from_secs(1 << attempts.saturating_sub(1).min(3))
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
