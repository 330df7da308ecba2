//! The loop with a scripted app, a fake host and tokio's paused clock: nothing here takes real time.

#[path = "loop/frames_tests.rs"]
mod frames_tests;
#[path = "loop/handoff_tests.rs"]
mod handoff_tests;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

use super::*;
use crate::app::input::Key;
use crate::app::requests::ReadAgents;
use crate::app::{Answer, Job, Slot, Ticket};
use crate::domain::{Budget, ListEvent, Now};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Key(char),
    Answer(u64),
    Woken,
    Frame(u64),
    Effect(&'static str),
    Enter,
    Leave,
    Stop(Scope),
    Other,
}

/// The answer that brings rows.
const ROWS: u64 = 1_000;

type Log = Rc<RefCell<Vec<(u64, Event)>>>;

/// Every message changes it; keys request effects. Like the real app, it never names a wake-up time that has passed.
struct FakeApp {
    log: Log,
    revision: u64,
    rows: bool,
    wake: Option<u64>,
}

impl App for FakeApp {
    fn update(&mut self, message: Msg, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let event = match message {
            Msg::Key(key) => {
                let typed = key.typed().unwrap();
                match typed {
                    'q' => effects.push(Effect::Quit(ExitReason::User)),
                    's' => effects.push(Effect::Start {
                        ticket: Ticket { slot: Slot::Agents, epoch: 1 },
                        job: Job::ReadAgents(ReadAgents),
                    }),
                    'z' => effects.push(Effect::Suspend),
                    'w' => self.wake = Some(now.millis + 1000),
                    _ => {}
                }
                Event::Key(typed)
            }
            Msg::Answer { answer, .. } => match *answer {
                Answer::WalkList(ListEvent::Budget(budget)) => Event::Answer(budget.remaining),
                _ => Event::Other,
            },
            Msg::Wake => {
                self.wake = None;
                Event::Woken
            }
            _ => Event::Other,
        };
        self.rows |= event == Event::Answer(ROWS);
        // An unbound key changes nothing.
        if event != Event::Key('-') {
            self.revision += 1;
        }
        self.log.borrow_mut().push((now.millis, event));
        effects
    }

    fn has_rows(&self) -> bool {
        self.rows
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn next_wake(&self, now: Now) -> Option<u64> {
        self.wake.filter(|wake| *wake > now.millis)
    }
}

struct FakeHost {
    log: Log,
    clock: Clock,
    inputs: VecDeque<UnboundedReceiver<Msg>>,
}

impl FakeHost {
    fn note(&self, event: Event) {
        self.log.borrow_mut().push((self.clock.now().millis, event));
    }
}

impl Host<FakeApp> for FakeHost {
    type Input = BoxStream<'static, io::Result<Msg>>;

    fn enter(&mut self) -> io::Result<(u16, u16)> {
        self.note(Event::Enter);
        Ok((80, 24))
    }

    fn leave(&mut self) {
        self.note(Event::Leave);
    }

    fn open_input(&mut self) -> Self::Input {
        let receiver = self.inputs.pop_front().expect("the terminal is read once more than expected");
        stream::unfold(receiver, |mut receiver| async { Some((Ok(receiver.recv().await?), receiver)) })
            .boxed()
    }

    fn reset(&mut self, _: Option<(u16, u16)>) -> io::Result<()> {
        Ok(())
    }

    fn draw(&mut self, app: &FakeApp, _: Now) -> io::Result<()> {
        self.note(Event::Frame(app.revision));
        Ok(())
    }

    fn report(&mut self, _: &LoopState) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn can_stop(&self) -> bool {
        true
    }

    fn stop(&mut self, scope: Scope) {
        self.note(Event::Stop(scope));
    }
}

struct FakeSignals(UnboundedReceiver<SignalEvent>);

impl SignalSource for FakeSignals {
    async fn next(&mut self) -> SignalEvent {
        match self.0.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}

struct FakeRunner(Log, Clock);

impl EffectRunner for FakeRunner {
    fn carry_out(&mut self, effect: Effect) {
        assert!(matches!(effect, Effect::Start { .. }), "{effect:?} is the loop's own");
        self.0.borrow_mut().push((self.1.now().millis, Event::Effect("start")));
    }

    fn ended(&mut self, _: Ticket) {}

    fn hidden_variables(&self) -> Vec<String> {
        Vec::new()
    }

    fn is_busy(&self) -> bool {
        false
    }
}

/// The other ends of everything that the loop owns.
struct World {
    log: Log,
    keys: Vec<UnboundedSender<Msg>>,
    signals: UnboundedSender<SignalEvent>,
    answers: mpsc::Sender<Delivery>,
}

impl World {
    fn key(&self, typed: char) {
        self.keys[0].send(Msg::Key(Key::char(typed))).unwrap();
    }

    fn answer(&self, number: u64) {
        let budget = Budget { limit: 0, remaining: number, reset: 0 };
        let ticket = Ticket { slot: Slot::Walk, epoch: 1 };
        let answer = Box::new(Answer::WalkList(ListEvent::Budget(budget)));
        self.answers.try_send(Delivery::Msg(Msg::Answer { ticket, answer })).unwrap();
    }

    fn events(&self) -> Vec<Event> {
        self.log.borrow().iter().map(|(_, event)| event.clone()).collect()
    }

    /// When the frames were drawn.
    fn frames(&self) -> Vec<u64> {
        let log = self.log.borrow();
        log.iter().filter(|(_, event)| matches!(event, Event::Frame(_))).map(|(at, _)| *at).collect()
    }

    fn place(&self, wanted: &Event) -> usize {
        self.events().iter().position(|event| event == wanted).unwrap_or_else(|| panic!("no {wanted:?}"))
    }
}

/// Runs everything that can run without time passing.
async fn rest() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
    rest().await;
}

/// Runs a script against a loop; returns how the loop ended, or `None` if it still runs.
async fn with<F: Future<Output = World>>(script: impl FnOnce(World) -> F) -> (Option<ExitReason>, World) {
    let clock = Clock::start();
    let log = Log::default();
    let (signals, signal_source) = unbounded_channel();
    let (answers, deliveries) = mpsc::channel(1024);
    let (keys, inputs) = (0..2).map(|_| unbounded_channel()).unzip();
    let app = FakeApp { log: Rc::clone(&log), revision: 0, rows: false, wake: None };
    let host = FakeHost { log: Rc::clone(&log), clock, inputs };
    let runner = FakeRunner(Rc::clone(&log), clock);
    let screen = Loop::new(app, host, FakeSignals(signal_source), runner, deliveries, clock);
    let local = LocalSet::new();
    local
        .run_until(async {
            let running = tokio::task::spawn_local(async { screen.run().await.0.unwrap() });
            rest().await;
            let world = script(World { log, keys, signals, answers }).await;
            rest().await;
            let reason = if running.is_finished() { Some(running.await.unwrap()) } else { None };
            (reason, world)
        })
        .await
}

#[tokio::test(start_paused = true)]
async fn the_first_frame_comes_before_everything_else() {
    let (reason, world) = with(|world| async { world }).await;
    assert_eq!(reason, None);
    assert_eq!(world.events(), [Event::Enter, Event::Other, Event::Frame(1)]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_drawn_at_rest_nor_for_a_key_without_effect() {
    let (_, world) = with(|world| async {
        pass(3_600_000).await;
        world.key('-');
        pass(3_600_000).await;
        world
    })
    .await;
    assert_eq!(world.frames(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_drawn_at_once_and_before_its_effects() {
    let (_, world) = with(|world| async {
        pass(100).await;
        world.answer(1);
        rest().await;
        world.key('s');
        rest().await;
        world
    })
    .await;
    // The answer's frame and the key's frame in the same millisecond.
    assert_eq!(world.frames(), [0, 100, 100]);
    assert!(world.place(&Event::Frame(3)) < world.place(&Event::Effect("start")));
}

#[tokio::test(start_paused = true)]
async fn keys_come_before_answers_and_starve_neither() {
    let (_, world) = with(|world| async {
        for number in 0..600 {
            world.answer(number);
        }
        for _ in 0..600 {
            world.key('x');
        }
        rest().await;
        world
    })
    .await;
    let (events, first_answer) = (world.events(), world.place(&Event::Answer(0)));
    assert!(world.place(&Event::Key('x')) < first_answer);
    let last_key = events.iter().rposition(|event| *event == Event::Key('x')).unwrap();
    assert!(first_answer < last_key, "answers starve while keys come");
    assert!(last_key < world.place(&Event::Answer(599)), "keys wait for answers");
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Key(_))).count(), 600);
}

#[tokio::test(start_paused = true)]
async fn a_round_is_limited() {
    let (_, world) = with(|world| async {
        for _ in 0..1000 {
            world.key('x');
        }
        rest().await;
        world
    })
    .await;
    let (mut longest, mut run) = (0, 0);
    for event in world.events() {
        run = if matches!(event, Event::Key(_)) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    assert!((2..=ROUND_MESSAGES).contains(&longest), "{longest} keys without a frame");
}

#[tokio::test(start_paused = true)]
async fn the_app_is_woken_when_it_asked_and_only_then() {
    let (_, world) = with(|world| async {
        pass(50).await;
        world.key('w');
        pass(5000).await;
        world
    })
    .await;
    let log = world.log.borrow();
    let woken: Vec<u64> = log.iter().filter(|(_, event)| *event == Event::Woken).map(|(at, _)| *at).collect();
    assert_eq!(woken, [1050]);
}

#[tokio::test(start_paused = true)]
async fn it_ends_for_the_right_reason() {
    type Act = fn(&World);
    let cases: [(Act, ExitReason); 4] = [
        (|world| world.key('q'), ExitReason::User),
        (|world| world.signals.send(SignalEvent::Interrupt).unwrap(), ExitReason::Interrupted),
        (|world| world.signals.send(SignalEvent::Terminate).unwrap(), ExitReason::Terminated),
        (|world| world.signals.send(SignalEvent::HangUp).unwrap(), ExitReason::Terminated),
    ];
    for (act, want) in cases {
        let (reason, world) = with(|world| async {
            act(&world);
            world
        })
        .await;
        assert_eq!(reason, Some(want));
        assert_eq!(world.events().last(), Some(&Event::Leave));
    }
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_ends_ends_the_loop() {
    let (reason, world) = with(|mut world| async {
        world.keys.clear();
        world
    })
    .await;
    assert_eq!(reason, Some(ExitReason::Terminated));
    assert_eq!(world.frames(), [0]);
}
