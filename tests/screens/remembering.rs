//! What is there again at the next start, saved views, and where the detail stands.

use grantdeck::app::Effect;
use grantdeck::app::nav::View;
use grantdeck::domain::column::Order;
use grantdeck::domain::remembered::MemoryChange;
use grantdeck::domain::{
    Choice, Chosen, Column, CopyFormat, Filters, Look, Remembered, Side, Split, WritePolicy,
};
use insta::assert_snapshot;

use super::fixtures;
use super::stage::{Stage, loaded};

/// What was to be remembered since the last look.
fn kept(stage: &mut Stage) -> Vec<MemoryChange> {
    let pending = std::mem::take(&mut stage.pending);
    let (kept, others): (Vec<_>, Vec<_>) =
        pending.into_iter().partition(|effect| matches!(effect, Effect::Remember(_)));
    stage.pending = others;
    kept.into_iter()
        .filter_map(|effect| match effect {
            Effect::Remember(keep) => Some(keep),
            _ => None,
        })
        .collect()
}

fn choices(stage: &mut Stage) -> Vec<Remembered> {
    let choices = kept(stage).into_iter().map(|keep| match keep {
        MemoryChange::Choices(choices) => *choices,
        other => panic!("{other:?}"),
    });
    choices.collect()
}

fn by(column: Column, descending: bool) -> Order {
    Order::By { column, descending }
}

fn message(stage: &Stage) -> String {
    stage.model.shared.toasts.current().map(|toast| toast.headline.to_string()).unwrap_or_default()
}

#[test]
fn choices_are_remembered_and_looking_around_is_not() {
    let mut stage = loaded();
    stage.press("j j space G g g enter esc tab tab / g esc ? esc z z M esc");
    assert_eq!(kept(&mut stage), [], "nothing was chosen");
    stage.press("W");
    let order = Chosen::of(&by(Column::Health, false), &Order::AsSent);
    assert_eq!(choices(&mut stage), [Remembered { order: order.clone(), ..Remembered::default() }]);
    stage.press("l");
    let found = choices(&mut stage);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].filters.as_ref().and_then(|chosen| chosen.value.get(Choice::Provider)),
        Some("google")
    );
    assert_eq!(found[0].order, order, "beside what was chosen before");
    stage.press("x W");
    let found = choices(&mut stage);
    assert_eq!(found.last(), Some(&Remembered::default()), "back to what is configured: nothing to remember");
}

#[test]
fn columns_that_were_only_tried_are_not_remembered() {
    let mut stage = loaded();
    stage.press("C space esc");
    assert_eq!(kept(&mut stage), []);
    stage.press("C space enter");
    let found = choices(&mut stage);
    assert_eq!(found.len(), 1);
    let columns = found[0].columns.as_ref().unwrap();
    assert_eq!(
        (columns.value.len() + 1, columns.over.as_slice()),
        (Column::DEFAULT.len(), &Column::DEFAULT[..])
    );
}

#[test]
fn the_format_of_the_last_copy_is_remembered() {
    let mut stage = loaded();
    stage.press("Y j j");
    assert_eq!(kept(&mut stage), [], "nothing is copied yet");
    stage.press("enter");
    let found = choices(&mut stage);
    assert_eq!(found.iter().map(|found| found.format).collect::<Vec<_>>(), [Some(CopyFormat::Toml)]);
}

#[test]
fn what_was_chosen_is_chosen_again_unless_the_configuration_changed_since() {
    let mut filters = Filters::default();
    filters.set(Choice::Provider, "google");
    let remembered = Remembered {
        filters: Chosen::of(&filters, &Filters::default()),
        order: Chosen::of(&by(Column::Ends, false), &by(Column::Used, true)),
        split: Split { side: Side::Below, list: Some(60) },
        format: Some(CopyFormat::Yaml),
        path: Some("deploy/.env".to_owned()),
        ..Remembered::default()
    };
    let look = Look { order: by(Column::Account, false), ..Look::default() };
    let mut stage = Stage::new(120, 36);
    stage.begin(WritePolicy::default(), look, Ok(remembered));
    assert_eq!(stage.walk().filter.provider.as_deref(), Some("google"), "from the backend at once");
    assert_eq!(stage.model.grants.order, by(Column::Account, false), "`sort` was written later");
    assert_eq!(stage.model.copying.path, "deploy/.env");
    assert_eq!(kept(&mut stage), [], "what is remembered needs no writing");
    stage.page(
        fixtures::company().into_iter().filter(|grant| &*grant.provider == "google").collect(),
        2,
        None,
    );
    stage.done(2);
    assert!(stage.walk().filter.is_empty(), "the rest of the list follows");
    assert_snapshot!("remembered", stage.picture());
}

#[test]
fn where_nothing_is_remembered_nothing_is_written_and_views_last_as_long_as_the_session() {
    let mut stage = Stage::new(120, 36);
    stage.begin(WritePolicy::default(), Look::default(), Err("the configuration says `remember = false`"));
    stage.page(fixtures::company(), 8, None);
    stage.done(8);
    stage.press("W l >");
    stage.press(":");
    stage.type_text("view save mine");
    stage.press("enter");
    assert_eq!(kept(&mut stage), []);
    assert!(stage.model.shared.memory.views.contains_key("mine"));
    assert_eq!(
        message(&stage),
        "Saved view mine for this session only: the configuration says `remember = false`."
    );
}

fn command(stage: &mut Stage, text: &str) {
    stage.press(":");
    stage.type_text(text);
    stage.press("enter");
}

#[test]
fn a_view_is_saved_shown_and_deleted() {
    let mut stage = loaded();
    stage.press("l W /");
    stage.type_text("acme");
    stage.press("enter");
    kept(&mut stage);
    command(&mut stage, "view save broken-google");
    let Some(MemoryChange::View(name, view)) = kept(&mut stage).pop() else { panic!("nothing is kept") };
    assert_eq!((name.as_str(), view.search.as_str()), ("broken-google", "acme"));
    assert_eq!(
        (view.look.filters.get(Choice::Provider), view.look.order),
        (Some("google"), by(Column::Health, false))
    );
    let before = stage.picture();

    stage.press("x W");
    stage.model.shared.toasts.dismiss(stage.now);
    assert_ne!(stage.picture(), before);
    command(&mut stage, "view broken-google");
    assert_eq!(message(&stage), "View: broken-google.");
    assert_eq!(stage.model.grants.input.value(), "acme");
    assert_eq!(stage.model.grants.filters, view.look.filters);
    assert_eq!(stage.model.grants.order, view.look.order);

    command(&mut stage, "view save all");
    stage.press("V");
    assert_snapshot!("views", stage.picture());
    stage.press("esc z V");
    assert!(!stage.picture().contains("acme”"), "{}", stage.picture());
    stage.press("esc z");
    kept(&mut stage);
    command(&mut stage, "view delete broken-google");
    assert_eq!(kept(&mut stage), [MemoryChange::Forget("broken-google".to_owned())]);
    assert!(!stage.model.shared.memory.views.contains_key("broken-google"));
}

#[test]
fn a_view_that_cannot_be_is_refused_with_a_reason() {
    let mut stage = loaded();
    command(&mut stage, "view save mine");
    kept(&mut stage);
    for (text, want) in [
        ("view save a b", "Not saved: a view's name has letters from a to z, digits, - and _ only, not ` `."),
        ("view save save", "Not saved: `save` and `delete` are commands and cannot name a view."),
        ("view yours", "No view yours."),
        ("view minx", "No view minx; did you mean mine?"),
        ("view delete minx", "No view minx; did you mean mine?"),
        ("view save …", "Not saved: a view's name has letters from a to z, digits, - and _ only, not `…`."),
    ] {
        command(&mut stage, text);
        assert_eq!(message(&stage), want, "{text}");
        assert!(stage.model.shared.nav.popups().is_empty(), "{text}");
        stage.model.shared.toasts.dismiss(stage.now);
    }
    assert_eq!(kept(&mut stage), []);
    assert_eq!(stage.model.shared.memory.views.len(), 1);
    // To the letter comes before anything that is only like it.
    stage.press(":");
    stage.type_text("view mine");
    let Some(View::Pick(pick)) = stage.model.shared.nav.popups().last() else { panic!("no palette") };
    assert_eq!(pick.chosen().unwrap().label.as_str(), "view mine");
}

#[test]
fn the_detail_is_put_where_it_is_wanted_and_the_border_moved() {
    let mut stage = loaded();
    let list = |stage: &Stage| stage.model.shared.areas().unwrap().list;
    let usual = list(&stage);
    stage.press(">");
    assert!(list(&stage).width > usual.width);
    stage.press("< <");
    assert!(list(&stage).width < usual.width);
    for _ in 0..20 {
        stage.press(">");
    }
    let widest = list(&stage);
    assert!(stage.model.shared.areas().unwrap().detail.unwrap().width >= 40, "both are still there");
    assert_eq!(message(&stage), "No more room.");
    stage.press("<");
    assert!(list(&stage).width < widest.width, "one key leads back");
    stage.press("|");
    assert_eq!(stage.model.shared.split, Split { side: Side::Below, list: None });
    assert_snapshot!("detail_below", stage.picture());
    stage.press(">");
    assert!(list(&stage).height > usual.height / 2);
    stage.press("|");
    assert_eq!(list(&stage).width, 120);
    assert!(stage.model.shared.areas().unwrap().detail.is_none());
    stage.press("<");
    assert!(message(&stage).contains("| shows it"), "{}", message(&stage));
    stage.press("|");
    assert_eq!(list(&stage), usual);
    let remembered = choices(&mut stage);
    assert!(remembered.iter().any(|found| found.split.side == Side::Hidden), "{remembered:?}");

    let mut small = Stage::open(80, 24);
    small.page(fixtures::company(), 8, None);
    small.press("|");
    assert_eq!(
        (small.model.shared.split, message(&small).contains("Only one pane fits")),
        (Split::default(), true)
    );
}
