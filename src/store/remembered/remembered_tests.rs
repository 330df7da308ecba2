use pretty_assertions::assert_eq;

use super::*;
use crate::domain::column::Order;
use crate::domain::{Choice, Chosen, Column, CopyFormat, Filters, Look, SavedView, Side, Split};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn lookup(&self) -> impl Fn(&str) -> Option<String> + use<> {
        let home = self.0.path().to_string_lossy().into_owned();
        move |name| (name == "XDG_STATE_HOME").then(|| home.clone())
    }

    fn of(&self, name: &str) -> Memory {
        Memory::of(&Source::Profile(name.to_owned()), &Config::default(), &self.lookup()).unwrap()
    }
}

fn filters(provider: &str) -> Filters {
    let mut filters = Filters::default();
    filters.set(Choice::Provider, provider);
    filters.set(Choice::Health, "broken");
    filters
}

fn choices() -> Remembered {
    Remembered {
        filters: Chosen::of(&filters("google"), &Filters::default()),
        order: Chosen::of(&Order::By { column: Column::Used, descending: true }, &Order::AsSent),
        columns: Chosen::of(&vec![Column::Id, Column::Health], &Column::DEFAULT.to_vec()),
        split: Split { side: Side::Below, list: Some(40) },
        format: Some(CopyFormat::Toml),
        path: Some("deploy/.env".to_owned()),
        ..Remembered::default()
    }
}

fn view(provider: &str) -> SavedView {
    let look = Look { filters: filters(provider), ..Look::default() };
    SavedView { look, search: "acme".to_owned() }
}

fn keep_view(memory: &Memory, name: &str) {
    memory.keep(MemoryChange::View(name.to_owned(), Box::new(view(name)))).unwrap();
}

#[test]
fn choices_and_views_come_back_as_they_were() {
    let home = Home::new();
    let memory = home.of("acme");
    assert_eq!(memory.recall(), (Remembered::default(), None));
    memory.keep(MemoryChange::Choices(Box::new(choices()))).unwrap();
    keep_view(&memory, "google");
    keep_view(&memory, "slack");
    let mut want = choices();
    want.views.insert("google".to_owned(), view("google"));
    want.views.insert("slack".to_owned(), view("slack"));
    assert_eq!(memory.recall(), (want.clone(), None));
    memory.keep(MemoryChange::Forget("google".to_owned())).unwrap();
    memory.keep(MemoryChange::Choices(Box::default())).unwrap();
    want = Remembered { views: want.views, ..Remembered::default() };
    want.views.remove("google");
    assert_eq!(memory.recall(), (want, None));
}

#[test]
fn each_profile_has_its_own_whatever_it_is_called() {
    let home = Home::new();
    let names = ["acme", "Acme", "../acme", "environment", "a b", "é", &"x".repeat(300), &"x".repeat(301)];
    for name in names {
        keep_view(&home.of(name), &format!("v{}", name.len()));
        assert_eq!(home.of(name).recall().0.views.len(), 1, "{name}");
    }
    let environment = Memory::of(&Source::Environment, &Config::default(), &home.lookup()).unwrap();
    assert_eq!(environment.recall().0, Remembered::default());
    let folder = folder(&home.lookup()).unwrap();
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files.len(), names.len(), "a file each: {files:?}");
}

#[test]
fn two_instances_of_one_profile_lose_no_view() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let memory = home.of("acme");
            scope.spawn(move || (0..10).for_each(|n| keep_view(&memory, &format!("v{writer}-{n}"))));
        }
    });
    assert_eq!(home.of("acme").recall().0.views.len(), 40);
}

#[test]
fn a_damaged_file_is_reported_once_and_set_aside() {
    let home = Home::new();
    let memory = home.of("acme");
    keep_view(&memory, "google");
    for (times, broken) in ["", "{\"version\":1,", "[]", "{}"].into_iter().enumerate() {
        fs::write(&memory.file, broken).unwrap();
        let (found, why) = memory.recall();
        assert_eq!(found, Remembered::default(), "{broken}");
        assert_eq!(why.unwrap().code, Code::NotRemembered, "{broken}");
        assert_eq!(memory.recall(), (Remembered::default(), None), "{broken}: told once");
        let aside =
            if times == 0 { "json.damaged".to_owned() } else { format!("json.damaged-{}", times + 1) };
        assert_eq!(
            fs::read_to_string(memory.file.with_extension(aside)).unwrap(),
            broken,
            "none is replaced"
        );
        keep_view(&memory, "google");
    }
}

#[test]
fn what_a_newer_version_wrote_is_neither_read_nor_overwritten() {
    let home = Home::new();
    let memory = home.of("acme");
    keep_view(&memory, "google");
    let newer = "{\"version\":2,\"views\":[1]}";
    fs::write(&memory.file, newer).unwrap();
    let (found, why) = memory.recall();
    assert_eq!((found, why.map(|why| why.code)), (Remembered::default(), Some(Code::NotRemembered)));
    let refused = memory.keep(MemoryChange::Choices(Box::new(choices()))).unwrap_err();
    assert!(refused.facts[1].1.as_str().contains("newer grantdeck"), "{refused:?}");
    assert_eq!(fs::read_to_string(&memory.file).unwrap(), newer);
}

#[test]
fn what_is_not_known_costs_itself_only_and_stays_in_the_file() {
    let home = Home::new();
    let memory = home.of("acme");
    keep_view(&memory, "google");
    let text = r#"{"version":1,"sort":{"value":"mood:asc","over":"as_sent"},"copy_format":"stone","tabs":[1],
        "filters":{"value":{"owner":"x"},"over":{}},"columns":{"value":["mood","id","id"],"over":["id"]},
        "detail":"ceiling","list_percent":200,"write_path":"a\u001bb",
        "views":{"other form":5,"a b":{"columns":["id"],"sort":"as_sent"},"old":{"columns":["id"],"sort":"as_sent"},"bad":{"sort":"mood"}}}"#;
    fs::write(&memory.file, text).unwrap();
    let found = memory.recall();
    let columns = Some(Chosen { value: vec![Column::Id], over: vec![Column::Id] });
    let old =
        SavedView { look: Look { columns: vec![Column::Id], ..Look::default() }, search: String::new() };
    let views = [("old".to_owned(), old)].into();
    assert_eq!(found, (Remembered { columns, views, ..Remembered::default() }, None));
    memory.keep(MemoryChange::Forget("old".to_owned())).unwrap();
    assert!(fs::read_to_string(&memory.file).unwrap().contains("tabs"), "it is another version's");
    // A value of another type is no damage either.
    let text = r#"{"version":1,"sort":5,"filters":[],"list_percent":300,"copy_format":{},"views":{"old":{"columns":["id"],"sort":"as_sent"}}}"#;
    fs::write(&memory.file, text).unwrap();
    let (found, why) = memory.recall();
    assert_eq!((found.views.len(), why), (1, None));
}

#[test]
fn the_profile_that_was_used_last_is_known() {
    let home = Home::new();
    assert_eq!(last_profile(&home.lookup()), None);
    keep_last_profile("Acme x", &home.lookup()).unwrap();
    keep_last_profile("Acme x", &home.lookup()).unwrap();
    assert_eq!(last_profile(&home.lookup()).as_deref(), Some("Acme x"));
}

#[test]
fn where_nothing_is_to_be_remembered_it_is_said_why() {
    let home = Home::new();
    let config = Config::read("remember = false", "c");
    for (source, config, why) in [
        (Source::Demo, Config::default(), Forgetful::Source),
        (Source::Typed, Config::default(), Forgetful::Source),
        (Source::Environment, config, Forgetful::Configured),
    ] {
        assert_eq!(Memory::of(&source, &config, &home.lookup()), Err(why));
    }
}

#[cfg(unix)]
#[test]
fn files_are_their_owner_s_alone_and_a_folder_that_takes_none_is_reported() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    let memory = home.of("acme");
    keep_view(&memory, "google");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&memory.file), 0o600);
    assert_eq!(mode(memory.file.parent().unwrap()), 0o700);
    // Root can write everywhere, but nobody can create a folder inside a file.
    let state = home.0.path().join("grantdeck");
    fs::remove_dir_all(&state).unwrap();
    fs::write(&state, "").unwrap();
    let refused = memory.keep(MemoryChange::Forget("google".to_owned())).unwrap_err();
    assert_eq!(refused.code, Code::NotRemembered);
    assert_eq!(memory.recall().0, Remembered::default());
}
