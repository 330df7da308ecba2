//! Names of a megabyte, policies of five and hundreds of thousands of scopes: no key does work that grows with what
//! somebody else sends.

use grantdeck::app::screens::detail::content;
use grantdeck::domain::clean::work;

use super::fixtures;
use super::heavy::{self, MEGABYTE};
use super::stage::Stage;

/// What a frame may clean and measure, in bytes: a screen of names that are cut, each measured more than once. Without the
/// cuts it is a hundred times as much.
const FRAME: usize = MEGABYTE;

/// Does something, draws, and answers how many bytes were looked at.
fn weighed(stage: &mut Stage, press: impl FnOnce(&mut Stage)) -> usize {
    work::take();
    press(stage);
    stage.picture();
    work::take()
}

#[test]
fn no_key_grows_with_what_others_send() {
    let grants = heavy::grants();
    for (width, height) in [(200, 50), (80, 24)] {
        let mut stage = Stage::open(width, height);
        stage.names(fixtures::catalog(), fixtures::agents());
        let total = grants.len() as u64;
        stage.page(grants.clone(), total, None);
        stage.done(total);
        for (place, key) in heavy::KEYS.into_iter().enumerate() {
            let bytes = weighed(&mut stage, |stage| stage.press(key));
            assert!(bytes < FRAME, "{width} {place} {key}: {bytes} bytes");
            let lines = content::lines(&stage.model, width / 2, stage.now).len();
            assert!(lines < 3_000, "{key}: {lines} lines of detail");
        }
    }
}

/// What is cut is said, and where the rest is.
#[test]
fn what_is_left_out_of_the_detail_is_said() {
    let mut stage = Stage::open(120, 400);
    stage.page(heavy::grants(), 7, None);
    stage.done(7);
    stage.press("enter");
    let picture = stage.picture();
    for said in ["200,000 held", "and 199,800 more; grantdeck show", "too long to show here; grantdeck show"]
    {
        assert!(picture.contains(said), "{said}: {picture}");
    }
}
