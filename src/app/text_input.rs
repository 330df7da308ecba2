//! A line of text that is typed: which keys edit it.

use tui_input::{Input, InputRequest};

use super::input::{Key, KeyCode};

/// Lets a key edit a line of text; false when the key is none that does.
pub fn edit_line(input: &mut Input, key: Key) -> bool {
    if key == Key::ctrl('u') {
        let rest = input.value().chars().skip(input.cursor()).collect();
        *input = Input::new(rest).with_cursor(0);
        return true;
    }
    let request = match (key.code, key.ctrl, key.alt) {
        (KeyCode::Char(character), false, false) => InputRequest::InsertChar(character),
        (KeyCode::Backspace, false, false) | (KeyCode::Char('h'), true, false) => {
            InputRequest::DeletePrevChar
        }
        (KeyCode::Delete, false, false) => InputRequest::DeleteNextChar,
        (KeyCode::Char('w'), true, false) | (KeyCode::Backspace, _, _) => InputRequest::DeletePrevWord,
        (KeyCode::Char('k'), true, false) => InputRequest::DeleteTillEnd,
        (KeyCode::Left, false, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false, false) => InputRequest::GoToNextChar,
        (KeyCode::Left, true, _) | (KeyCode::Char('b'), false, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true, _) | (KeyCode::Char('f'), false, true) => InputRequest::GoToNextWord,
        (KeyCode::Home, _, _) | (KeyCode::Char('a'), true, false) => InputRequest::GoToStart,
        (KeyCode::End, _, _) | (KeyCode::Char('e'), true, false) => InputRequest::GoToEnd,
        _ => return false,
    };
    input.handle(request);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_u_deletes_to_the_start_of_the_line_and_no_more() {
        let mut input = Input::new("héllo wörld".to_owned()).with_cursor(5);
        assert!(edit_line(&mut input, Key::ctrl('u')));
        assert_eq!((input.value(), input.cursor()), (" wörld", 0));
        edit_line(&mut input, Key::ctrl('u'));
        assert_eq!(input.value(), " wörld", "nothing stands before the cursor");
    }
}
