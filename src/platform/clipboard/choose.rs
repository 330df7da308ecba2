//! Chooses which clipboard routes to try and in what order: a pure function of the environment.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::osc52;
use crate::domain::{CopyChoice, CopyRoute};

/// Time limit for one route.
const LIMIT: Duration = Duration::from_secs(1);

/// Default time after which sensitive text is cleared.
const CLEAR_AFTER: Duration = Duration::from_mins(1);

/// Why the native clipboard is not tried.
const NO_DESKTOP: &str = if cfg!(feature = "wayland") {
    "neither DISPLAY nor WAYLAND_DISPLAY is set"
} else {
    "DISPLAY is not set, and this build was made without `--features wayland`"
};

/// The inputs of the choice, read once so that [`choose`] stays pure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The operating system.
    pub platform: Platform,
    /// This is an SSH session (`SSH_TTY`, `SSH_CONNECTION`): the user's desktop is on another machine.
    pub ssh: bool,
    /// The enclosing tmux (`TMUX`).
    pub tmux: Option<OsString>,
    /// Running inside GNU screen (`STY`).
    pub screen: bool,
    /// The X display (`DISPLAY`).
    pub display: Option<OsString>,
    /// The Wayland display (`WAYLAND_DISPLAY`); `None` if this build has no Wayland support.
    pub wayland: Option<OsString>,
    /// The terminal is known to have no clipboard (`TERM` is `linux` or `dumb`).
    pub no_clipboard: bool,
    /// When to clear sensitive text; `None` = never.
    pub clear_after: Option<Duration>,
    /// Time limit for one route.
    pub limit: Duration,
    /// The program to run as helper process; `None` = this one. For tests.
    pub program: Option<PathBuf>,
}

/// Operating systems, as far as their clipboards differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// X11 or Wayland: the process that copied a text has to keep serving it.
    Unix,
    /// macOS: the system stores the text.
    Mac,
    /// Windows: the system stores the text.
    Windows,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn of_process() -> Self {
        Self::read(|name| std::env::var_os(name))
    }

    /// Builds an environment from a lookup of variables; an empty value counts as unset.
    pub fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let platform = match () {
            () if cfg!(target_os = "macos") => Platform::Mac,
            () if cfg!(windows) => Platform::Windows,
            () => Platform::Unix,
        };
        Self {
            platform,
            ssh: variable("SSH_TTY").or_else(|| variable("SSH_CONNECTION")).is_some(),
            tmux: variable("TMUX"),
            screen: variable("STY").is_some(),
            display: variable("DISPLAY"),
            wayland: variable("WAYLAND_DISPLAY").filter(|_| cfg!(feature = "wayland")),
            no_clipboard: variable("TERM").is_some_and(|term| term == "linux" || term == "dumb"),
            clear_after: Some(CLEAR_AFTER),
            limit: LIMIT,
            program: None,
        }
    }

    /// Sets the number of seconds after which sensitive text is cleared; 0 = never.
    #[must_use]
    pub fn clearing_after(self, seconds: u64) -> Self {
        Self { clear_after: Some(Duration::from_secs(seconds)).filter(|after| !after.is_zero()), ..self }
    }

    /// Whether a desktop clipboard is available.
    fn has_desktop(&self) -> bool {
        self.platform != Platform::Unix || self.display.is_some() || self.wayland.is_some()
    }
}

/// The routes to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The routes, best first; the last is always [`CopyRoute::Shown`], which cannot fail.
    pub routes: Vec<CopyRoute>,
    /// Why a route that the user may expect was skipped.
    pub left_out: Option<&'static str>,
}

/// Chooses the routes for a text of `bytes` bytes.
///
/// tmux comes first: its server may be older than the current desktop session, so `DISPLAY` inside it is unreliable,
/// and by default it does not pass our escape sequences on. In an SSH session the desktop reachable from here is not
/// the user's.
pub fn choose(environment: &Environment, choice: CopyChoice, bytes: usize) -> Plan {
    let too_long = (!osc52::fits(bytes)).then_some(osc52::TOO_LONG);
    let mut routes = Vec::new();
    let mut left_out = None;
    match choice {
        CopyChoice::Auto => {
            if environment.tmux.is_some() {
                routes.push(CopyRoute::Tmux);
            }
            if environment.has_desktop() && !environment.ssh {
                routes.push(CopyRoute::Native);
            }
            let no_clipboard = environment.no_clipboard.then_some("this terminal has no clipboard");
            left_out = no_clipboard.or(too_long);
            if left_out.is_none() {
                routes.push(CopyRoute::Osc52);
            }
        }
        CopyChoice::Native if environment.has_desktop() => routes.push(CopyRoute::Native),
        CopyChoice::Native => left_out = Some(NO_DESKTOP),
        CopyChoice::Osc52 if too_long.is_none() => routes.push(CopyRoute::Osc52),
        CopyChoice::Osc52 => left_out = too_long,
        CopyChoice::Print => {}
    }
    routes.push(CopyRoute::Shown);
    Plan { routes, left_out }
}

#[cfg(test)]
mod tests {
    use super::CopyRoute::{Native, Osc52, Shown, Tmux};
    use super::*;

    fn environment(platform: Platform, variables: &[&str]) -> Environment {
        let variable = |name: &str| {
            let value = variables.iter().find_map(|variable| variable.strip_prefix(&format!("{name}=")));
            value.map(OsString::from)
        };
        // Pretend that this build supports Wayland.
        Environment { platform, wayland: variable("WAYLAND_DISPLAY"), ..Environment::read(variable) }
    }

    type Case = (Platform, &'static [&'static str], CopyChoice, usize, &'static [CopyRoute]);

    #[test]
    fn surroundings_and_setting_decide() {
        use CopyChoice::{Auto, Print};
        use Platform::{Mac, Unix, Windows};
        const DISPLAY: &str = "DISPLAY=:0";
        const WAYLAND: &str = "WAYLAND_DISPLAY=wayland-0";
        const TMUX: &str = "TMUX=/tmp/tmux-0/default,1,0";
        const SSH: &str = "SSH_TTY=/dev/pts/1";
        const SSH_TOO: &str = "SSH_CONNECTION=10.0.0.1 1 10.0.0.2 22";
        const LONG: usize = 1 << 20;
        let cases: &[Case] = &[
            (Unix, &[DISPLAY], Auto, 36, &[Native, Osc52, Shown]),
            (Unix, &[WAYLAND], Auto, 36, &[Native, Osc52, Shown]),
            (Unix, &[], Auto, 36, &[Osc52, Shown]),
            (Unix, &["DISPLAY=", "TMUX="], Auto, 36, &[Osc52, Shown]),
            (Unix, &["TERM=linux"], Auto, 36, &[Shown]),
            (Unix, &["TERM=dumb", DISPLAY], Auto, 36, &[Native, Shown]),
            (Unix, &["TERM=xterm-256color", "STY=1.pts-0.host"], Auto, 36, &[Osc52, Shown]),
            (Unix, &[DISPLAY, SSH], Auto, 36, &[Osc52, Shown]),
            (Unix, &[DISPLAY, SSH_TOO], Auto, 36, &[Osc52, Shown]),
            (Unix, &[DISPLAY, TMUX], Auto, 36, &[Tmux, Native, Osc52, Shown]),
            (Unix, &[TMUX], Auto, 36, &[Tmux, Osc52, Shown]),
            (Unix, &[DISPLAY, TMUX, SSH], Auto, 36, &[Tmux, Osc52, Shown]),
            (Unix, &[DISPLAY], Auto, LONG, &[Native, Shown]),
            (Unix, &[SSH], Auto, LONG, &[Shown]),
            (Mac, &[], Auto, 36, &[Native, Osc52, Shown]),
            (Mac, &[SSH], Auto, 36, &[Osc52, Shown]),
            (Windows, &[], Auto, 36, &[Native, Osc52, Shown]),
            (Unix, &[DISPLAY, SSH, TMUX], CopyChoice::Native, 36, &[Native, Shown]),
            (Unix, &[], CopyChoice::Native, 36, &[Shown]),
            (Mac, &[], CopyChoice::Native, 36, &[Native, Shown]),
            (Unix, &[DISPLAY, TMUX, "TERM=linux"], CopyChoice::Osc52, 36, &[Osc52, Shown]),
            (Unix, &[DISPLAY], CopyChoice::Osc52, LONG, &[Shown]),
            (Unix, &[DISPLAY, TMUX], Print, 36, &[Shown]),
        ];
        for (platform, variables, choice, bytes, want) in cases {
            let plan = choose(&environment(*platform, variables), *choice, *bytes);
            assert_eq!(plan.routes, *want, "{platform:?} {variables:?} {choice} {bytes}");
            // Skipping every clipboard that was asked for needs a reason.
            if plan.routes == [Shown] && *choice != Print {
                assert!(plan.left_out.is_some(), "{variables:?} {choice}");
            }
        }
    }

    #[test]
    fn nought_seconds_are_never() {
        let environment = environment(Platform::Unix, &[]);
        assert_eq!(environment.clear_after, Some(CLEAR_AFTER));
        assert_eq!(environment.clone().clearing_after(5).clear_after, Some(Duration::from_secs(5)));
        assert_eq!(environment.clearing_after(0).clear_after, None);
    }
}
