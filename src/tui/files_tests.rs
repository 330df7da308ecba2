use std::fs;
use std::path::PathBuf;

use uuid::Uuid;

use super::*;
use crate::domain::GrantId;

fn request(path: PathBuf, name: Option<&str>) -> ChangeRequest {
    let id = GrantId(Uuid::from_u128(7));
    let grant = Named { name: "A".into(), id, provider: "google".into(), account: "a".into() };
    ChangeRequest::Entries { path, grants: vec![grant], name: name.map(Into::into) }
}

#[test]
fn what_was_planned_last_is_written_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    let pending_plan = PendingPlan::default();
    let first = pending_plan.plan(PlanId(1), &request(file.clone(), None)).unwrap();
    assert_eq!((first.summary.as_str(), first.files.len(), first.files[0].is_new), ("A added", 1, true));
    let second = pending_plan.plan(PlanId(2), &request(file.clone(), Some("B"))).unwrap();
    assert_eq!(second.summary, "B added");
    assert_eq!(
        pending_plan.write(PlanId(1)).unwrap_err().code,
        Code::FileChanged,
        "it gave way to the second one"
    );
    assert!(!file.exists());
    pending_plan.plan(PlanId(3), &request(file.clone(), Some("B"))).unwrap();
    let done = pending_plan.write(PlanId(3)).unwrap();
    assert_eq!((done.summary.as_str(), done.files.len(), done.failed.len()), ("B added", 1, 0));
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("# google · a\nB={}\n", Uuid::from_u128(7)));
    assert!(pending_plan.write(PlanId(3)).is_err(), "a plan is used once");
    let same = pending_plan.plan(PlanId(4), &request(file.clone(), Some("B"))).unwrap();
    assert!(same.files.is_empty() && same.summary.contains("already"), "{same:?}");

    pending_plan.plan(PlanId(5), &request(file.clone(), Some("C"))).unwrap();
    fs::write(&file, "D=1\n").unwrap();
    assert_eq!(pending_plan.write(PlanId(5)).unwrap_err().code, Code::FileChanged);
    assert_eq!(fs::read_to_string(&file).unwrap(), "D=1\n");
    assert_eq!(
        pending_plan.plan(PlanId(6), &request(file, Some("a b"))).unwrap_err().code,
        Code::ArgumentRefused
    );
}

#[test]
fn one_file_that_fails_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let found: Vec<(PathBuf, Uuid)> = ["a", "b", "c"].map(|name| (folder.path().join(name), old)).into();
    for (path, _) in &found[..2] {
        fs::write(path, format!("{old}\n")).unwrap();
    }
    let pending_plan = PendingPlan::default();
    let request = ChangeRequest::Swaps { pairs: vec![(old, new)], found: found.clone() };
    let plan = pending_plan.plan(PlanId(1), &request).unwrap();
    assert_eq!((plan.summary.as_str(), plan.files.len(), plan.failed.len()), ("2 ids in 2 files", 2, 1));
    fs::write(&found[0].0, "else\n").unwrap();
    let done = pending_plan.write(PlanId(1)).unwrap();
    assert_eq!((done.summary.as_str(), done.files.len(), done.failed.len()), ("1 id in 1 file", 1, 1));
    assert_eq!(fs::read_to_string(&found[1].0).unwrap(), format!("{new}\n"));
}
