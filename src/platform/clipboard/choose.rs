//! Which ways to a clipboard are tried, in which order: a pure function of the surroundings.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::osc52;
use crate::domain::{CopyChoice, CopyRoute};

/// How long one way may take.
const LIMIT: Duration = Duration::from_secs(1);

/// How long a sensitive text stays where nothing else is configured.
const CLEAR_AFTER: Duration = Duration::from_mins(1);

/// Why the desktop's own clipboard is not tried.
const NO_DESKTOP: &str = if cfg!(feature = "wayland") {
    "neither DISPLAY nor WAYLAND_DISPLAY is set"
} else {
    "DISPLAY is not set, and this build was made without `--features wayland`"
};

/// What copying depends on, read once so that the choice is a function of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The system.
    pub platform: Platform,
    /// Somebody sits at another machine (`SSH_TTY`, `SSH_CONNECTION`): its desktop is not ours.
    pub ssh: bool,
    /// The tmux around us (`TMUX`).
    pub tmux: Option<OsString>,
    /// GNU screen is around us (`STY`).
    pub screen: bool,
    /// The X server (`DISPLAY`).
    pub display: Option<OsString>,
    /// The Wayland compositor (`WAYLAND_DISPLAY`); None where this build does not speak to one.
    pub wayland: Option<OsString>,
    /// The terminal is known to copy nothing (`TERM` is `linux` or `dumb`).
    pub deaf: bool,
    /// When sensitive texts are cleared; None = never.
    pub clear_after: Option<Duration>,
    /// How long one way may take.
    pub limit: Duration,
    /// The program that runs helper processes; None = this one. For tests.
    pub program: Option<PathBuf>,
}

/// Systems, as far as clipboards differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// X11 or Wayland: a text lives in the program that copied it.
    Unix,
    /// The system holds the text.
    Mac,
    /// The system holds the text.
    Windows,
}

impl Environment {
    /// The surroundings of this process.
    pub fn of_process() -> Self {
        Self::read(|name| std::env::var_os(name))
    }

    /// Surroundings in which variables have these values; an empty one counts as unset.
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
            deaf: variable("TERM").is_some_and(|term| term == "linux" || term == "dumb"),
            clear_after: Some(CLEAR_AFTER),
            limit: LIMIT,
            program: None,
        }
    }

    /// With the user's own time after which sensitive texts are cleared; 0 = never.
    #[must_use]
    pub fn clearing_after(self, seconds: u64) -> Self {
        Self { clear_after: Some(Duration::from_secs(seconds)).filter(|after| !after.is_zero()), ..self }
    }

    /// Whether there is a desktop to ask.
    fn has_desktop(&self) -> bool {
        self.platform != Platform::Unix || self.display.is_some() || self.wayland.is_some()
    }
}

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The ways, best first; the last one is always [`CopyRoute::Shown`], which cannot fail.
    pub routes: Vec<CopyRoute>,
    /// Why a way that the user may expect is not among them.
    pub left_out: Option<&'static str>,
}

/// Chooses for a text of so many bytes.
///
/// tmux comes first: its server may be older than today's desktop session, so `DISPLAY` inside it says little, and
/// by default it lets no sequence of ours through. In an SSH session the desktop at hand is the wrong one.
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
            let deaf = environment.deaf.then_some("this terminal has no clipboard");
            left_out = deaf.or(too_long);
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
        // As if this build spoke Wayland.
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
            // Who gets no clipboard although one was wanted is told why.
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
