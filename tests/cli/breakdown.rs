//! A defect tells where it is and nothing else, and no memory is left behind in a file.

use std::process::Stdio;

use crate::rig::{Rig, bare, run};

#[test]
fn a_panic_reports_where_it_was_and_never_what_it_said() {
    let rig = Rig::new(1, &[]);
    for arguments in [&["list"][..], &["sandbox"], &["--help"], &[]] {
        let ran = run(rig.command(arguments).env("GRANTDECK_TEST_PANIC", "begin").env("RUST_BACKTRACE", "1"));
        assert_eq!((ran.code, ran.out.as_str()), (101, ""), "{arguments:?}");
        let first = ran.err.lines().next().unwrap();
        let place = first.split_once(" crashed at ").expect("the place").1;
        let (file, line) = place.rsplit_once(':').unwrap();
        assert!(file == "src/platform/lib.rs" && line.parse::<u32>().is_ok(), "{first}");
        assert!(ran.err.contains("bug in grantdeck") && ran.err.lines().count() == 2, "{}", ran.err);
        assert!(!ran.err.contains("asked to break") && !ran.err.contains(&rig.key()), "{}", ran.err);
    }
    assert!(rig.backend.journal().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_subcommand_leaves_no_core_dump_and_its_memory_is_its_own() {
    use std::io::{BufRead, BufReader};
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::process::CommandExt as _;
    let home = tempfile::tempdir().unwrap();
    let mut command = bare(&home, &["sandbox", "--port", "0"]);
    command.current_dir("/").stdout(Stdio::piped()).stderr(Stdio::null());
    let administrator = rustix::process::getuid().is_root();
    if administrator {
        // Of the administrator's own processes nothing would be told.
        command.uid(65_534);
    }
    let child = command.spawn();
    if administrator && child.is_err() {
        eprintln!("skipped: nobody may not run the program where it lies");
        return;
    }
    let mut child = child.unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    // The memory of a process that anybody may look into belongs to whoever runs it, else to the administrator.
    let owner = std::fs::metadata(format!("/proc/{}/mem", child.id())).unwrap().uid();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(owner, 0);
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}
