//! How a terminal renders our output, and how frames are written.

use std::num::NonZeroU16;

use ratatui::text::Line;

use super::*;

/// A device read by an emulator, with a log of writes.
#[derive(Clone)]
struct Emulator(Rc<RefCell<(vt100::Parser, Vec<Vec<u8>>)>>);

impl Emulator {
    fn new(width: u16, height: u16) -> Self {
        let parser = vt100::Parser::new(NonZeroU16::new(height).unwrap(), NonZeroU16::new(width).unwrap(), 0);
        Self(Rc::new(RefCell::new((parser, Vec::new()))))
    }

    fn shows(&self) -> String {
        self.0.borrow().0.screen().contents()
    }

    fn writes(&self) -> Vec<String> {
        self.0.borrow().1.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
    }
}

impl Write for Emulator {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inside = self.0.borrow_mut();
        inside.0.process(bytes);
        inside.1.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn canvas(width: u16, height: u16) -> (Canvas, Emulator) {
    let emulator = Emulator::new(width, height);
    (Canvas::new(Box::new(emulator.clone()), width, height).unwrap(), emulator)
}

fn paint(canvas: &mut Canvas, text: &str) {
    canvas.draw(|frame| frame.render_widget(Line::raw(text), frame.area())).unwrap();
}

#[test]
fn a_frame_is_one_write_inside_one_synchronised_update() {
    let (mut canvas, emulator) = canvas(20, 2);
    paint(&mut canvas, "first");
    paint(&mut canvas, "second");
    let writes = emulator.writes();
    assert_eq!(writes.len(), 2);
    for write in &writes {
        assert!(write.starts_with("\x1b[?2026h") && write.ends_with("\x1b[?2026l"), "{write:?}");
        assert_eq!(write.matches("\x1b[?2026h").count(), 1);
        assert!(!write.contains("\x1b[6n"), "asked for the cursor: {write:?}");
    }
    assert_eq!(emulator.shows(), "second");
}

#[test]
fn wide_cells_take_two_columns_and_leave_nothing_behind() {
    let (mut canvas, emulator) = canvas(20, 1);
    for (text, want) in [
        ("東京オフィス|x", "東京オフィス|x"),
        ("a東京|y", "a東京|y"),
        ("🚀|z", "🚀|z"),
        ("abcdefghij", "abcdefghij"),
        ("", ""),
    ] {
        paint(&mut canvas, text);
        assert_eq!(emulator.shows().trim_end(), want);
    }
}

#[test]
fn a_reset_draws_all_of_it_again_at_the_new_size() {
    let (mut canvas, emulator) = canvas(20, 2);
    paint(&mut canvas, "the picture");
    // Another program's output.
    emulator.clone().write_all(b"\x1b[Hscribble").unwrap();
    canvas.reset(11, 1).unwrap();
    assert_eq!(canvas.size(), (11, 1));
    paint(&mut canvas, "the picture");
    assert_eq!(emulator.shows(), "the picture");
    let last = emulator.writes().pop().unwrap();
    assert!(last.contains("\x1b[2J") && last.ends_with("\x1b[?2026l"), "{last:?}");
}

#[test]
fn what_waits_before_a_reset_is_still_sent() {
    let (mut canvas, emulator) = canvas(20, 2);
    queue!(canvas.outbox, EnterAlternateScreen).unwrap();
    canvas.reset(20, 2).unwrap();
    paint(&mut canvas, "inside");
    assert!(emulator.0.borrow().0.screen().alternate_screen());
}

#[test]
fn no_size_is_too_small() {
    let (mut canvas, emulator) = canvas(3, 3);
    for (width, height) in [(1, 1), (0, 0), (3, 0), (0, 3), (3, 3)] {
        canvas.reset(width, height).unwrap();
        paint(&mut canvas, "abc");
    }
    assert_eq!(emulator.shows(), "abc");
}

#[test]
fn a_sequence_between_frames_is_one_write_of_its_own_and_changes_no_picture() {
    let (mut canvas, emulator) = canvas(20, 2);
    paint(&mut canvas, "first");
    // Bytes pending for the next frame.
    canvas.reset(20, 2).unwrap();
    let sequence = crate::platform::clipboard::sequence("hello", false).unwrap();
    canvas.send_raw(&sequence).unwrap();
    let writes = emulator.writes();
    assert_eq!(writes.len(), 2);
    assert_eq!(writes[1].as_bytes(), sequence);
    assert_eq!(emulator.shows(), "first");
    paint(&mut canvas, "second");
    assert_eq!(emulator.shows(), "second");
}
