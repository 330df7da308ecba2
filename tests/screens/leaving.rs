//! The way out: what the footer calls it, that it is never dropped, and that nothing is lost on it unasked.

use grantdeck::app::nav::Kind;
use grantdeck::app::{Answer, Effect, Msg, Slot};
use grantdeck::domain::CallEvent;

use super::stage::Stage;
use super::{bodies, calls, copying, held, history, testing};

fn footer(stage: &Stage) -> String {
    stage.picture().lines().last().unwrap_or_default().to_owned()
}

fn quits(stage: &Stage) -> usize {
    stage.pending.iter().filter(|effect| matches!(effect, Effect::Quit(_))).count()
}

fn resize(stage: &mut Stage, width: u16, height: u16) {
    stage.send(Msg::Resize { width, height });
}

#[test]
fn the_footer_says_what_esc_does_now() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut stage = calls::opened(width, height);
        stage.press("tab");
        let line = footer(&stage);
        assert!(line.contains("esc back") && !line.contains("send again"), "nothing was sent: {line}");
        stage.press("s");
        assert!(footer(&stage).contains("esc cancel"), "{}", footer(&stage));
        stage.answer(Slot::Call, calls::answered(200, b"{\"a\":1}"));
        stage.model.shared.toasts.dismiss(stage.now);
        let line = footer(&stage);
        assert!(line.contains("s send again") && line.contains("esc back"), "{line}");
        stage.press("|");
        let line = footer(&stage);
        assert!(line.contains("down newer"), "{line}");
        stage.press("esc");

        let stage = history::held_one(width, height);
        assert!(footer(&stage).contains("esc back"), "{}", footer(&stage));
        let stage = held::waiting(width, height);
        assert!(footer(&stage).contains("esc stop waiting"), "{}", footer(&stage));

        let stage = testing::running(width, height);
        assert!(footer(&stage).contains("esc stop"), "{}", footer(&stage));
        let stage = testing::with_board(width, height);
        assert!(footer(&stage).contains("esc back"), "{}", footer(&stage));
    }
}

#[test]
fn no_footer_drops_the_way_out_of_a_screen() {
    let looked_at = [(80, 24), (60, 16)].into_iter().map(bodies::looked_at);
    for stage in looked_at.chain([history::opened(60, 16)]) {
        assert!(footer(&stage).contains("esc "), "{}", stage.picture());
    }
}

#[test]
fn the_question_before_leaving_says_what_would_be_lost_now() {
    let mut stage = calls::opened(120, 36);
    stage.press("s");
    stage.press("q");
    assert!(stage.picture().contains("A call is running."), "{}", stage.picture());
    stage.now.millis += 1_000;
    stage.answer(Slot::Call, calls::answered(200, b"{}"));
    let picture = stage.picture();
    assert!(
        !picture.contains("A call is running.") && picture.contains("nothing would be lost"),
        "{picture}"
    );
    // Other words have to be read first.
    stage.press("y");
    assert_eq!(quits(&stage), 0, "{}", stage.picture());
    stage.decide("y");
    assert_eq!(quits(&stage), 1);
}

#[test]
fn a_terminal_that_is_too_small_takes_no_key_but_the_one_that_leaves() {
    let mut stage = calls::opened(120, 36);
    stage.press("j");
    stage.press("j");
    stage.press("enter");
    stage.type_text("?mine=1");
    resize(&mut stage, 40, 10);
    assert!(stage.picture().contains("q quits"), "{}", stage.picture());
    for key in ["s", "x", "enter", "esc", "ctrl-s", "tab"] {
        stage.press(key);
    }
    stage.paste("pasted");
    for key in ["q", "ctrl-c"] {
        stage.press(key);
        assert_eq!(quits(&stage), 0, "{key} lost what was typed");
        let picture = stage.picture();
        assert!(picture.contains("Quit grantdeck?") && picture.contains("y quit, n cancel"), "{picture}");
        stage.decide("n");
        assert!(stage.picture().contains("q quits"), "{}", stage.picture());
    }
    resize(&mut stage, 120, 36);
    assert!(
        stage.picture().contains("?mine=1") && !stage.picture().contains("pasted"),
        "{}",
        stage.picture()
    );
    resize(&mut stage, 40, 10);
    stage.press("q");
    stage.decide("y");
    assert_eq!(quits(&stage), 1);

    let mut stage = copying::listed(120, 36);
    stage.press("/");
    resize(&mut stage, 30, 8);
    stage.press("q");
    assert_eq!(quits(&stage), 1, "nothing would be lost: {}", stage.picture());
}

#[test]
fn ctrl_c_closes_the_palette_and_not_the_program() {
    let mut stage = copying::listed(120, 36);
    let keys = [":", "s", "f", "C", "@"];
    for key in keys {
        stage.press(key);
        assert!(!stage.model.shared.nav.popups().is_empty(), "{key}");
        stage.press("ctrl-c");
        assert!(stage.model.shared.nav.popups().is_empty() && quits(&stage) == 0, "{key}");
    }
}

#[test]
fn a_held_call_that_ends_takes_its_question_along() {
    let mut stage = held::waiting(120, 36);
    stage.press("q");
    assert!(stage.picture().contains("held for approval"), "{}", stage.picture());
    stage.answer(Slot::Call, Answer::SendCall(CallEvent::Cancelled { may_have_happened: false }));
    assert!(stage.picture().contains("nothing would be lost"), "{}", stage.picture());
}

#[test]
fn esc_acts_and_the_notice_goes_with_it() {
    let failed = || {
        let why = grantdeck::domain::Diagnosis::new(
            grantdeck::domain::Code::KeyRevoked,
            grantdeck::domain::Who::Alter,
            grantdeck::domain::Retry::AfterRemedy,
        );
        Msg::Fault(why)
    };
    let opened: [fn(u16, u16) -> Stage; 5] =
        [calls::opened, history::opened, testing::with_board, super::scanning::scanned, super::revoking::one];
    for open in opened {
        let mut stage = open(120, 36);
        stage.send(failed());
        let picture = stage.picture();
        assert!(picture.contains("revoked") && !picture.contains("Esc closes."), "it does more\n{picture}");
        stage.press("esc");
        assert_eq!(stage.model.shared.nav.screen(), Kind::Grants, "{}", stage.picture());
        assert!(stage.model.shared.toasts.current().is_none(), "{}", stage.picture());
    }
    // On the list it has nothing else to do, and says so.
    let mut stage = super::stage::loaded();
    stage.send(failed());
    assert!(stage.picture().contains("Esc closes."), "{}", stage.picture());
    stage.press("esc");
    assert!(stage.model.shared.toasts.current().is_none(), "{}", stage.picture());
    // Where the list is narrowed, it shows all of it again.
    stage.press("/");
    stage.type_text("google");
    stage.press("enter");
    stage.send(failed());
    assert!(!stage.picture().contains("Esc closes."), "{}", stage.picture());
    stage.press("esc");
    assert!(stage.model.grants.query.is_empty(), "{}", stage.picture());
    assert!(stage.model.shared.toasts.current().is_none(), "{}", stage.picture());
}

#[test]
fn the_list_tells_of_esc_only_where_it_does_something() {
    let mut stage = Stage::new(200, 50);
    let missing = grantdeck::domain::Diagnosis::new(
        grantdeck::domain::Code::KeyMissing,
        grantdeck::domain::Who::You,
        grantdeck::domain::Retry::AfterRemedy,
    );
    stage.answer(Slot::Session, Answer::OpenSession(Err(missing)));
    assert!(!footer(&stage).contains("esc back"), "{}", footer(&stage));
    stage = Stage::open(300, 50);
    stage.page(super::fixtures::company(), 8, None);
    stage.done(8);
    stage.model.shared.toasts.dismiss(stage.now);
    assert!(!footer(&stage).contains("esc "), "{}", footer(&stage));
    stage.press("/");
    stage.type_text("google");
    stage.press("enter");
    assert!(footer(&stage).contains("esc "), "{}", footer(&stage));
}
