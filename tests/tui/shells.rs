//! Completions in real shells. bash is everywhere; zsh, fish and elvish are tried where they are installed (`.ci/run`
//! sees to it).

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::driver::{Start, Tui};

/// Names that a walk saw a moment ago.
const SEEN: &str = "github:mossgate-ci#team\tok\ngithub:octo-acme\tok\ngoogle:work@acme.example\tok\n\
                    stripe-production:Stripe (production)#billing\tok\n";

/// What each of the shells is ready with.
const PROMPT: &str = "> ";

fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join(".local/state/grantdeck");
    fs::create_dir_all(&state).unwrap();
    fs::write(state.join("selectors.tsv"), SEEN).unwrap();
    home
}

fn is_installed(shell: &str) -> bool {
    let mut command = Command::new(shell);
    command.arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// A shell without anybody's settings, which finds the program on its path.
fn shell(home: &TempDir, start: &str) -> Tui {
    let script = format!("PATH=\"$(dirname \"$0\"):$PATH\"; cd \"$HOME\"; exec {start}");
    let tui = Start::shell(&script).home(home.path()).env("PS1", PROMPT).env("TERM", "xterm").spawn();
    tui.wait_for(PROMPT.trim());
    tui
}

/// Types the beginning of a line and the key that completes it, waits for the whole, and takes the line away.
fn completes(tui: &mut Tui, begun: &str, whole: &str) {
    tui.send(format!("{begun}\t").as_bytes(), 0);
    tui.wait_for(whole);
    tui.send(b"\x15", 0);
    tui.wait_until("the line is empty", |screen| {
        let (row, _) = screen.cursor_position();
        let lines: Vec<String> = screen.rows(0, 120).collect();
        lines[usize::from(row)].trim().len() <= 2
    });
}

#[test]
fn bash_completes_names_with_colons_blanks_and_at_signs() {
    let home = home();
    let mut tui = shell(&home, "bash --norc --noprofile -i");
    tui.send(b"eval \"$(grantdeck completions bash)\"; bind 'set enable-bracketed-paste off'; clear; echo rea''dy\r", 0);
    tui.wait_for("ready");
    for (begun, whole) in [
        ("grantdeck id github:mo", "grantdeck id github:mossgate-ci#team"),
        ("grantdeck id google:", "grantdeck id google:work@acme.example"),
        ("grantdeck call google:work@ac", "grantdeck call google:work@acme.example"),
        ("grantdeck show goo", "grantdeck show google:work@acme.example"),
        (
            "grantdeck id stripe-production:Str",
            r"grantdeck id stripe-production:Stripe\ \(production\)#billing",
        ),
        (
            r"grantdeck id stripe-production:Stripe\ \(pro",
            r"stripe-production:Stripe\ \(production\)#billing",
        ),
        (
            "grantdeck id 'stripe-production:Str",
            "grantdeck id 'stripe-production:Stripe (production)#billing'",
        ),
        ("grantdeck id github:octo-acme goo", "grantdeck id github:octo-acme google:work@acme.example"),
        ("grantdeck --color=al", "grantdeck --color=always"),
        ("grantdeck prof", "grantdeck profiles"),
    ] {
        completes(&mut tui, begun, whole);
    }
    // Several: what they share is filled in, the rest is listed.
    tui.send(b"grantdeck id github:\t\t", 0);
    tui.wait_for("mossgate-ci#team");
    tui.wait_for("octo-acme");
}

#[test]
fn zsh_completes_names_with_colons_blanks_and_at_signs() {
    if !is_installed("zsh") {
        return;
    }
    let home = home();
    let mut tui = shell(&home, "zsh -f -i");
    tui.send(
        b"autoload -U compinit; compinit -u -D; eval \"$(grantdeck completions zsh)\"; clear; echo rea''dy\r",
        0,
    );
    tui.wait_for("ready");
    for (begun, whole) in [
        ("grantdeck id github:mo", "grantdeck id github:mossgate-ci"),
        ("grantdeck call google:work@ac", "grantdeck call google:work@acme.example"),
        ("grantdeck id stripe-production:Str", r"stripe-production:Stripe\ \(production\)"),
        ("grantdeck id 'stripe-production:Str", "'stripe-production:Stripe (production)#billing"),
        ("grantdeck prof", "grantdeck profiles"),
    ] {
        completes(&mut tui, begun, whole);
    }
}

#[test]
fn fish_completes_names_with_colons_blanks_and_at_signs() {
    if !is_installed("fish") {
        return;
    }
    let home = home();
    fs::create_dir_all(home.path().join(".config/fish")).unwrap();
    fs::write(
        home.path().join(".config/fish/config.fish"),
        "set fish_greeting\nfunction fish_prompt; echo '> '; end\nset -g fish_color_autosuggestion black\n\
         grantdeck completions fish | source\n",
    )
    .unwrap();
    let mut tui = shell(&home, "fish -i");
    for (begun, whole) in [
        ("grantdeck id github:mo", "grantdeck id github:mossgate-ci"),
        ("grantdeck call google:work@ac", "grantdeck call google:work@acme.example"),
        ("grantdeck id stripe-production:Str", r"stripe-production:Stripe\ \(production\)"),
    ] {
        completes(&mut tui, begun, whole);
    }
}

#[test]
fn elvish_completes_names_with_colons_blanks_and_at_signs() {
    if !is_installed("elvish") {
        return;
    }
    let home = home();
    fs::create_dir_all(home.path().join(".config/elvish")).unwrap();
    // Where candidates are listed, the key that takes a line away would do nothing.
    fs::write(
        home.path().join(".config/elvish/rc.elv"),
        "set edit:prompt = { put '> ' }\nset edit:rprompt = { }\n\
         set edit:completion:binding[Ctrl-U] = { edit:close-mode; edit:kill-line-left }\n\
         eval (grantdeck completions elvish | slurp)\n",
    )
    .unwrap();
    let mut tui = shell(&home, "elvish -sock ./socket -db ./history");
    for (begun, whole) in [
        ("grantdeck prof", "grantdeck profiles"),
        ("grantdeck completions fish --qui", "grantdeck completions fish --quiet"),
        ("grantdeck list --output jsonl --sort hea", "--sort health"),
        ("grantdeck id github:mo", "grantdeck id 'github:mossgate-ci#team'"),
        ("grantdeck call google:work@ac", "grantdeck call google:work@acme.example"),
        ("grantdeck id stripe-production:Str", "'stripe-production:Stripe (production)#billing'"),
    ] {
        completes(&mut tui, begun, whole);
    }
}
