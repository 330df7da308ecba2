//! Detects the colour depth of the terminal from the environment.

use strum::EnumIter;

/// The colour depth of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter)]
pub enum Depth {
    /// 24 bits.
    #[default]
    Truecolor,
    /// The 256-colour palette.
    Ansi256,
    /// The terminal's 16 colours.
    Ansi16,
    /// No colours, attributes only (`NO_COLOR`, `TERM=dumb`).
    Mono,
}

/// 24-bit terminals that can only be recognised by their name over SSH.
const TRUECOLOR_NAMES: [&str; 7] =
    ["kitty", "alacritty", "foot", "wezterm", "ghostty", "direct", "truecolor"];

impl Depth {
    /// Detects the depth from `NO_COLOR`, `COLORTERM`, `TERM` and, if `TERM` is not set, `WT_SESSION`
    /// (Windows Terminal). `lookup` reads an environment variable.
    ///
    /// - A non-empty `NO_COLOR` wins over everything (<https://no-color.org>).
    /// - GNU screen passes `COLORTERM` on without supporting 24 bits, so it is ignored there. tmux, which
    ///   also calls itself screen, converts colours; `TMUX` identifies it.
    /// - Without any hint: the 16 colours that nearly every terminal has.
    pub fn detect(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name: &str| lookup(name).filter(|value| !value.is_empty());
        if value("NO_COLOR").is_some() {
            return Self::Mono;
        }
        let term = value("TERM").unwrap_or_default();
        let gnu_screen = term.starts_with("screen") && value("TMUX").is_none();
        let promised = matches!(value("COLORTERM").as_deref(), Some("truecolor" | "24bit"));
        let vt = term.strip_prefix("vt").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if term == "dumb" || (vt && !promised) {
            Self::Mono
        } else if gnu_screen {
            if term.contains("256color") { Self::Ansi256 } else { Self::Ansi16 }
        } else if promised
            || TRUECOLOR_NAMES.iter().any(|name| term.contains(name))
            || (term.is_empty() && value("WT_SESSION").is_some())
        {
            Self::Truecolor
        } else if term.contains("256color") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_gives_the_depth() {
        for (environment, want) in [
            (&[][..], Depth::Ansi16),
            (&[("TERM", "xterm-256color")], Depth::Ansi256),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::Truecolor),
            (&[("TERM", "xterm"), ("COLORTERM", "24bit")], Depth::Truecolor),
            (&[("TERM", "xterm"), ("COLORTERM", "yes")], Depth::Ansi16),
            (&[("TERM", "xterm-kitty")], Depth::Truecolor),
            (&[("TERM", "xterm-direct")], Depth::Truecolor),
            (&[("TERM", "linux")], Depth::Ansi16),
            (&[("TERM", "vt220")], Depth::Mono),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::Mono),
            (&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")], Depth::Mono),
            (&[("TERM", "xterm-kitty"), ("NO_COLOR", "")], Depth::Truecolor),
            (&[("TERM", "screen.xterm-256color"), ("COLORTERM", "truecolor")], Depth::Ansi256),
            (&[("TERM", "screen"), ("COLORTERM", "truecolor")], Depth::Ansi16),
            (
                &[("TERM", "screen-256color"), ("COLORTERM", "truecolor"), ("TMUX", "/tmp/x")],
                Depth::Truecolor,
            ),
            (&[("TERM", "tmux-256color")], Depth::Ansi256),
            (&[("WT_SESSION", "1")], Depth::Truecolor),
        ] {
            let lookup = |name: &str| {
                environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Depth::detect(lookup), want, "{environment:?}");
        }
    }
}
