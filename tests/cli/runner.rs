//! What holds for every subcommand, whatever its body does.

use std::process::Stdio;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::rig::{Rig, bare, configure};

const OCTO: &str = "github:octo-acme";

#[test]
fn whoever_reads_json_gets_an_interruption_as_an_object() {
    let rig = Rig::new(30, &[]);
    let script = "echo > \"$HOME/asked\"; exec sleep 60";
    configure(&rig.home, &format!("[profiles.slow]\nkey_command = [\"/bin/sh\", \"-c\", '{script}']\n"));
    let asked = rig.home.path().join("asked");
    for command in [
        &["list", "-o", "jsonl"][..],
        &["show", OCTO, "-o", "json"],
        &["ops", "github", "-o", "json"],
        &["doctor", "-o", "json"],
        &["scan", "-o", "json"],
        &["smoke", "-o", "json"],
        &["call", OCTO, "GET", "/user", "-o", "json"],
        &["approvals", "-o", "json"],
    ] {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
            let mut program = bare(&rig.home, &[&["--profile", "slow"], command].concat());
            program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = program.spawn().unwrap();
            while !asked.exists() {
                thread::yield_now();
            }
            std::fs::remove_file(&asked).unwrap();
            kill_process(Pid::from_child(&child), signal).unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{command:?} after {signal:?}");
            let message: Value = serde_json::from_slice(&output.stdout).unwrap();
            let error = (&message["error"]["code"], &message["error"]["exit_code"]);
            assert_eq!(error, (&"cancelled".into(), &code.into()), "{command:?} after {signal:?}");
        }
    }
}

#[test]
fn a_reader_that_is_gone_is_no_failure() {
    let rig = Rig::new(30, &[]);
    for command in [
        &["list"][..],
        &["list", "-o", "csv", "--sort", "used"],
        &["show", OCTO],
        &["id", OCTO],
        &["ops", "github"],
        &["providers"],
        &["profiles"],
        &["approvals"],
        &["scan"],
        &["doctor", "--offline"],
        &["completions", "bash"],
        &["man"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = rig.command(command).stdout(writer).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.contains("cannot write")),
            (Some(0), false),
            "{command:?}: {said}"
        );
    }
}
