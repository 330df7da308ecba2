//! When answers are drawn.

use super::*;

#[tokio::test(start_paused = true)]
async fn answers_share_frames() {
    let (_, world) = with(|world| async {
        pass(100).await;
        for number in 0..40 {
            world.answer(number);
            pass(1).await;
        }
        pass(100).await;
        world
    })
    .await;
    let frames = world.frames();
    assert!(frames[1..].windows(2).all(|pair| pair[1] - pair[0] >= FRAME_MILLIS), "{frames:?}");
    assert!((6..=8).contains(&frames.len()), "{frames:?}");
    assert!(matches!(world.events().last(), Some(Event::Frame(41))), "the last answer is not drawn");
}

#[tokio::test(start_paused = true)]
async fn the_first_rows_are_drawn_at_once() {
    let (_, world) = with(|world| async {
        pass(100).await;
        for number in [1, ROWS, ROWS] {
            world.answer(number);
            pass(1).await;
        }
        pass(100).await;
        world
    })
    .await;
    assert_eq!(world.frames(), [0, 100, 101, 101 + FRAME_MILLIS]);
}
