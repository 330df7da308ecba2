//! `grantdeck list`.

use std::io::{self, BufWriter, IsTerminal, Write};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::arguments::{Arguments, Fields, Format, ListArguments};
use super::failure;
use super::listing::terminal_width;
use super::output::{Printer, Style, csv::Csv, json::Json, table::Table};
use super::report::{Report, refused};
use super::run::{Done, Run};
use crate::domain::column::Order;
use crate::domain::listing::WalkSummary;
use crate::domain::words::count;
use crate::domain::{
    Diagnosis, Grant, GrantKind, Health, ListEvent, ListRequest, Now, RowSet, Spending, Status,
};
use crate::jobs;
use crate::platform::clock::wall;
use crate::platform::ending::interrupted;
use crate::search::{Plan, Query, Rows, Taken, run};
use crate::session::exit::Exit;
use crate::store::paths::process_environment;
use crate::store::selectors::{self, Known};

/// Rows that are printed unless told otherwise.
const DEFAULT_LIMIT: u64 = 100;

/// Events that wait between the walk and the printer.
const EVENTS: usize = 8;

/// What ended the printing before the walk.
enum Stop {
    /// As many rows as were asked for are printed.
    Enough,
    /// The reader went away.
    Closed(io::Error),
    /// The walk failed.
    Failed(Diagnosis),
    /// Somebody stopped it.
    Interrupted,
}

/// Runs the subcommand.
pub(super) async fn list(run: &mut Run<'_>, list: &ListArguments) -> Done {
    let session = run.open().await?;
    let query = Query::parse(list.filters.search.as_deref().unwrap_or_default());
    if let Some(mistake) = query.mistakes.iter().find(|mistake| mistake.taken != Taken::AsTyped) {
        // Rows that were not meant would go to a program that cannot tell.
        return Err(refused("--search", &format!("--search: {mistake}")).into());
    }
    let mut printing = Printing::new(run, list, query);
    let request = printing.request(list);
    let (sender, events) = mpsc::channel(EVENTS);
    let cancel = CancellationToken::new();
    let walk = jobs::list(&session.context.client, &wall, request, cancel.clone(), sender);
    let read = async {
        let outcome = printing.read(events).await;
        cancel.cancel();
        outcome
    };
    let outcome = tokio::select! {
        biased;
        _ = interrupted() => Err(Stop::Interrupted),
        ((), outcome) = async { tokio::join!(walk, read) } => outcome,
    };
    printing.keeps_names = session.keeps_names();
    printing.end(outcome, &session.context)
}

/// Prints as the walk reports.
struct Printing<'a> {
    printer: Box<dyn Printer>,
    report: &'a mut Report,
    /// The conditions that hold here; its rows are filled in for sorted output.
    plan: Plan,
    /// Every row, where the order can only be known at the end.
    collected: Option<Rows>,
    /// Rows that were looked at.
    seen: RowSet,
    printed: u64,
    /// Of the printed rows those whose id cannot be read.
    without_id: u64,
    limit: Option<u64>,
    /// More rows match than were printed, as far as is known.
    more: bool,
    healths: Vec<Health>,
    /// What a shell may complete afterwards.
    names: Vec<Known>,
    keeps_names: bool,
}

impl<'a> Printing<'a> {
    fn new(run: &'a mut Run<'_>, list: &ListArguments, query: Query) -> Self {
        let (arguments, terminal) = (run.arguments, io::stdout().is_terminal());
        let plan = Plan {
            rows: Rows::default().snapshot(),
            server: list.filters.server_filter(),
            kind: list.filters.kind.as_deref().map(kind),
            health: None,
            order: list.sort.unwrap_or(Order::AsSent),
            tree: false,
            now: Now { millis: 0, wall: wall() },
            query,
        };
        let collects = list.sort.is_some() || plan.query.ranks();
        Self {
            printer: printer(arguments, list, terminal),
            report: &mut run.report,
            collected: collects.then(Rows::default),
            plan,
            seen: RowSet::default(),
            printed: 0,
            without_id: 0,
            limit: (!list.all).then(|| list.limit.unwrap_or(DEFAULT_LIMIT)),
            more: false,
            healths: list.filters.health.iter().flat_map(|group| group.members).copied().collect(),
            names: Vec::new(),
            keeps_names: false,
        }
    }

    /// Whether rows are left out here that the backend sends.
    fn is_local(&self) -> bool {
        self.plan.kind.is_some() || !self.healths.is_empty() || !self.plan.query.is_empty()
    }

    /// Where rows are left out or put in order here, the backend's first rows are not the answer's first rows.
    fn request(&self, list: &ListArguments) -> ListRequest {
        let whole = self.collected.is_some() || self.is_local();
        let first = self.limit.map_or(u64::MAX, |limit| if whole { u64::MAX } else { limit });
        ListRequest {
            filter: list.filters.server_filter(),
            first_page: u64::from(list.page_size).min(first) as u16,
            page: list.page_size,
            offset: 0,
            limit: self.limit.filter(|_| !whole),
            // Nothing else goes on that could miss it.
            spending: Spending::Everything,
        }
    }

    async fn read(&mut self, mut events: mpsc::Receiver<ListEvent>) -> Result<WalkSummary, Stop> {
        let mut loaded = 0;
        while let Some(event) = events.recv().await {
            match event {
                ListEvent::Page { grants, total, .. } => {
                    loaded += grants.len() as u64;
                    self.report.progress(loaded.min(total), total);
                    self.page(grants)?;
                }
                ListEvent::Waiting { reason, millis } => {
                    let headline = reason.headline();
                    self.report.remark(&format!("waiting {} s. {headline}", millis.div_ceil(1000)));
                }
                ListEvent::WalkingAgain { .. } => {
                    loaded = 0;
                    self.report.remark("the list changed during loading; loading it again");
                }
                ListEvent::Budget(_) => {}
                ListEvent::Done(summary) => {
                    self.sorted()?;
                    return Ok(summary);
                }
                ListEvent::Failed(diagnosis) => return Err(Stop::Failed(diagnosis)),
            }
        }
        // The walk always ends with one of the above.
        Err(Stop::Enough)
    }

    fn page(&mut self, mut grants: Vec<Grant>) -> Result<(), Stop> {
        self.names.extend(selectors::known(&grants, self.plan.now.wall, self.names.len()));
        if let Some(rows) = &mut self.collected {
            for grant in grants {
                rows.put(grant);
            }
            return Ok(());
        }
        grants.retain(|grant| self.seen.insert(grant.row));
        if self.is_local() {
            grants = self.matching(grants);
        }
        let left = self.limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.printed) as usize);
        self.more |= grants.len() > left;
        self.printed += grants.len().min(left) as u64;
        self.without_id += without_id(grants.iter().take(left));
        self.printer.rows(&mut grants.iter().take(left), self.plan.now).map_err(Stop::Closed)?;
        self.printer.flush().map_err(Stop::Closed)?;
        if self.more { Err(Stop::Enough) } else { Ok(()) }
    }

    /// The rows of a page that are wanted, in its order.
    fn matching(&mut self, grants: Vec<Grant>) -> Vec<Grant> {
        let mut rows = Rows::default();
        for grant in grants {
            rows.put(grant);
        }
        self.found(&rows).iter().filter_map(|row| rows.get(*row).cloned()).collect()
    }

    fn found(&mut self, rows: &Rows) -> Vec<u32> {
        self.plan.rows = rows.snapshot();
        let found = run(&self.plan, &|| false, &mut |_| ()).unwrap_or_default();
        let rows_found = (0..found.len(rows.len())).filter_map(|place| found.at(place));
        let wanted = |row: &u32| {
            let health = rows.get(*row).map(|grant| Health::of(grant, self.plan.now.wall));
            self.healths.is_empty() || health.is_some_and(|health| self.healths.contains(&health))
        };
        rows_found.filter(wanted).collect()
    }

    /// Prints what was collected.
    fn sorted(&mut self) -> Result<(), Stop> {
        let Some(rows) = self.collected.take() else { return Ok(()) };
        let found = self.found(&rows);
        let limit = self.limit.map_or(usize::MAX, |limit| limit as usize);
        self.more = found.len() > limit;
        self.printed = found.len().min(limit) as u64;
        self.report.clear();
        if found.is_empty() {
            return Ok(());
        }
        let grants = || found.iter().take(limit).filter_map(|row| rows.get(*row));
        self.without_id = without_id(grants());
        self.printer.rows(&mut grants(), self.plan.now).map_err(Stop::Closed)
    }

    /// Ends the output, and says what there is to say of it and of the key.
    fn end(mut self, outcome: Result<WalkSummary, Stop>, context: &jobs::Context) -> Done {
        self.report.clear();
        let outcome = match outcome {
            // All of it was asked for.
            Ok(summary) if self.limit.is_none() => {
                summary.not_whole().map_or(Ok(summary), |why| Err(Stop::Failed(why)))
            }
            other => other,
        };
        let outcome = match outcome {
            Err(Stop::Closed(error)) => return Err(error.into()),
            other => other,
        };
        let failed = match &outcome {
            Err(Stop::Failed(diagnosis)) => {
                // What came before the failure stays valid; sorted output never begins before the end.
                let _ = self.sorted();
                Some(diagnosis.clone())
            }
            Err(Stop::Interrupted) => Some(failure::cancelled()),
            _ => None,
        };
        match &failed {
            Some(diagnosis) => self.printer.broken_off(&self.report.object(diagnosis))?,
            None => self.printer.finish()?,
        }
        let exit = self.finish(outcome);
        let profile = context.write_policy.profile.as_deref();
        // Of a demonstration nothing stays.
        if context.simulator.is_none() && !self.keeps_names {
            selectors::forget(profile, &process_environment);
        } else if !self.names.is_empty() && context.simulator.is_none() {
            // A short or filtered list takes nothing away that a longer one has shown.
            let before = selectors::recall(profile, &process_environment, self.plan.now.wall);
            if self.names.len() >= before.len() {
                selectors::remember(&self.names, profile, &process_environment);
            }
        }
        if let Some(notice) = context.key_notice() {
            self.report.hint(&notice);
        }
        Ok(exit)
    }

    /// Says what the output is not.
    fn finish(&mut self, outcome: Result<WalkSummary, Stop>) -> Exit {
        let printed = count(self.printed);
        match outcome {
            Ok(summary) => {
                self.summary(&summary);
                Exit::Ok
            }
            Err(Stop::Failed(diagnosis)) => {
                self.report.failure(&diagnosis);
                if self.printed > 0 {
                    self.report.notice(&format!(
                        "{printed} grants printed before the failure; the list is incomplete"
                    ));
                }
                Exit::from(&diagnosis)
            }
            Err(Stop::Interrupted) => Exit::Interrupted,
            Err(_) => {
                self.report.notice(&format!("first {printed} shown; more with --all or --limit N"));
                Exit::Ok
            }
        }
    }

    fn summary(&mut self, summary: &WalkSummary) {
        match self.without_id {
            0 => {}
            1 => self.report.notice("1 row has an unreadable id; see its field `unreadable`"),
            rows => {
                let rows = count(rows);
                self.report.notice(&format!("{rows} rows have unreadable ids; see their field `unreadable`"));
            }
        }
        let (printed, total) = (count(self.printed), count(summary.total));
        if self.more {
            self.report.notice(&format!("first {printed} shown; more with --all or --limit N"));
        } else if self.printed == 0 && (summary.complete || summary.unique > 0) {
            let none = if summary.unique > 0 {
                format!("no match among {} grants", count(summary.unique))
            } else if self.is_local() || !self.plan.server.is_empty() {
                "no grant matches".to_owned()
            } else {
                "no grants yet".to_owned()
            };
            self.report.notice(&format!("{none}{}", self.unknown_words()));
        } else if self.limit == Some(self.printed) && summary.unique < summary.total {
            self.report
                .notice(&format!("{printed} of {total} grants; use --all for all, --limit N for more"));
        } else if !summary.complete {
            let (unique, total) = (count(summary.unique), count(summary.total));
            self.report.notice(&format!(
                "incomplete: {unique} grants found, the backend counts {total}; the list kept changing"
            ));
        } else if summary.first_total != summary.total {
            self.report.notice(&format!(
                "the backend's count changed during loading, from {} to {total}",
                count(summary.first_total)
            ));
        }
    }

    /// A word that this version does not know may be a newer backend's, or a mistake.
    fn unknown_words(&self) -> String {
        let status = self.plan.server.status.as_deref().map(Status::new).filter(|status| !status.is_known());
        let kind = self.plan.kind.as_ref().filter(|kind| !kind.is_known());
        let known = |known: &[&str]| known.join(", ");
        match (status, kind) {
            (Some(status), _) => format!("; `{status}` is not one of {}", known(Status::KNOWN)),
            (None, Some(kind)) => format!("; `{kind}` is not one of {}", known(GrantKind::KNOWN)),
            (None, None) => String::new(),
        }
    }
}

fn without_id<'g>(grants: impl Iterator<Item = &'g Grant>) -> u64 {
    grants.filter(|grant| grant.row.grant().is_none()).count() as u64
}

pub(super) fn kind(word: &str) -> GrantKind {
    GrantKind::new(if word == "secret" { "managed_secret" } else { word })
}

fn printer(arguments: &Arguments, list: &ListArguments, terminal: bool) -> Box<dyn Printer> {
    let able = || anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let colour = arguments.color.wanted().unwrap_or_else(able);
    let width = terminal.then(terminal_width).flatten();
    let fields = list.fields.as_ref().map(|Fields(fields)| fields.clone());
    let style = Style { fields, terminal, colour, width };
    let out = BufWriter::with_capacity(1 << 16, io::stdout());
    match list.output.unwrap_or(if terminal { Format::Table } else { Format::Jsonl }) {
        Format::Json => Box::new(Json::new(out, style, false)),
        Format::Jsonl => Box::new(Json::new(out, style, true)),
        Format::Csv => Box::new(Csv::new(out, style)),
        Format::Table => {
            let choice = if colour { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
            let out: Box<dyn Write> = Box::new(anstream::AutoStream::new(io::stdout(), choice));
            Box::new(Table::new(BufWriter::with_capacity(1 << 16, out), style))
        }
    }
}
