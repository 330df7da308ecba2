//! Connecting, reconnecting and signing in: the question, the link, what comes of it.

use std::time::Duration;

use grantdeck::app::requests::{LinkEvent, LinkShown, OpenLink, PlanSession, RunSession};
use grantdeck::app::{Answer, Effect, Job, Msg, Slot};
use grantdeck::domain::connect::{
    ConnectOptions, ConnectPlan, ConnectRequest, ConnectedGrant, Finished, FinishedGrant, Forecast,
    Operation, Owner, PlannedSession, SecretPath, SessionLink, SessionPlan,
};
use grantdeck::domain::{CallEvent, Clean, Code, Diagnosis, Grant, PrincipalType, Retry, RowId, Who};
use insta::assert_snapshot;

use super::fixtures::{self, id};
use super::stage::Stage;
use super::write_policy::write_policy;
use super::{calls, testing};

const SIZES: [(u16, u16); 4] = [(200, 50), (120, 36), (80, 24), (60, 16)];

const LINK: &str = "https://wallet.alterauth.com/connect/7c1f0a52#session=sess_topsecret";

/// The company, with the cursor on the grant that needs a reconnect.
fn company(width: u16, height: u16) -> Stage {
    let mut stage = Stage::open(width, height);
    stage.names(fixtures::catalog(), Vec::new());
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("j");
    stage.press("j");
    assert_eq!(stage.model.grants.cursor, Some(RowId::Grant(id(3))), "{}", stage.picture());
    stage
}

fn slack() -> Grant {
    fixtures::company().swap_remove(2)
}

fn repair() -> PlannedSession {
    let request =
        ConnectRequest { providers: vec!["slack".into()], repair: Some(id(3)), ..ConnectRequest::default() };
    let session = SessionPlan::Oauth(request);
    let plan = ConnectPlan { session, owner: Owner::Application, forecast: Forecast::Kept(id(3)) };
    PlannedSession { plan, about: Some(slack()), before: vec![slack()] }
}

fn planned(stage: &mut Stage, planned: PlannedSession) {
    stage.answer(Slot::Link, Answer::PlanSession(Ok(Box::new(planned))));
}

fn report(stage: &mut Stage, event: LinkEvent) {
    stage.answer(Slot::Link, Answer::RunSession(event));
}

fn begun(stage: &mut Stage, link: &str, path: Option<SecretPath>) {
    let link = SessionLink::new(link.to_owned());
    let shown = LinkShown { link, lives: Duration::from_mins(10), path, warnings: Vec::new() };
    report(stage, LinkEvent::Begun(shown));
}

/// The link of the repair waits.
fn waiting(width: u16, height: u16) -> Stage {
    let mut stage = company(width, height);
    stage.press("R");
    planned(&mut stage, repair());
    stage.decide("y");
    begun(&mut stage, LINK, None);
    stage
}

fn finished(account: &str) -> Finished {
    let connected = ConnectedGrant {
        id: id(3),
        provider: "slack".to_owned(),
        account: Some(account.to_owned()),
        scopes: vec!["chat:write".to_owned(), "channels:read".to_owned()],
        api_base_url: None,
        operation: Operation::Reauth,
        delegation: None,
    };
    let row = Grant { needs_reconnect: false, account_identifier: Some(account.into()), ..slack() };
    Finished {
        grants: vec![FinishedGrant { connected, row: Some(row.clone()), missing: Vec::new() }],
        failed: Vec::new(),
        declined: Vec::new(),
        old: Some(slack()),
        rows: vec![row],
        unread: None,
    }
}

/// Answers whatever was asked last about a link, in one of the ways that it can be.
pub(crate) fn answer_any(stage: &mut Stage, which: u8) {
    if !stage.model.shared.slots.is_open(Slot::Link) {
        return;
    }
    let failed = || Diagnosis::new(Code::UserTokenNeeded, Who::You, Retry::AfterRemedy);
    let event = || match which % 5 {
        0 | 1 => {
            let link = SessionLink::new(LINK.to_owned());
            let shown = LinkShown { link, lives: Duration::from_mins(10), path: None, warnings: Vec::new() };
            LinkEvent::Begun(shown)
        }
        2 => LinkEvent::Declined(Clean::brief("github")),
        3 => LinkEvent::Failed(failed()),
        _ => LinkEvent::Connected(Box::new(finished("acme-hq"))),
    };
    let newest = stage.pending.iter().rev().find_map(|effect| match effect {
        Effect::Start { ticket, job } if ticket.slot == Slot::Link => Some(job),
        _ => None,
    });
    let answer = match newest {
        Some(Job::PlanSession(_)) if which.is_multiple_of(3) => Answer::PlanSession(Err(failed())),
        Some(Job::PlanSession(_)) => Answer::PlanSession(Ok(Box::new(repair()))),
        Some(Job::RunSession(_)) => Answer::RunSession(event()),
        Some(Job::SignIn(_)) if which % 5 == 4 => Answer::SignIn(LinkEvent::SignedIn(None)),
        Some(Job::SignIn(_)) => Answer::SignIn(event()),
        _ => Answer::ChangeUser(Ok(None)),
    };
    stage.answer(Slot::Link, answer);
}

fn sessions(stage: &Stage) -> Vec<&PlannedSession> {
    let jobs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::RunSession(RunSession(planned)), .. } => Some(&**planned),
        _ => None,
    });
    jobs.collect()
}

fn plans(stage: &Stage) -> Vec<&PlanSession> {
    let jobs = stage.pending.iter().filter_map(|effect| match effect {
        Effect::Start { job: Job::PlanSession(plan), .. } => Some(plan),
        _ => None,
    });
    jobs.collect()
}

#[test]
fn a_broken_grant_is_reconnected_at_every_size() {
    for (width, height) in SIZES {
        let mut stage = company(width, height);
        stage.press("R");
        assert!(stage.picture().contains("Reading the list…"), "{}", stage.picture());
        let wanted = PlanSession::Renewal { id: id(3), provider: "slack".to_owned(), switch_account: false };
        assert_eq!(plans(&stage), [&wanted]);
        planned(&mut stage, repair());
        assert_snapshot!(format!("reconnect_question_{width}x{height}"), stage.picture());
        assert_eq!(sessions(&stage).len(), 0, "nothing is sent before the yes");
        stage.decide("y");
        assert_eq!(sessions(&stage), [&repair()]);
        begun(&mut stage, LINK, None);
        report(&mut stage, LinkEvent::Declined(Clean::brief("github")));
        assert_snapshot!(format!("reconnect_link_{width}x{height}"), stage.picture());
        report(&mut stage, LinkEvent::Connected(Box::new(finished("acme-hq"))));
        assert_snapshot!(format!("reconnect_done_{width}x{height}"), stage.picture());
        assert!(!stage.model.shared.slots.is_open(Slot::Link));
        // The row never keeps its old health, and the cursor stands on it.
        let row = stage.model.grants.selected().unwrap();
        assert!(row.row == RowId::Grant(id(3)) && !row.needs_reconnect);
        // What was connected is tested with one key.
        stage.press("t");
        let asked = stage.pending.iter().any(|effect| {
            matches!(effect, Effect::Start { job: Job::PlanSmoke(plan), .. }
            if plan.0.grants().iter().map(|grant| grant.row).collect::<Vec<_>>() == [RowId::Grant(id(3))])
        });
        assert!(asked, "{:?}", stage.pending.last());
        stage.press("esc");
        assert!(stage.picture().contains("Grants"), "{}", stage.picture());
    }
}

#[test]
fn enter_or_a_no_sends_nothing_and_leads_back() {
    for key in ["n", "esc", "enter"] {
        let mut stage = company(120, 36);
        stage.press("m c");
        planned(&mut stage, repair());
        stage.decide(key);
        assert_eq!(sessions(&stage).len(), 0, "{key}");
        if key != "enter" {
            assert!(!stage.picture().contains("Reconnect slack"), "{}", stage.picture());
        }
    }
}

#[test]
fn production_takes_the_name_of_the_profile_and_read_only_takes_nothing() {
    let mut stage = Stage::new(120, 36);
    stage.careful(write_policy(true, false));
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("R");
    planned(&mut stage, repair());
    assert!(stage.picture().contains("PRODUCTION"), "{}", stage.picture());
    stage.decide("y");
    stage.decide("enter");
    assert_eq!(sessions(&stage).len(), 0, "a yes is not enough");
    stage.press("ctrl-u");
    stage.type_text("acme-live");
    stage.decide("enter");
    assert_eq!(sessions(&stage).len(), 1);

    let mut stage = Stage::new(120, 36);
    stage.careful(write_policy(false, true));
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    for keys in ["R", "m c", "m n"] {
        stage.press(keys);
        assert!(stage.picture().contains("This profile is read-only."), "{keys}\n{}", stage.picture());
        assert_eq!(plans(&stage).len(), 0);
    }
}

#[test]
fn waiting_costs_a_redraw_a_second_and_none_once_the_time_is_over() {
    let mut stage = waiting(120, 36);
    assert!(stage.picture().contains("expires in 10 min 0 s"), "{}", stage.picture());
    stage.model.shared.toasts.dismiss(stage.now);
    let mut seen = 0;
    while let Some(at) = stage.model.next_wake(stage.now) {
        assert!(at > stage.now.millis && at <= stage.now.millis + 1_000, "{at} after {}", stage.now.millis);
        stage.now.millis = at;
        stage.send(Msg::Wake);
        seen += 1;
    }
    assert_eq!(seen, 600);
    assert!(stage.picture().contains("asking once more"), "{}", stage.picture());
    // The server's word is the one that counts.
    report(&mut stage, LinkEvent::Connected(Box::new(finished("acme-hq"))));
    assert!(stage.picture().contains("id kept"), "{}", stage.picture());
}

#[test]
fn esc_asks_once_whether_to_stop_waiting() {
    let mut stage = waiting(80, 24);
    stage.press("esc");
    assert_snapshot!("stop_waiting", stage.picture());
    stage.decide("n");
    assert!(stage.picture().contains("wallet.alterauth.com"), "{}", stage.picture());
    stage.press("esc");
    stage.decide("y");
    assert!(stage.pending.iter().any(|effect| matches!(effect, Effect::Cancel(Slot::Link))));
    assert!(stage.picture().contains("The link lives on"), "{}", stage.picture());
    // Its end comes after all while the question is open: nothing is left to ask.
    let mut stage = waiting(80, 24);
    stage.press("esc");
    report(&mut stage, LinkEvent::Connected(Box::new(finished("acme-hq"))));
    assert!(!stage.picture().contains("Stop waiting?"), "{}", stage.picture());
}

#[test]
fn the_link_is_copied_opened_and_shown_and_never_printed() {
    let mut stage = waiting(120, 36);
    for key in ["y", "o"] {
        stage.press(key);
    }
    let copied = stage.pending.iter().any(|effect| {
        matches!(effect, Effect::Start { job: Job::CopyOut(copy), .. } if copy.0.text.as_str() == LINK)
    });
    let opened = stage
        .pending
        .iter()
        .any(|effect| matches!(effect, Effect::Start { job: Job::OpenLink(OpenLink::Session(link)), .. } if link.reveal() == LINK));
    assert!(copied && opened);
    stage.press("p");
    assert!(stage.picture().contains("Scan to open"), "{}", stage.picture());
    stage.press("esc");
    assert!(!stage.model.wants_mouse(), "the link is selected with the terminal's own means");
    let printed = format!("{:?} {:?}", stage.model.connect, stage.pending);
    assert!(!printed.contains("topsecret"), "{printed}");
    // A narrow terminal says how to get the whole of it.
    let stage = waiting(60, 16);
    let picture = stage.picture();
    assert!(picture.contains("y copies it") && !picture.contains("topsecret"), "{picture}");
}

#[test]
fn what_ends_while_another_screen_is_shown_is_reported() {
    let mut stage = waiting(120, 36);
    stage.press("ctrl-r");
    stage.press("q");
    assert!(stage.picture().contains("A link waits for its user."), "{}", stage.picture());
    stage.press("esc");
    report(&mut stage, LinkEvent::Connected(Box::new(finished("acme-hq"))));
    assert!(stage.picture().contains("✓ slack:acme-hq"), "{}", stage.picture());
    let mut stage = waiting(120, 36);
    stage.press("ctrl-r");
    report(
        &mut stage,
        LinkEvent::Failed(Diagnosis::new(Code::ConnectDenied, Who::Alter, Retry::AfterRemedy)),
    );
    assert!(stage.picture().contains("declined"), "{}", stage.picture());
}

#[test]
fn another_account_is_a_warning_with_the_way_out() {
    let mut stage = waiting(120, 36);
    report(&mut stage, LinkEvent::Connected(Box::new(finished("other-team"))));
    assert_snapshot!("another_account", stage.picture());
    stage.press("a");
    let Some(PlanSession::Renewal { switch_account: true, .. }) = plans(&stage).last() else {
        panic!("{:?}", plans(&stage))
    };
}

#[test]
fn a_repair_that_finds_no_grant_offers_the_other_session_and_does_not_begin_it() {
    let not_found = |principal: PrincipalType| {
        let mut stage = company(120, 36);
        stage.press("R");
        let mut plan = repair();
        plan.about = plan.about.map(|grant| Grant { principal_type: principal, ..grant });
        planned(&mut stage, plan);
        stage.decide("y");
        let gone = Diagnosis::new(Code::GrantNotFound, Who::Alter, Retry::No);
        report(&mut stage, LinkEvent::Failed(gone.fact("why", "the grant is not active any more")));
        stage
    };
    let picture = not_found(PrincipalType::User).picture();
    assert!(picture.contains("U sign in") && !picture.contains("connect anew"), "{picture}");
    let mut stage = not_found(PrincipalType::System);
    assert_snapshot!("repair_not_found", stage.picture());
    assert_eq!(plans(&stage).len(), 1);
    stage.press("n");
    let options = ConnectOptions::default();
    assert_eq!(plans(&stage).last(), Some(&&PlanSession::New { provider: "slack".to_owned(), options }));
}

#[test]
fn what_failed_is_tried_again_with_one_key() {
    let mut stage = waiting(120, 36);
    report(
        &mut stage,
        LinkEvent::Failed(Diagnosis::new(Code::ConnectDenied, Who::Alter, Retry::AfterRemedy)),
    );
    stage.press("r");
    assert_eq!(plans(&stage).len(), 2);
    assert_eq!(plans(&stage).first(), plans(&stage).last());
}

#[test]
fn a_person_s_grant_asks_for_the_sign_in_and_goes_on_after_it() {
    let mut stage = company(120, 36);
    stage.press("R");
    let needed = Diagnosis::new(Code::UserTokenNeeded, Who::You, Retry::AfterRemedy);
    stage.answer(Slot::Link, Answer::PlanSession(Err(needed)));
    assert_snapshot!("user_needed", stage.picture());
    stage.press("U");
    let sign_in = |stage: &mut Stage, event| stage.answer(Slot::Link, Answer::SignIn(event));
    let link = SessionLink::new("https://wallet.alterauth.com/sign-in/1".to_owned());
    let shown = LinkShown { link, lives: Duration::from_mins(5), path: None, warnings: Vec::new() };
    sign_in(&mut stage, LinkEvent::Begun(shown));
    assert_snapshot!("sign_in", stage.picture());
    let walks = stage.walks();
    let dana = Clean::brief("dana@acme.com");
    sign_in(&mut stage, LinkEvent::SignedIn(Some(dana.clone())));
    assert_eq!(stage.walks(), walks, "not before the token is taken");
    stage.answer(Slot::Link, Answer::ChangeUser(Ok(Some(dana))));
    assert_eq!(stage.walks(), walks + 1, "the list is that person's now");
    assert!(stage.model.grants.rows.is_empty());
    assert_eq!(plans(&stage).len(), 2, "the renewal goes on");
    let picture = stage.picture();
    assert!(picture.contains("as dana@acme.com") && picture.contains("Reconnect slack"), "{picture}");
    stage.press("esc");
    stage.press("U");
    stage.answer(Slot::Link, Answer::ChangeUser(Ok(None)));
    assert!(stage.picture().contains("Signed out.") && !stage.picture().contains("as dana"));
    assert_eq!(stage.walks(), walks + 2);
}

#[test]
fn a_new_connection_picks_a_provider_and_its_scopes() {
    let mut stage = company(120, 36);
    stage.press("m n");
    assert_snapshot!("connect_provider", stage.picture());
    stage.type_text("goog");
    stage.press("enter");
    assert_snapshot!("connect_scopes", stage.picture());
    // The required one stays; another one is added.
    stage.press("space");
    stage.press("down");
    stage.press("space");
    stage.press("enter");
    let Some(PlanSession::New { provider, options }) = plans(&stage).last() else { panic!("no plan") };
    assert_eq!(provider, "google");
    let mut scopes = options.scopes.clone();
    scopes.sort();
    assert_eq!(scopes.len(), 2, "{scopes:?}");
    assert!(scopes.iter().any(|scope| scope.ends_with("gmail.send")), "{scopes:?}");
    // What the catalog does not know is taken as typed.
    let mut stage = company(120, 36);
    stage.press("m n");
    stage.type_text("acme-crm");
    stage.press("enter");
    let options = ConnectOptions::default();
    assert_eq!(plans(&stage), [&PlanSession::New { provider: "acme-crm".to_owned(), options }]);
}

#[test]
fn nothing_hostile_gets_through() {
    let evil = "\u{1b}[2Jevil\u{202e}\n";
    let mut stage = company(120, 36);
    stage.press("R");
    let mut plan = repair();
    plan.about = plan.about.map(|grant| Grant {
        account_identifier: Some(evil.into()),
        provider: evil.into(),
        ..grant
    });
    planned(&mut stage, plan);
    let mut pictures = vec![stage.picture()];
    stage.decide("y");
    let link = SessionLink::new(format!("https://evil.example/{evil}"));
    let warnings = vec![Clean::brief(evil)];
    let shown = LinkShown { link, lives: Duration::MAX, path: Some(SecretPath::KeyEntry), warnings };
    report(&mut stage, LinkEvent::Begun(shown));
    report(&mut stage, LinkEvent::Declined(Clean::brief(evil)));
    pictures.push(stage.picture());
    let mut finished = finished(evil);
    finished.grants[0].connected.provider = evil.to_owned();
    finished.grants[0].connected.scopes = vec![evil.repeat(500)];
    finished.grants[0].missing = vec![evil.to_owned()];
    report(&mut stage, LinkEvent::Connected(Box::new(finished)));
    pictures.push(stage.picture());
    for picture in pictures {
        let bad = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!picture.contains(bad) && picture.contains("evil"), "{picture:?}");
    }
}

#[test]
fn privacy_masks_accounts_and_ids() {
    let mut stage = waiting(120, 36);
    stage.press("z");
    stage.press("p");
    let picture = stage.picture();
    assert!(!picture.contains("topsecret") && !picture.contains("Scan to open"), "{picture}");
    report(&mut stage, LinkEvent::Connected(Box::new(finished("acme-hq"))));
    let picture = stage.picture();
    assert!(!picture.contains("acme-hq") && !picture.contains(&id(3).to_string()), "{picture}");
}

#[test]
fn one_key_leads_from_what_failed_to_the_link_that_mends_it() {
    let reconnects = |stage: &Stage| {
        let picture = stage.picture();
        picture.lines().last().is_some_and(|footer| footer.contains("R reconnect"))
    };
    // A verdict on the board.
    let mut stage = testing::with_board(120, 36);
    let failing = stage.model.smoke.board.as_ref().unwrap().selected().unwrap().grant;
    assert!(reconnects(&stage), "{}", stage.picture());
    stage.press("R");
    assert!(matches!(plans(&stage).last(), Some(PlanSession::Renewal { id, .. }) if *id == failing));
    // A call that was refused.
    for (code, helps) in [(Code::CredentialRevoked, true), (Code::RateLimitExceeded, false)] {
        let mut stage = calls::opened(120, 36);
        stage.press("s");
        let refused = Diagnosis::new(code, Who::Alter, Retry::AfterRemedy);
        stage.answer(Slot::Call, Answer::SendCall(CallEvent::Failed(refused)));
        stage.model.shared.toasts.dismiss(stage.now);
        stage.press("tab");
        stage.press("tab");
        assert_eq!(reconnects(&stage), helps, "{code:?} {}", stage.picture());
    }
}

#[test]
fn who_signs_in_finds_no_question_and_no_answer_of_somebody_else() {
    let sign_in = |stage: &mut Stage| {
        stage.press("U");
        let link = SessionLink::new("https://wallet.alterauth.com/sign-in/1".to_owned());
        let shown = LinkShown { link, lives: Duration::from_mins(5), path: None, warnings: Vec::new() };
        stage.answer(Slot::Link, Answer::SignIn(LinkEvent::Begun(shown)));
    };
    let asked = |stage: &Stage| {
        let changes = |effect: &&Effect| matches!(effect, Effect::Start { job: Job::ChangeUser(_), .. });
        stage.pending.iter().filter(changes).count()
    };
    // Other things were begun while the sign-in was waited for.
    let mut stage = company(120, 36);
    stage.press("t");
    sign_in(&mut stage);
    stage.press("ctrl-r");
    stage.press("?");
    let dana = Clean::brief("dana@acme.com");
    stage.answer(Slot::Link, Answer::SignIn(LinkEvent::SignedIn(Some(dana.clone()))));
    assert_eq!(asked(&stage), 1);
    stage.answer(Slot::Link, Answer::ChangeUser(Ok(Some(dana))));
    let shared = &stage.model.shared;
    assert!(shared.nav.popups().is_empty() && !shared.slots.is_open(Slot::Smoke));
    assert!(stage.model.smoke.board.is_none() && stage.model.call.is_none());
    assert!(stage.picture().contains("Grants"), "{}", stage.picture());
    // An answer that comes after somebody stopped waiting takes no token.
    let mut stage = company(120, 36);
    sign_in(&mut stage);
    let ticket = stage.ticket(Slot::Link);
    stage.press("esc");
    stage.decide("y");
    let answer = Box::new(Answer::SignIn(LinkEvent::SignedIn(None)));
    stage.send(Msg::Answer { ticket, answer });
    assert_eq!(asked(&stage), 0);
    assert!(stage.model.shared.user.is_none());
}
