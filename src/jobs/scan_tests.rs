use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;
use tokio::sync::mpsc::channel;
use uuid::Uuid;

use super::*;
use crate::domain::scan::KnownIds;
use crate::domain::{Grant, GrantId, RowId, Status};

const ALIVE: Uuid = Uuid::from_u128(0xabcd_0000_1111_4222_8333_4444_5555_0001);
const STALE: Uuid = Uuid::from_u128(0xabcd_0000_1111_4222_8333_4444_5555_0002);
const OTHER: Uuid = Uuid::from_u128(0x1234_0000_1111_4222_8333_4444_5555_0003);

fn known() -> Arc<KnownIds> {
    let grant = |id: Uuid, status: &str| {
        let mut grant = Grant::blank(RowId::Grant(GrantId(id)));
        (grant.provider, grant.status) = ("google".into(), Status::new(status));
        grant.account_identifier = Some("a".into());
        grant
    };
    let grants = [grant(ALIVE, "active"), grant(STALE, "revoked")];
    Arc::new(KnownIds::of(&grants, "2026-11-22T10:00:00Z".parse().unwrap()))
}

/// The results of a scan: findings and skipped paths, and the final counts.
struct Collected {
    found: Vec<(String, usize, Standing)>,
    skipped: BTreeMap<String, Skip>,
    done: Option<ScanCounts>,
}

fn run(paths: Vec<PathBuf>, wanted: Vec<Uuid>, cancel: CancellationToken) -> Collected {
    let base = paths.first().cloned().unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (sender, mut events) = channel(1);
        let asked_for = paths.clone();
        let request = ScanRequest { paths, known: known(), wanted };
        let mut seen = Collected { found: Vec::new(), skipped: BTreeMap::new(), done: None };
        let name = |path: &Path| path.strip_prefix(&base).unwrap_or(path).to_string_lossy().into_owned();
        let read = async {
            while let Some(event) = events.recv().await {
                match event {
                    ScanEvent::Found(found) => {
                        assert!(!found.context.as_str().contains(&found.id.to_string()), "{found:?}");
                        seen.found.push((name(&found.path), found.line, found.standing));
                    }
                    ScanEvent::Skipped { path, why, asked } => {
                        assert_eq!(asked, asked_for.contains(&path), "{path:?}");
                        assert!(seen.skipped.insert(name(&path), why).is_none(), "told twice");
                    }
                    ScanEvent::Done(counts) => seen.done = Some(counts),
                    ScanEvent::Progress(_) => {}
                }
            }
        };
        tokio::join!(scan(request, cancel, sender), read);
        seen.found.sort();
        seen
    })
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn scanned(folder: &TempDir) -> Collected {
    run(vec![folder.path().to_owned()], Vec::new(), CancellationToken::new())
}

#[test]
fn ids_are_found_where_a_project_has_them() {
    let of = |id: Uuid| format!("x\nID={id}\n").into_bytes();
    let grant = format!("grant_id: {OTHER}\n").into_bytes();
    let binary = [b"\0".to_vec(), of(STALE)].concat();
    let broken = [b"\xff\xfe".to_vec(), of(STALE)].concat();
    let late = [vec![b'a'; 20_000], b"\n".to_vec(), of(STALE).to_ascii_uppercase()].concat();
    let folder = folder(&[
        (".gitignore", b".env*\n/out\n*.log\n"),
        (".env", &of(STALE)),
        (".env.local", &of(ALIVE)),
        ("deep/er/.env", &of(STALE)),
        ("src/a.rs", &[of(OTHER), grant].concat()),
        ("out/a", &of(STALE)),
        ("out/.env", &of(STALE)),
        ("a.log", &of(STALE)),
        (".git/config", &of(STALE)),
        (".hidden/a", &of(STALE)),
        ("binary", &binary),
        ("broken", &broken),
        ("late", &late),
    ]);
    let seen = scanned(&folder);
    let want = [
        (".env", 2, Standing::Stale),
        (".env.local", 2, Standing::Alive),
        (".hidden/a", 2, Standing::Stale),
        ("broken", 2, Standing::Stale),
        ("deep/er/.env", 2, Standing::Stale),
        ("late", 3, Standing::Stale),
        ("src/a.rs", 3, Standing::Unknown),
    ];
    assert_eq!(seen.found, want.map(|(path, line, standing)| (path.to_owned(), line, standing)));
    assert!(seen.skipped.is_empty(), "{:?}", seen.skipped);
    let done = seen.done.unwrap();
    assert_eq!((done.files, done.binary, done.other_ids, done.skipped), (8, 1, 1, 0));

    // Wanted ids are always reported, and a named file is always scanned.
    let path = folder.path().join("a.log");
    let seen = run(vec![path.clone(), folder.path().join("src")], vec![OTHER], CancellationToken::new());
    let standings: Vec<_> = seen.found.iter().map(|(_, line, standing)| (*line, *standing)).collect();
    assert_eq!(standings.len(), 3, "{standings:?}");
    assert!(standings.contains(&(2, Standing::Unknown)) && standings.contains(&(2, Standing::Stale)));
}

#[test]
fn what_cannot_be_looked_into_is_reported_and_the_rest_is() {
    let id = format!("G={STALE}").into_bytes();
    let mut large = id.clone();
    large.resize(LARGEST as usize + 1, b'\n');
    let folder = folder(&[("a/.env", &id), ("large", &large), ("target", &id), ("b/x", &id)]);
    let at = |name: &str| folder.path().join(name);
    symlink(at("loop"), at("loop")).unwrap();
    symlink(at("nowhere"), at("dangling")).unwrap();
    symlink(folder.path(), at("a/up")).unwrap();
    symlink(at("target"), at("also")).unwrap();
    symlink(at("target"), at(".env")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, at(".env.pipe"), rustix::fs::Mode::RWXU).unwrap();
    fs::write(at("secret"), &id).unwrap();
    fs::set_permissions(at("secret"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(at("b"), fs::Permissions::from_mode(0o000)).unwrap();
    let seen = scanned(&folder);
    fs::set_permissions(at("b"), fs::Permissions::from_mode(0o700)).unwrap();
    let paths: Vec<&str> = seen.found.iter().map(|(path, _, _)| path.as_str()).collect();
    let skipped = |name: &str| seen.skipped.get(name).cloned();
    assert_eq!(skipped("loop"), Some(Skip::LinkLoop));
    assert_eq!(skipped("dangling"), Some(Skip::DanglingLink));
    assert_eq!(skipped("large"), Some(Skip::TooLarge { bytes: LARGEST + 1 }));
    assert_eq!(seen.done.unwrap().links, 1);
    if rustix::process::geteuid().is_root() {
        assert_eq!(paths, [".env", "a/.env", "b/x", "secret", "target"]);
    } else {
        assert_eq!(paths, [".env", "a/.env", "target"]);
        assert!(matches!(skipped("secret"), Some(Skip::Unreadable { .. })), "{:?}", seen.skipped);
        assert!(matches!(skipped("b"), Some(Skip::Unreadable { .. })), "{:?}", seen.skipped);
    }

    let seen = run(vec![at("no/such"), at("target")], Vec::new(), CancellationToken::new());
    assert_eq!((seen.skipped.values().next(), seen.found.len()), (Some(&Skip::Missing), 1));
    let seen = run(vec![at("target"), at(".env.pipe")], Vec::new(), CancellationToken::new());
    let why: Vec<&Skip> = seen.skipped.values().collect();
    assert_eq!(why, [&Skip::NotAFile], "{:?}", seen.skipped);
    let seen = run(Vec::new(), Vec::new(), CancellationToken::new());
    assert_eq!(seen.done, Some(ScanCounts::default()));
}

#[test]
fn backups_and_half_written_copies_are_left_out() {
    let id = format!("G_GRANT={STALE}\n").into_bytes();
    let folder = folder(&[
        (".env", &id),
        (".env.bak", &id),
        ("config.toml.bak", &id),
        (".grantdeck-x1.tmp", &id),
        ("old.bak/x", &id),
    ]);
    let seen = scanned(&folder);
    let paths: Vec<&str> = seen.found.iter().map(|(path, ..)| path.as_str()).collect();
    assert_eq!((paths, seen.done.unwrap().backups), (vec![".env", "old.bak/x"], 2));
    let seen = run(vec![folder.path().join(".env.bak")], Vec::new(), CancellationToken::new());
    assert_eq!(seen.found.len(), 1, "what is asked for by its name is looked into");
}

#[test]
fn files_in_utf_16_are_read_and_others_are_named() {
    let text = format!("\u{feff}# gr\u{fc}\u{df}e\r\nGOOGLE_GRANT_ID={STALE}\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide: Vec<u8> = text.chars().flat_map(|one| u32::from(one).to_le_bytes()).collect();
    let folder = folder(&[
        (".env", &little),
        ("a.toml", &big),
        (".env.wide", &wide),
        (".env.bare", &little[2..]),
        ("picture.png", b"\0\0"),
    ]);
    let seen = scanned(&folder);
    let want = [".env", "a.toml"].map(|path| (path.to_owned(), 2, Standing::Stale));
    assert_eq!(seen.found, want);
    assert_eq!(seen.skipped.get(".env.wide"), Some(&Skip::Encoding("UTF-32")));
    assert_eq!(seen.skipped.get(".env.bare"), Some(&Skip::Binary));
    assert_eq!((seen.skipped.len(), seen.done.unwrap().binary), (2, 1));
}

#[test]
fn a_scan_that_was_cancelled_ends_without_a_last_word() {
    let folder = folder(&[("a", b"x")]);
    let cancel = CancellationToken::new();
    cancel.cancel();
    let seen = run(vec![folder.path().to_owned()], Vec::new(), cancel);
    assert!(seen.done.is_none() && seen.found.is_empty());
}

#[test]
fn a_reader_that_left_ends_the_scan() {
    let text = format!("G={STALE}\n").repeat(2_000);
    let folder = folder(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let request = ScanRequest { paths: vec![folder.path().to_owned()], known: known(), wanted: Vec::new() };
    runtime.block_on(async {
        let (sender, mut events) = channel(1);
        let read = async {
            assert!(matches!(events.recv().await, Some(ScanEvent::Found(_))));
            drop(events);
        };
        tokio::join!(scan(request, CancellationToken::new(), sender), read);
    });
}
