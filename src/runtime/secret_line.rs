//! A line that nobody sees, typed where the screen was or will be.
//!
//! The terminal library's reader is asked, and not the terminal itself: a reader of a screen that was left may still
//! wait for the next key, and would take what is typed for the screen that comes.

use std::io::{self, Write};

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// No key is longer.
const LONGEST: usize = 4 << 10;

/// The terminal repeats nothing and keeps no signals to itself while this lives.
struct Raw;

impl Raw {
    fn begin() -> io::Result<Self> {
        enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = disable_raw_mode();
    }
}

/// Asks, and reads to the end of the line. Blocks.
///
/// # Errors
/// Why there is none: Esc, Ctrl-C, an empty line, a terminal that is gone.
pub(super) fn ask(question: &str) -> Result<SecretString, String> {
    let failed = |error: io::Error| format!("it could not be asked for: {error}");
    let raw = Raw::begin().map_err(failed)?;
    let mut out = io::stdout();
    write!(out, "{question}(Esc: back) ").and_then(|()| out.flush()).map_err(failed)?;
    let typed = line(read);
    drop(raw);
    // The cursor stands behind the question.
    let _ = writeln!(out);
    typed.map_err(failed)?.ok_or_else(|| "nothing was typed".to_owned())
}

/// The keys of a line; None where it was left or is empty.
fn line(mut next: impl FnMut() -> io::Result<Event>) -> io::Result<Option<SecretString>> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    loop {
        match next()? {
            Event::Paste(pasted) => {
                let pasted = Zeroizing::new(pasted);
                let room = LONGEST.saturating_sub(text.len());
                if pasted.trim().len() <= room {
                    text.push_str(pasted.trim());
                }
            }
            Event::Key(key) if key.kind != KeyEventKind::Release => match key.code {
                KeyCode::Enter => break,
                KeyCode::Esc => return Ok(None),
                KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(None),
                KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => text.clear(),
                // It must not move: what it leaves behind would not be wiped by us.
                KeyCode::Char(typed)
                    if !key.modifiers.contains(KeyModifiers::CONTROL)
                        && text.len() + typed.len_utf8() <= LONGEST =>
                {
                    text.push(typed);
                }
                KeyCode::Backspace => _ = text.pop(),
                _ => {}
            },
            _ => {}
        }
    }
    let typed = text.trim();
    Ok((!typed.is_empty()).then(|| SecretString::from(typed)))
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;
    use secrecy::ExposeSecret;

    use super::*;

    fn typed(keys: &[(KeyCode, KeyModifiers)]) -> Option<String> {
        let mut keys = keys.iter();
        let next = || {
            let (code, modifiers) = keys.next().ok_or(io::ErrorKind::UnexpectedEof)?;
            Ok(Event::Key(KeyEvent::new(*code, *modifiers)))
        };
        line(next).unwrap().map(|line| line.expose_secret().to_owned())
    }

    #[test]
    fn a_line_ends_with_enter_and_can_be_left() {
        let plain = |code| (code, KeyModifiers::NONE);
        let char = |character| plain(KeyCode::Char(character));
        let ctrl = |character| (KeyCode::Char(character), KeyModifiers::CONTROL);
        let enter = plain(KeyCode::Enter);
        let back = plain(KeyCode::Backspace);
        assert_eq!(typed(&[char('a'), char('x'), back, char('b'), enter]).as_deref(), Some("ab"));
        assert_eq!(typed(&[char('a'), ctrl('u'), char(' '), char('b'), enter]).as_deref(), Some("b"));
        for left in
            [&[enter][..], &[char(' '), enter], &[char('a'), plain(KeyCode::Esc)], &[char('a'), ctrl('c')]]
        {
            assert_eq!(typed(left), None, "{left:?}");
        }
        let mut pasted =
            [Event::Paste(" key\n".to_owned()), Event::Key(KeyEvent::from(KeyCode::Enter))].into_iter();
        let line = line(|| pasted.next().ok_or(io::ErrorKind::UnexpectedEof.into())).unwrap();
        assert_eq!(line.unwrap().expose_secret(), "key");
    }
}
