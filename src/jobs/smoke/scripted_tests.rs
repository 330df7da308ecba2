//! A backend simulated by a rule, with a clock that does not wait, and the events of a run against it.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

use crate::call::KeepAnswer;
use crate::domain::smoke::{ReasonDetail, SmokeSummary};
use crate::domain::{
    ApprovalId, Budget, CallReport, CallRequest, Clean, Code, GrantId, ProviderAnswer, Retry, RowId, Who,
};
use crate::smoke::run::*;
use crate::smoke::source::Ended;

pub(super) type Rule = Box<dyn Fn(&Asked) -> Ended + Send + Sync>;

/// The outcome of a call held earlier.
pub(super) type Earlier = Box<dyn Fn(ApprovalId) -> Ended + Send + Sync>;

/// The input of the rule.
pub(super) struct Asked {
    pub(super) grant: u128,
    pub(super) host: String,
    /// Seconds since the beginning.
    pub(super) second: u64,
    /// Names of the headers sent.
    pub(super) headers: Vec<String>,
}

pub(super) struct Scripted {
    pub(super) start: Instant,
    /// How long the machine was suspended, in seconds of the wall clock.
    pub(super) slept: AtomicU64,
    pub(super) rule: Rule,
    pub(super) latency: Duration,
    /// Requests per 60 seconds; more are refused.
    pub(super) limit: Option<usize>,
    pub(super) spent: Mutex<VecDeque<Duration>>,
    pub(super) reading: Mutex<Option<Reading>>,
    pub(super) calls: Mutex<Vec<(u64, u128)>>,
    /// The outcome of calls held earlier, and which of them were checked.
    pub(super) earlier: Earlier,
    pub(super) asked_about: Mutex<Vec<ApprovalId>>,
    pub(super) under_way: Mutex<(usize, usize)>,
}

impl Scripted {
    pub(super) fn new(rule: impl Fn(&Asked) -> Ended + Send + Sync + 'static) -> Self {
        Self {
            start: Instant::now(),
            slept: AtomicU64::new(0),
            rule: Box::new(rule),
            latency: Duration::from_millis(200),
            limit: None,
            spent: Mutex::default(),
            reading: Mutex::default(),
            calls: Mutex::default(),
            earlier: Box::new(|_| Ended::Held),
            asked_about: Mutex::default(),
            under_way: Mutex::default(),
        }
    }

    pub(super) fn wall(&self) -> Timestamp {
        let second = self.start.elapsed().as_secs() + self.slept.load(Ordering::Relaxed);
        Timestamp::from_second(1_767_225_600 + second.cast_signed()).unwrap()
    }

    /// Counts a request against the window; `None` if there was room.
    pub(super) fn meter(&self) -> Option<Ended> {
        let limit = self.limit?;
        let (now, window) = (self.start.elapsed(), Duration::from_mins(1));
        let mut spent = self.spent.lock().unwrap();
        while spent.front().is_some_and(|first| now.saturating_sub(*first) >= window) {
            spent.pop_front();
        }
        let over = spent.len() >= limit;
        if !over {
            spent.push_back(now);
        }
        let wait =
            spent.front().map_or(window, |first| window.saturating_sub(now.saturating_sub(*first))).as_secs()
                + 1;
        let wall = self.wall();
        let budget = Budget {
            limit: limit as u64,
            remaining: (limit - spent.len()) as u64,
            reset: wall.as_second().cast_unsigned() + wait,
        };
        *self.reading.lock().unwrap() = Some(Reading { budget, theirs: Some(wall), ours: wall });
        over.then(|| {
            let later = Retry::Later(Some(Duration::from_secs(wait)));
            Ended::Failed(Diagnosis::new(Code::RateLimitExceeded, Who::Alter, later))
        })
    }

    pub(super) fn calls(&self) -> Vec<(u64, u128)> {
        self.calls.lock().unwrap().clone()
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.under_way.lock().unwrap().1
    }
}

impl Source for Scripted {
    async fn probe(
        &self,
        request: CallRequest,
        _: bool,
        keeps: KeepAnswer<'_>,
    ) -> (Ended, Option<RecordId>, Duration) {
        {
            let mut under_way = self.under_way.lock().unwrap();
            under_way.0 += 1;
            under_way.1 = under_way.1.max(under_way.0);
        }
        assert!(request.wait.is_zero() && !request.draft.is_write() && request.draft.reason.is_some());
        let asked = Asked {
            grant: request.draft.grant.0.as_u128(),
            host: host(&request.draft.url).to_owned(),
            second: self.start.elapsed().as_secs(),
            headers: request.draft.headers.iter().map(|(name, _)| name.clone()).collect(),
        };
        self.calls.lock().unwrap().push((asked.second, asked.grant));
        let ended = self.meter().unwrap_or_else(|| (self.rule)(&asked));
        tokio::time::sleep(self.latency).await;
        self.under_way.lock().unwrap().0 -= 1;
        if let Ended::Answered(report) = &ended {
            assert_eq!(keeps(&report.answer).is_none(), report.answer.status == 200);
        }
        (ended, None, self.latency)
    }

    async fn follow(&self, approval: ApprovalId, _: KeepAnswer<'_>) -> (Ended, Option<RecordId>, Duration) {
        self.asked_about.lock().unwrap().push(approval);
        let ended = (self.earlier)(approval);
        tokio::time::sleep(self.latency).await;
        (ended, None, self.latency)
    }

    fn detail(&self) -> ReasonDetail {
        ReasonDetail::Values
    }

    fn reading(&self) -> Option<Reading> {
        *self.reading.lock().unwrap()
    }
}

pub(super) fn answered(status: u16, body: &str, headers: &[(&str, &str)]) -> Ended {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Ended::Answered(Box::new(CallReport {
        mode: Mode::Proxy,
        alter_status: 200,
        answer: ProviderAnswer::new(status, headers, body),
        first_byte: None,
        elapsed: Duration::ZERO,
    }))
}

/// An answer that satisfies the probes of all three providers.
pub(super) fn fine() -> Ended {
    answered(200, r#"{"login":"octo","id":1,"username":"octo","sub":"1","email":"a@b.example"}"#, &[])
}

pub(super) fn failed(code: Code, who: Who) -> Ended {
    Ended::Failed(Diagnosis::new(code, who, Retry::Later(None)))
}

/// Grants of three providers in turn.
pub(super) fn grants(count: u128) -> Vec<Grant> {
    let one = |number: u128| {
        let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(number))));
        grant.provider = ["github", "gitlab", "google"][(number % 3) as usize].into();
        grant
    };
    (0..count).map(one).collect()
}

/// Grants of this many providers with two hosts, in turn.
pub(super) fn grants_of(count: u128, providers: u128) -> Vec<Grant> {
    let of = |number: u128| format!("{}-{}", ["github", "gitlab"][(number % 2) as usize], number % providers);
    let grants = grants(count).into_iter().zip(0..);
    grants.map(|(grant, number)| Grant { provider: of(number).into(), ..grant }).collect()
}

pub(super) const HOSTS: [&str; 3] = ["api.github.com", "gitlab.com", "openidconnect.googleapis.com"];

pub(super) struct Ran {
    pub(super) events: Vec<SmokeEvent>,
}

impl Ran {
    pub(super) fn plan(&self) -> &SmokePlan {
        let SmokeEvent::Planned(plan) = &self.events[0] else { panic!("{:?}", self.events[0]) };
        plan
    }

    pub(super) fn summary(&self) -> &SmokeSummary {
        let Some(SmokeEvent::Done(summary)) = self.events.last() else { panic!("no end") };
        summary
    }

    pub(super) fn verdicts(&self) -> Vec<&SmokeResult> {
        let found = self.events.iter().filter_map(|event| match event {
            SmokeEvent::Verdict(result) => Some(&**result),
            _ => None,
        });
        found.collect()
    }

    pub(super) fn count(&self, verdict: Verdict) -> u32 {
        self.summary().tally.count(verdict)
    }

    pub(super) fn pauses(&self) -> Vec<(Code, u64, Option<&str>)> {
        let pauses = self.events.iter().filter_map(|event| match event {
            SmokeEvent::Paused(pause) => {
                let host = pause.host.as_ref().map(Clean::as_str);
                Some((pause.reason.code, pause.length.as_secs(), host))
            }
            _ => None,
        });
        pauses.collect()
    }
}

pub(super) async fn ran_until(source: &Scripted, request: SmokeRequest, cancel: CancellationToken) -> Ran {
    ran_with(source, request, RunHistory::default(), cancel).await
}

pub(super) async fn ran_with(
    source: &Scripted,
    request: SmokeRequest,
    past: RunHistory,
    cancel: CancellationToken,
) -> Ran {
    let (sender, mut events) = mpsc::channel(8);
    let now = || source.wall();
    let work = run(source, &now, request, past, cancel, sender);
    let listen = async {
        let mut received = Vec::new();
        while let Some(event) = events.recv().await {
            received.push(event);
        }
        received
    };
    let ((), events) = tokio::join!(work, listen);
    Ran { events }
}

pub(super) async fn ran(source: &Scripted, request: SmokeRequest) -> Ran {
    ran_until(source, request, CancellationToken::new()).await
}
