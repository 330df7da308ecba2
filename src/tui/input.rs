//! Converts terminal events to messages for the app.

use std::collections::VecDeque;

use crate::app::Msg;
use crate::platform::input::TerminalEvent;

impl From<TerminalEvent> for Msg {
    fn from(event: TerminalEvent) -> Self {
        match event {
            TerminalEvent::Key(key) => Self::Key(key),
            TerminalEvent::Burst(key) => Self::Burst(key),
            TerminalEvent::Mouse(mouse) => Self::Mouse(mouse),
            TerminalEvent::Paste(text) => Self::Paste(text),
            TerminalEvent::Resize { width, height } => Self::Resize { width, height },
            TerminalEvent::Focus(focus) => Self::Focus(focus),
            TerminalEvent::Background(background) => Self::Background(background),
        }
    }
}

/// Queues a message; a resize replaces the resize before it, and consecutive pastes are merged.
pub(crate) fn queue(waiting: &mut VecDeque<Msg>, message: Msg) {
    match (waiting.back_mut(), message) {
        (Some(Msg::Paste(before)), Msg::Paste(text)) => before.push_str(&text),
        (Some(before @ Msg::Resize { .. }), message @ Msg::Resize { .. }) => *before = message,
        (_, message) => waiting.push_back(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::Key;

    #[test]
    fn sizes_and_pastes_in_a_row_are_one() {
        let mut waiting = VecDeque::new();
        for message in [
            Msg::Resize { width: 80, height: 24 },
            Msg::Resize { width: 1, height: 1 },
            Msg::Paste("a\n".into()),
            Msg::Paste("b".into()),
            Msg::Key(Key::char('x')),
            Msg::Paste("c".into()),
            Msg::Resize { width: 90, height: 30 },
        ] {
            queue(&mut waiting, message);
        }
        let printed: Vec<String> = waiting.iter().map(|message| format!("{message:?}")).collect();
        assert_eq!(printed.len(), 5);
        assert_eq!(printed[0], "Resize { width: 1, height: 1 }");
        assert_eq!(printed[1], "Paste(\"a\\nb\")");
        assert_eq!(printed[4], "Resize { width: 90, height: 30 }");
    }
}
