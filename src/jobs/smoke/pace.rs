//! Which probe goes out next, and when: a pure rule over gates, queues and the time.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Tick, Until};
use super::gate::Gate;
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
    /// How often it was sent.
    pub(super) attempts: u32,
    /// What the last time brought.
    pub(super) last: Option<Box<Judged>>,
}

/// One host and who waits for it.
struct Host {
    name: Arc<str>,
    gate: Gate,
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
    /// Hosts with somebody waiting, each once; whose turn it is.
    round: Vec<usize>,
    turn: usize,
    /// Those that are tried again after a pause.
    later: Vec<(Until, Task)>,
    waiting: usize,
    cap: usize,
}

impl Pace {
    /// For so many calls at once.
    pub(super) fn new(concurrency: usize) -> Self {
        // Every call fails where Alter is away, those under way too; with that the limit is none too small.
        let limit = u32::try_from(concurrency).unwrap_or(u32::MAX).max(HOST_FAILURES);
        Self {
            alter: Gate::new(concurrency, limit),
            hosts: Vec::new(),
            by_name: HashMap::new(),
            round: Vec::new(),
            turn: 0,
            later: Vec::new(),
            waiting: 0,
            cap: concurrency.min(PER_HOST),
        }
    }

    /// Takes a grant in, whose call goes to this host.
    pub(super) fn add(&mut self, grant: usize, host: &str) {
        let index = self.by_name.get(host).copied().unwrap_or_else(|| {
            let name: Arc<str> = host.into();
            let gate = Gate::new(self.cap, HOST_FAILURES);
            self.by_name.insert(Arc::clone(&name), self.hosts.len());
            self.hosts.push(Host { name, gate, waiting: VecDeque::new(), listed: false });
            self.hosts.len() - 1
        });
        self.line_up(Task { grant, host: index, attempts: 0, last: None }, false);
        self.waiting += 1;
    }

    /// Takes one in again, at once or after a pause.
    pub(super) fn again(&mut self, task: Task, after: Option<Until>) {
        self.waiting += 1;
        match after {
            Some(until) => self.later.push((until, task)),
            None => self.line_up(task, true),
        }
    }

    fn line_up(&mut self, task: Task, first: bool) {
        let index = task.host;
        let Some(host) = self.hosts.get_mut(index) else { return };
        if first {
            host.waiting.push_front(task);
        } else {
            host.waiting.push_back(task);
        }
        if !std::mem::replace(&mut host.listed, true) {
            self.round.push(index);
        }
    }

    /// Those that are not under way.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// How many hosts there are.
    pub(super) fn hosts(&self) -> usize {
        self.hosts.len()
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
    }

    /// Takes out everybody who waits for a host.
    pub(super) fn dismiss(&mut self, host: usize) -> Vec<Task> {
        let (theirs, others) =
            std::mem::take(&mut self.later).into_iter().partition(|(_, task)| task.host == host);
        self.later = others;
        let theirs: Vec<(Until, Task)> = theirs;
        let waiting =
            self.hosts.get_mut(host).map(|host| std::mem::take(&mut host.waiting)).unwrap_or_default();
        let out: Vec<Task> = waiting.into_iter().chain(theirs.into_iter().map(|(_, task)| task)).collect();
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
        let mut looked = 0;
        while looked < self.round.len() {
            let place = (self.turn + looked) % self.round.len();
            let index = self.round.get(place).copied().unwrap_or_default();
            let Some(host) = self.hosts.get_mut(index) else { break };
            if host.waiting.is_empty() {
                host.listed = false;
                self.round.swap_remove(place);
                continue;
            }
            if host.gate.is_open(tick)
                && let Some(task) = host.waiting.pop_front()
            {
                host.gate.enter();
                self.alter.enter();
                self.waiting -= 1;
                // The next one is another host's: no provider meets all calls at once.
                self.turn = place + 1;
                return Step::Fire(task);
            }
            sooner(host.gate.shut_until(tick));
            looked += 1;
        }
        self.later.iter().for_each(|(until, _)| sooner(Some(*until)));
        Step::Wait(opens)
    }

    /// How long nothing at all may be sent, for tests of the rule.
    #[cfg(test)]
    pub(super) fn in_flight(&self, host: usize) -> usize {
        self.hosts.get(host).map_or(0, |host| host.gate.in_flight())
    }
}

/// The pause before something is tried again, for the so many-th time.
pub(super) fn pause(attempts: u32) -> Duration {
    Duration::from_secs(1 << attempts.saturating_sub(1).min(3))
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
