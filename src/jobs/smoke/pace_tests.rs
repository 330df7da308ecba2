use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn approval() -> ApprovalId {
    ApprovalId(uuid::Uuid::nil())
}

fn at(second: u64) -> Tick {
    Tick {
        wall: Timestamp::from_second(1_000 + second.cast_signed()).unwrap(),
        run: Duration::from_secs(second),
    }
}

#[derive(Clone, Debug)]
enum Act {
    /// Take the next step, with this much of the budget left.
    Step(usize),
    /// The oldest running call succeeds.
    Back,
    /// The oldest running call is to be retried after this many seconds.
    Again(u64),
    /// Time passes, in seconds.
    Pass(u64),
    /// The oldest running call is held.
    Held,
    /// A host asks for a pause.
    Slow(usize, u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => prop_oneof![Just(0_usize), Just(1), Just(usize::MAX)].prop_map(Act::Step),
        4 => Just(Act::Back),
        1 => Just(Act::Held),
        1 => (0..5_u64).prop_map(Act::Again),
        2 => (0..10_u64).prop_map(Act::Pass),
        1 => (0..4_usize, 0..20_u64).prop_map(|(host, seconds)| Act::Slow(host, seconds)),
    ]
}

proptest! {
    #[test]
    fn nobody_is_asked_too_often_too_early_or_never(
        concurrency in 1..40_usize,
        bound in 1..5_u32,
        grants in prop::collection::vec((0..4_usize, 0..3_usize, prop::bool::weighted(0.1)), 0..60),
        acts in prop::collection::vec(act(), 0..200),
    ) {
        let mut pace = Pace::new(concurrency, bound);
        for (grant, (host, provider, open)) in grants.iter().enumerate() {
            let provider = format!("provider{provider}").into();
            pace.add(grant, &format!("host{host}.example"), &provider, open.then(approval));
        }
        let bound = bound as usize;
        let mut held: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut now, mut under_way, mut done) = (0, VecDeque::new(), 0);
        let mut shut: BTreeMap<usize, u64> = BTreeMap::new();
        for act in acts {
            match act {
                Act::Step(more) => {
                    let before = pace.waiting();
                    match pace.step(at(now), more) {
                        Step::Fire(task) => {
                            prop_assert!(more > 0, "the budget was used up");
                            prop_assert!(shut.get(&task.host).is_none_or(|until| *until <= now));
                            prop_assert_eq!(pace.waiting(), before - 1);
                            under_way.push_back(task);
                        }
                        Step::Wait(until) => {
                            prop_assert!(until.is_none_or(|until| !until.left(at(now)).is_zero()));
                            // Something has to end the wait.
                            prop_assert!(until.is_some() || more == 0 || !under_way.is_empty());
                        }
                        Step::Empty => prop_assert_eq!(before, 0),
                    }
                }
                Act::Back => {
                    if let Some(task) = under_way.pop_front() {
                        pace.leave(&task);
                        done += 1;
                    }
                }
                Act::Again(seconds) => {
                    if let Some(task) = under_way.pop_front() {
                        pace.leave(&task);
                        if task.open.is_none() && pace.is_full(task.provider) {
                            done += 1;
                            continue;
                        }
                        let turn = match seconds {
                            0 => Turn::First,
                            _ => Turn::At(Until::after(at(now), Duration::from_secs(seconds))),
                        };
                        pace.again(task, turn);
                    }
                }
                Act::Held => {
                    if let Some(task) = under_way.pop_front() {
                        pace.leave(&task);
                        pace.is_held(task.provider);
                        // A call held before, and still held, bothers nobody anew.
                        *held.entry(task.provider).or_default() += usize::from(task.open.is_none());
                        done += 1;
                        if pace.is_full(task.provider) {
                            done += pace.remove_provider(task.provider).len();
                        }
                    }
                }
                Act::Pass(seconds) => now += seconds,
                Act::Slow(host, seconds) => {
                    if let Some(gate) = pace.gate(host) {
                        gate.slow_down(Until::after(at(now), Duration::from_secs(seconds)));
                        let until = shut.entry(host).or_default();
                        *until = (*until).max(now + seconds);
                    }
                }
            }
            for provider in 0..pace.providers() {
                let new = |task: &&Task| task.provider == provider && task.open.is_none();
                let sent = under_way.iter().filter(new).count();
                let bothered = held.get(&provider).copied().unwrap_or_default();
                prop_assert!(sent + bothered <= bound, "{sent} under way, {bothered} held, of {bound}");
                prop_assert!(sent == 0 || pace.may_be_held(provider) <= bound.max(sent));
            }
            prop_assert!(pace.alter.in_flight() <= concurrency);
            prop_assert_eq!(pace.alter.in_flight(), under_way.len());
            for host in 0..pace.hosts() {
                prop_assert!(pace.in_flight(host) <= concurrency.min(PER_HOST));
            }
            prop_assert_eq!(pace.waiting() + under_way.len() + done, grants.len(), "each of them once");
        }
        // In the end, every task gets its turn.
        now += 1_000;
        while let Some(task) = under_way.pop_front() {
            pace.leave(&task);
        }
        while let Step::Fire(task) = pace.step(at(now), 1) {
            pace.leave(&task);
        }
        prop_assert_eq!(pace.waiting(), 0);
    }
}

#[test]
fn hosts_take_turns() {
    let mut pace = Pace::new(8, 2);
    for grant in 0..6 {
        pace.add(grant, "a.example", &"a".into(), None);
    }
    pace.add(6, "b.example", &"b".into(), None);
    pace.add(7, "c.example", &"c".into(), None);
    let mut order = Vec::new();
    while let Step::Fire(task) = pace.step(at(0), 99) {
        order.push(pace.host_name(task.host).to_owned());
        pace.leave(&task);
    }
    assert_eq!(order.iter().filter(|host| *host == "a.example").count(), 6);
    let first_three: std::collections::BTreeSet<&String> = order.iter().take(3).collect();
    assert_eq!(first_three.len(), 3, "{order:?}");
}

#[test]
fn nobody_is_passed_over_where_another_ones_turn_is_struck_off() {
    let mut pace = Pace::new(2, 1);
    pace.add(0, "b.example", &"x".into(), None);
    pace.add(1, "a.example", &"x".into(), Some(approval()));
    pace.add(2, "a.example", &"y".into(), None);
    // The first one has to wait for the outcome of the second.
    let Step::Fire(asked) = pace.step(at(0), 9) else { panic!("nothing") };
    let Step::Fire(sent) = pace.step(at(0), 9) else { panic!("nothing") };
    assert_eq!((asked.grant, sent.grant), (1, 2));
    pace.leave(&asked);
    pace.again(asked, Turn::At(Until::after(at(0), Duration::from_secs(1))));
    assert!(matches!(pace.step(at(0), 9), Step::Wait(Some(_))));
    pace.leave(&sent);
    for grant in [1, 0] {
        let Step::Fire(task) = pace.step(at(2), 9) else { panic!("{grant} is never asked") };
        assert_eq!(task.grant, grant);
        pace.leave(&task);
    }
    assert!(matches!(pace.step(at(2), 9), Step::Empty));
}

#[test]
fn those_of_a_host_can_be_dismissed() {
    let mut pace = Pace::new(8, 2);
    for grant in 0..5 {
        pace.add(grant, if grant % 2 == 0 { "a.example" } else { "b.example" }, &"a".into(), None);
    }
    let Step::Fire(task) = pace.step(at(0), 9) else { panic!("nothing") };
    let host = task.host;
    pace.leave(&task);
    pace.again(task, Turn::At(Until::after(at(0), Duration::from_secs(9))));
    let mut gone: Vec<usize> = pace.remove_host(host).into_iter().map(|task| task.grant).collect();
    gone.sort_unstable();
    assert_eq!((gone, pace.waiting()), (vec![0, 2, 4], 2));
}
