//! A backend of our own to run the program against, and a home without anything in it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use grantdeck::sandbox::{self, FaultSpec, Options, Running, World};
use grantdeck::ui::{Depth, Role, Theme};
use jiff::Timestamp;
use ratatui::style::Color;
use secrecy::ExposeSecret;
use tempfile::TempDir;

use crate::driver::{Start, Tui};

/// A strict backend and a home.
pub(crate) struct Rig {
    pub(crate) backend: Running,
    pub(crate) home: TempDir,
    // Dropped last: the backend runs in it.
    runtime: tokio::runtime::Runtime,
}

/// The wall clock, for the backend.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

impl Rig {
    pub(crate) fn new(grants: u32, faults: &[&str]) -> Self {
        Self::with(&Options { grants, faults: specs(faults), ..Options::default() })
    }

    /// A backend of a special kind.
    pub(crate) fn with(options: &Options) -> Self {
        let runtime = runtime();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let backend = runtime.block_on(sandbox::start(options, address, Arc::new(now))).unwrap();
        Self { backend, home: tempfile::tempdir().unwrap(), runtime }
    }

    /// Serves a world at an address that was chosen before.
    pub(crate) fn serve(world: World, address: SocketAddr) -> Self {
        let runtime = runtime();
        let backend = runtime.block_on(sandbox::serve(world, address, Arc::new(now))).unwrap();
        Self { backend, home: tempfile::tempdir().unwrap(), runtime }
    }

    /// Lets the backend go down; its address is refused from then on.
    pub(crate) fn stop(self) {
        self.runtime.block_on(self.backend.shutdown());
    }

    pub(crate) fn key(&self) -> String {
        self.backend.app_key().expose_secret().to_owned()
    }

    pub(crate) fn faults(&self, faults: &[&str]) {
        self.backend.set_faults(specs(faults));
    }

    /// The program with the backend in its environment, not started.
    pub(crate) fn start(&self, arguments: &[&str]) -> Start {
        Start::program(arguments)
            .home(self.home.path())
            .env("ALTER_API_KEY", &self.key())
            .env("ALTER_BASE_URL", self.backend.base_url())
    }

    /// The program, running.
    pub(crate) fn open(&self) -> Tui {
        self.start(&[]).spawn()
    }

    /// The call of an account that every world of twenty grants begins with, put together and not sent.
    pub(crate) fn composed(&self, curl: &str) -> Tui {
        let mut tui = self.open();
        tui.wait_for("of 20");
        tui.press("/");
        tui.type_text("octo-acme");
        tui.press("enter");
        tui.settle();
        tui.press("c");
        tui.wait_for("Request");
        tui.paste(curl);
        tui.settle();
        tui
    }

    /// How many pages of the list were asked for.
    pub(crate) fn pages(&self) -> usize {
        self.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/grants/list")).count()
    }
}

fn specs(faults: &[&str]) -> Vec<FaultSpec> {
    faults.iter().map(|fault| fault.parse().unwrap()).collect()
}

/// An address on this machine at which nobody listens.
pub(crate) fn nobody() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

impl Tui {
    /// Waits until the screen says a sentence, wherever its lines are broken.
    pub(crate) fn wait_for_words(&self, words: &str) {
        self.wait_until(&format!("the screen says {words:?}"), |screen| said(screen).contains(words));
    }

    /// Answers a question, once its key is drawn as one that answers.
    pub(crate) fn answer(&mut self, key: &str) {
        self.wait_for_open(key);
        self.press(key);
    }

    /// Waits until a key answers the question on the screen.
    pub(crate) fn wait_for_open(&self, key: &str) {
        let style = Theme::builtin("dark", Depth::Truecolor).style(Role::HintKey);
        let Some(Color::Rgb(red, green, blue)) = style.fg else { panic!("{style:?}") };
        let wanted = vt100::Color::Rgb(red, green, blue);
        self.wait_until(&format!("{key} answers the question"), |screen| {
            let (rows, columns) = screen.size();
            let (rows, columns) = (rows.get(), columns.get());
            let is = |row, column, text| screen.cell(row, column).is_some_and(|cell| cell.contents() == text);
            // The footer names keys whether or not they answer yet.
            let cells = (0..rows - 1).flat_map(|row| (1..columns - 1).map(move |column| (row, column)));
            let mut keys = cells.filter(|(row, column)| {
                is(*row, *column, key) && is(*row, column + 1, " ") && !is(*row, column - 1, key)
            });
            keys.any(|(row, column)| screen.cell(row, column).is_some_and(|cell| cell.fgcolor() == wanted))
        });
    }

    /// The words of the screen, without frames and line breaks.
    pub(crate) fn words(&self) -> String {
        self.look(said)
    }
}

fn said(screen: &vt100::Screen) -> String {
    let text = screen.contents().replace(['│', '╭', '╮', '╰', '╯', '─', '┃'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
