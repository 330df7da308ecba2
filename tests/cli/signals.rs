//! Every subcommand ends when it is asked to, whatever it waits for, and does nothing after that.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use grantdeck::sandbox::Options;
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};

use crate::rig::{Rig, bare, configure};

/// What is tried with, and the exit code of each.
const SIGNALS: [(Signal, i32); 3] = [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)];

fn fifo(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
        .unwrap();
}

/// The program, with a standard input that is open and says nothing, and outputs that nobody reads.
fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends a signal and waits for the end; what was said on standard error.
fn end(mut child: Child, signal: Signal, code: i32, what: &str) -> String {
    kill_process(Pid::from_child(&child), signal).unwrap();
    let mut said = String::new();
    // Held open until the program has ended: it must not end because nobody is there any more.
    let (_input, _output) = (child.stdin.take(), child.stdout.take());
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(code), "{what} after {signal:?}: {said}");
    said
}

/// Waits for something that announces nothing.
fn wait_until(what: &str, done: impl Fn() -> bool) {
    let mut tries = 0_u32;
    while !done() {
        tries += 1;
        assert!(tries < 20_000, "waited in vain until {what}");
        thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// Whether the program hears all of them. Before it does, right behind its start, the system ends it.
fn hears(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
    let all = SIGNALS.iter().fold(0, |all, (signal, _)| all | (1 << (signal.as_raw() - 1)));
    u64::from_str_radix(mask, 16).unwrap() & all == all
}

fn has_asked(rig: &Rig, path: &str) -> bool {
    rig.backend.journal().iter().any(|entry| entry.target.starts_with(path))
}

/// How much of what the program wrote waits to be read.
fn unread(child: &Child) -> u64 {
    rustix::io::ioctl_fionread(child.stdout.as_ref().unwrap()).unwrap()
}

#[test]
fn a_body_that_never_comes_can_be_left() {
    for (signal, code) in SIGNALS {
        let rig = Rig::new(30, &[]);
        let call = ["call", "github:octo-acme", "POST", "/user/repos", "--yes", "-d"];
        let child = spawn(&mut rig.command(&[&call[..], &["-"]].concat()));
        wait_until("it hears signals", || hears(&child));
        end(child, signal, code, "-d -");
        let pipe = rig.home.path().join("body");
        fifo(&pipe);
        let child = spawn(&mut rig.command(&[&call[..], &["@body"]].concat()));
        // As long as somebody holds it, the pipe does not end.
        let held = rustix::fs::open(&pipe, OFlags::RDWR | OFlags::NONBLOCK, Mode::empty()).unwrap();
        wait_until("it hears signals", || hears(&child));
        end(child, signal, code, "-d @FIFO");
        drop(held);
        assert!(!has_asked(&rig, "/sdk/proxy"), "a call was sent");
    }
}

#[test]
fn an_answer_that_nobody_takes_can_be_left() {
    for (signal, code) in SIGNALS {
        let rig = Rig::new(30, &[]);
        let out = rig.home.path().join("out");
        fifo(&out);
        let call = ["call", "github:octo-acme", "GET", "/user", "--out", "out", "--force"];
        let child = spawn(&mut rig.command(&call));
        wait_until("it hears signals", || hears(&child));
        // It may look at its file first, and then never gets there.
        for _ in 0..400 {
            if !has_asked(&rig, "/sdk/proxy") {
                thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        end(child, signal, code, "--out FIFO");
        fifo(&rig.home.path().join("out.xml"));
        let child = spawn(&mut rig.command(&["smoke", "--yes", "--limit", "2", "--report", "out.xml"]));
        wait_until("it hears signals", || hears(&child));
        end(child, signal, code, "smoke --report FIFO");
    }
}

#[test]
fn output_that_nobody_reads_can_be_left() {
    for (signal, code) in SIGNALS {
        let rig = Rig::new(3_000, &[]);
        for arguments in [
            &["list", "--all", "-o", "jsonl"][..],
            &["list", "--all", "-o", "json"],
            &["list", "--all", "-o", "csv"],
        ] {
            let child = spawn(&mut rig.command(arguments));
            wait_until("the pipe is full", || unread(&child) > 60_000);
            end(child, signal, code, &arguments.join(" "));
        }
    }
}

#[test]
fn nothing_is_written_after_an_interrupt() {
    for (signal, code) in SIGNALS {
        let rig = Rig::new(30, &["latency=300ms"]);
        let file = rig.home.path().join("x.env");
        fs::write(&file, "A=1\n").unwrap();
        let write = ["id", "github:octo-acme", "--write", "x.env", "--yes"];
        let child = spawn(&mut rig.command(&write));
        wait_until("it asks", || !rig.backend.journal().is_empty());
        end(child, signal, code, "id --write");
        assert_eq!(fs::read_to_string(&file).unwrap(), "A=1\n", "it was written all the same");
        assert_eq!(fs::read_dir(rig.home.path()).unwrap().count(), 1, "something is left");
    }
}

#[test]
fn whatever_a_command_waits_for_it_can_be_left() {
    let slow = Rig::with(&Options {
        provider_latency: std::time::Duration::from_mins(10),
        ..Options { grants: 30, ..Options::default() }
    });
    let url = slow.backend.base_url();
    configure(
        &slow.home,
        &format!(
            "[profiles.command]\nkey_command = [\"sleep\", \"9\"]\nbase_url = \"{url}\"\n\
             [profiles.typed]\nkey = \"prompt\"\nbase_url = \"{url}\"\n"
        ),
    );
    let calls =
        || slow.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count();
    for (signal, code) in SIGNALS {
        for arguments in [
            &["call", "github:octo-acme", "GET", "/user"][..],
            &["call", "github:octo-acme", "GET", "/user", "--jq", "."],
            &["smoke", "github:octo-acme", "--yes"],
        ] {
            let before = calls();
            let child = spawn(&mut slow.command(arguments));
            wait_until("the provider is asked", || calls() > before);
            end(child, signal, code, &arguments.join(" "));
        }
        for command in [&["list"][..], &["doctor"], &["show", "github:octo-acme"], &["scan"], &["approvals"]]
        {
            let arguments = [&["--profile", "command"], command].concat();
            let child = spawn(&mut bare(&slow.home, &arguments));
            let children = format!("/proc/{0}/task/{0}/children", child.id());
            // On another thread, whose children are told of elsewhere.
            wait_until("the command runs", || has_child(child.id()) || fs::read(&children).is_err());
            end(child, signal, code, &arguments.join(" "));
        }
    }
}

/// Whether any thread of a process has started another one.
fn has_child(process: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return false };
    threads.flatten().any(|thread| {
        fs::read_to_string(thread.path().join("children")).is_ok_and(|children| !children.trim().is_empty())
    })
}

#[test]
fn what_was_started_without_signals_stays_so() {
    let rig = Rig::new(30, &["latency=300ms"]);
    // Whoever is started in the background of such a shell, or by nohup, is not to be interrupted.
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("HOME", rig.home.path()).current_dir(rig.home.path());
    command.env("ALTER_API_KEY", rig.key()).env("ALTER_BASE_URL", rig.backend.base_url());
    command.args(["-c", "trap '' INT TERM HUP; exec \"$0\" list", env!("CARGO_BIN_EXE_grantdeck")]);
    let child = spawn(&mut command);
    wait_until("it asks", || !rig.backend.journal().is_empty());
    for (signal, _) in SIGNALS {
        kill_process(Pid::from_child(&child), signal).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 30);
}

#[test]
fn an_interrupted_call_says_the_exit_code_that_it_ends_with() {
    let slow = Rig::with(&Options {
        provider_latency: std::time::Duration::from_mins(10),
        ..Options { grants: 30, ..Options::default() }
    });
    let calls =
        || slow.backend.journal().iter().filter(|entry| entry.target.starts_with("/sdk/proxy")).count();
    for (signal, code) in SIGNALS {
        let before = calls();
        let child = spawn(&mut slow.command(&["call", "github:octo-acme", "GET", "/user", "-o", "json"]));
        wait_until("the provider is asked", || calls() > before);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let message: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let error = &message["error"];
        assert_eq!((output.status.code(), &error["exit_code"]), (Some(code), &code.into()), "{message}");
        assert_eq!(error["code"], "cancelled", "{message}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("interrupted; the call may still have happened"), "{signal:?}: {said}");
    }
}

#[test]
fn a_file_that_may_not_grow_so_far_is_an_error_and_nothing_is_left_of_it() {
    let rig = Rig::new(30, &["proxy-large=3000000"]);
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("HOME", rig.home.path()).current_dir(rig.home.path());
    command.env("ALTER_API_KEY", rig.key()).env("ALTER_BASE_URL", rig.backend.base_url());
    let call = "ulimit -f 1000; exec \"$0\" call github:octo-acme GET /user --out body";
    let output = command.args(["-c", call, env!("CARGO_BIN_EXE_grantdeck")]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("body") && said.to_lowercase().contains("too large"), "{said}");
    let names = fs::read_dir(rig.home.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("body")).collect();
    assert!(left.is_empty(), "{left:?}");
}
