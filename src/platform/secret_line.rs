//! Reads a line without echo, before the screen starts or while it is left.
//!
//! Input goes through the screen's input parser, so that no reply of the terminal becomes part of the line.

use std::io;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::input::{Keyboard, TerminalEvent};
use super::silent::{Leave, Silent};
use crate::domain::input::KeyCode;

/// The longest key, in bytes.
const MAX_KEY: usize = 4 << 10;

/// Prompts, and reads a line. Blocks.
///
/// # Errors
/// Why there is none: Esc, Ctrl-C with [`Leave::Back`], an empty line, or a terminal that is gone.
pub fn ask(keyboard: &Keyboard, question: &str, leave: Leave) -> Result<SecretString, String> {
    let failed = |error: io::Error| format!("it could not be asked for: {error}");
    let back = if leave == Leave::Back { "(Esc: back) " } else { "" };
    let silent = Silent::asking(&format!("{question}{back}"), leave).map_err(failed)?;
    let typed = line(|| keyboard.next());
    // While echo is still off.
    keyboard.finish();
    drop(silent);
    typed.map_err(failed)?.ok_or_else(|| "nothing was typed".to_owned())
}

/// Reads keys until the end of the line; `None` if it was cancelled or is empty.
fn line(mut next: impl FnMut() -> io::Result<TerminalEvent>) -> io::Result<Option<SecretString>> {
    let mut text = Zeroizing::new(String::with_capacity(MAX_KEY));
    loop {
        let key = match next()? {
            TerminalEvent::Paste(pasted) => {
                let pasted = Zeroizing::new(pasted);
                let room = MAX_KEY.saturating_sub(text.len());
                if pasted.trim().len() <= room {
                    text.push_str(pasted.trim());
                }
                continue;
            }
            TerminalEvent::Key(key) | TerminalEvent::Burst(key) => key,
            _ => continue,
        };
        match key.code {
            KeyCode::Enter => break,
            KeyCode::Char('j') if key.ctrl => break,
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if key.ctrl => return Ok(None),
            KeyCode::Char('u') if key.ctrl => text.clear(),
            KeyCode::Backspace => _ = text.pop(),
            _ => {
                // The buffer must not grow: reallocation would leave an unwiped copy behind.
                if let Some(typed) = key.typed().filter(|typed| text.len() + typed.len_utf8() <= MAX_KEY) {
                    text.push(typed);
                }
            }
        }
    }
    let typed = text.trim();
    Ok((!typed.is_empty()).then(|| SecretString::from(typed)))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::domain::input::Key;

    fn typed(keys: &[Key]) -> Option<String> {
        let mut keys = keys.iter();
        let next = || {
            keys.next().map(|key| TerminalEvent::Key(*key)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        };
        line(next).unwrap().map(|line| line.expose_secret().to_owned())
    }

    #[test]
    fn a_line_ends_with_enter_and_can_be_left() {
        let (enter, back) = (Key::plain(KeyCode::Enter), Key::plain(KeyCode::Backspace));
        let (char, ctrl) = (Key::char, Key::ctrl);
        assert_eq!(typed(&[char('a'), char('x'), back, char('b'), enter]).as_deref(), Some("ab"));
        assert_eq!(typed(&[char('a'), ctrl('u'), char(' '), char('b'), enter]).as_deref(), Some("b"));
        for left in [
            &[enter][..],
            &[char(' '), enter],
            &[char('a'), Key::plain(KeyCode::Esc)],
            &[char('a'), ctrl('c')],
        ] {
            assert_eq!(typed(left), None, "{left:?}");
        }
        let mut pasted = [TerminalEvent::Paste(" key\n".to_owned()), TerminalEvent::Key(enter)].into_iter();
        let line = line(|| pasted.next().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())).unwrap();
        assert_eq!(line.unwrap().expose_secret(), "key");
    }
}
