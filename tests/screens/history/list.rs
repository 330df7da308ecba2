//! The list of past calls: searching, reading on, comparing, forgetting.

use super::*;

#[test]
fn the_switched_off_history_says_so_and_still_shows_what_is_there() {
    let off = |calls: Vec<RecordSummary>| {
        answer_with(calls.into_iter().map(HistoryRow::Call).collect(), HistoryPolicy::Nothing)
    };
    let mut stage = entered(120, 36);
    stage.answer(Slot::Records, off(Vec::new()));
    assert!(stage.picture().contains("history is switched off"), "{}", stage.picture());
    let mut stage = entered(120, 36);
    stage.answer(Slot::Records, off(summaries()));
    let picture = stage.picture();
    assert!(picture.contains("nothing new is stored") && picture.contains("calendarList"), "{picture}");
}

#[test]
fn searching_asks_with_each_character_and_only_the_last_answer_counts() {
    let mut stage = opened(120, 36);
    stage.press("/");
    stage.type_text("s");
    let late = stage.ticket(Slot::Records);
    stage.type_text("l");
    assert_eq!(asked(&stage).text, "sl");
    let other = Box::new(page(Vec::new()));
    stage.send(grantdeck::app::Msg::Answer { ticket: late, answer: other });
    assert_eq!(stage.model.history.rows.len(), 8, "a stale answer was taken in");
    stage.answer(Slot::Records, page(vec![summaries().swap_remove(2)]));
    assert_eq!(stage.model.history.rows.len(), 1);
    stage.press("enter");
    stage.press("esc");
    assert_eq!(
        (asked(&stage).text.as_str(), stage.model.shared.nav.screen()),
        ("", Kind::History),
        "first the search"
    );
    stage.press("esc");
    assert_eq!(stage.model.shared.nav.screen(), Kind::Grants);
}

#[test]
fn the_list_is_read_on_as_one_scrolls() {
    let (_, record) = calls().swap_remove(0);
    let rows =
        |from: i64, count: i64| (0..count).map(|n| record.summary(RecordId(from - n))).collect::<Vec<_>>();
    let mut stage = entered(120, 36);
    assert_eq!((asked(&stage).after, asked(&stage).limit), (None, 100));
    stage.answer(Slot::Records, page(rows(250, 100)));
    assert_eq!(asked(&stage).after, None, "nobody scrolled");
    assert!(stage.picture().contains("of 100 read, more below"), "{}", stage.picture());
    stage.press("G");
    assert_eq!(asked(&stage).after.unwrap().call, RecordId(151));
    stage.answer(Slot::Records, page(rows(150, 50)));
    assert_eq!(stage.model.history.rows.len(), 150);
    let before = stage.pending.len();
    stage.press("G");
    assert_eq!(stage.pending.len(), before, "there is nothing behind the last page");
    let under = stage.model.history.selected_call().unwrap().id;
    stage.press("r");
    assert_eq!(asked(&stage).limit, 150, "as much as is here");
    let mut fresh = rows(252, 2);
    fresh.extend(rows(250, 148));
    stage.answer(Slot::Records, page(fresh));
    assert_eq!(stage.model.history.rows.len(), 150);
    assert_ne!(under, RecordId(103));
}

#[test]
fn the_cursor_stays_on_its_call_while_new_ones_come() {
    let mut stage = opened(120, 36);
    stage.press("j");
    stage.press("j");
    let under = stage.model.history.selected_call().unwrap().id;
    let (_, newest) = calls().swap_remove(0);
    let mut rows = vec![newest.summary(RecordId(9))];
    rows.extend(summaries());
    stage.press("r");
    stage.answer(Slot::Records, page(rows));
    assert_eq!((stage.model.history.selected_call().unwrap().id, stage.model.history.place), (under, 3));
}

#[test]
fn one_key_shows_only_the_calls_of_the_grant_one_came_with() {
    let mut stage = opened(120, 36);
    stage.press("o");
    assert_eq!(asked(&stage).grant, Some(fixtures::id(1)));
    stage.answer(Slot::Records, page(Vec::new()));
    assert!(stage.picture().contains("No calls or writes with this grant."), "{}", stage.picture());
    stage.press("o");
    assert_eq!(asked(&stage).grant, None);
}

#[test]
fn two_calls_are_compared_the_older_one_on_the_left() {
    let mut stage = opened(120, 36);
    stage.press("d");
    stage.press("d");
    assert!(compared(&stage).is_empty(), "a call with itself");
    stage.press("j");
    stage.press("d");
    assert_eq!(compared(&stage), [(RecordId(7), RecordId(8))]);
    stage.answer(Slot::Compare, comparison(1, 0));
    let picture = stage.picture();
    assert!(picture.contains("Two calls compared") && picture.contains("Body  +"), "{picture}");
    stage.press("esc");
    // Of three marks the first one is gone.
    stage.press("space");
    stage.press("space");
    stage.press("d");
    assert_eq!(compared(&stage).last(), Some(&(RecordId(6), RecordId(7))));
    stage.answer(Slot::Compare, Answer::CompareRecords(Ok(None)));
    assert!(stage.picture().contains("no longer in the history"), "{}", stage.picture());
}

#[test]
fn forgetting_asks_first_and_all_of_it_asks_for_a_word() {
    let mut stage = opened(120, 36);
    stage.press("x");
    assert!(stage.picture().contains("Delete this call?"), "{}", stage.picture());
    stage.press("esc");
    assert!(forgotten(&stage).is_empty(), "no is no");
    stage.press("x");
    stage.decide("y");
    assert_eq!(forgotten(&stage), [Some(RecordId(8))]);
    let before = jobs(&stage, |job| matches!(job, Job::ListRecords(_)).then_some(())).len();
    stage.answer(Slot::Forget, Answer::ForgetRecords(Ok(1)));
    assert_eq!(
        jobs(&stage, |job| matches!(job, Job::ListRecords(_)).then_some(())).len(),
        before + 1,
        "read again"
    );
    stage.press("X");
    stage.decide("enter");
    assert_eq!(forgotten(&stage).len(), 1, "the word was not typed");
    stage.type_text("forget");
    stage.decide("enter");
    assert_eq!(forgotten(&stage).last(), Some(&None));
}

#[test]
fn privacy_masks_accounts_ids_and_hosts_of_customers() {
    let mut stage = opened(200, 50);
    stage.press("z");
    for at in 0..8 {
        let picture = stage.picture();
        for name in ["work@acme.com", "acme-hq", "7c1f0a52", "evil.example", "acme-production"] {
            assert!(!picture.contains(name), "{name} with call {at} under the cursor\n{picture}");
        }
        assert!(picture.contains("https://www.googleapis.com/calendar/•••") || at > 0, "{picture}");
        stage.press("j");
    }
}

#[test]
fn a_call_with_a_bare_id_is_shown_with_the_account_of_the_list_and_what_it_called() {
    let template = "https://api.github.com/repos/{owner}/{repo}/issues";
    let bare = CallRecord {
        provider: None,
        account: None,
        path_parameters: [("owner", "octo"), ("repo", "site")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ..record(MINUTE, template, answered(200, 201, "{}"))
    };
    let unknown_grant = CallRecord { grant: fixtures::id(4_000), ..bare.clone() };
    let rows = |records: [&CallRecord; 2]| {
        page((1..).zip(records).map(|(id, record)| record.summary(RecordId(id))).collect())
    };
    let mut stage = entered(140, 36);
    stage.answer(Slot::Records, rows([&bare, &unknown_grant]));
    let picture = stage.picture();
    assert!(picture.contains("api.github.com/repos/octo/site/issues"), "{picture}");
    assert!(!picture.contains("{owner}"), "{picture}");
    let calls: Vec<&str> = picture.lines().filter(|line| line.contains("github.com/repos")).collect();
    assert!(calls[0].contains("google · work@acme.com"), "{picture}");
    assert!(calls[1].contains('?') && !calls[1].contains("work@acme.com"), "{picture}");
    // In privacy mode the first place of a path may be a name.
    let named = CallRecord { url: "https://api.github.com/{owner}".to_owned(), ..bare };
    stage.answer(Slot::Records, rows([&named, &unknown_grant]));
    stage.press("z");
    let picture = stage.picture();
    assert!(!picture.contains("octo") && !picture.contains("work@acme.com"), "{picture}");
}
