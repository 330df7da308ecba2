//! Terminal handoff: suspending to the shell, and running the user's editor.

use std::io;

use super::Loop;
use crate::app::msg::Msg;
use crate::app::requests::{EditText, Listed as _};
use crate::app::{ExitReason, Ticket};
use crate::platform::editor::Editor;
use crate::platform::suspend::Scope;
use crate::tui::effects::EffectRunner;
use crate::tui::parts::{App, Host};
use crate::tui::signals::{SignalEvent, SignalSource};

impl<M: App, D: Host<M>, S: SignalSource, H: EffectRunner> Loop<M, D, S, H> {
    pub(super) async fn suspend(&mut self, scope: Scope) -> io::Result<Option<ExitReason>> {
        if !self.host.can_stop() {
            return Ok(None);
        }
        self.input = None;
        self.host.leave();
        // A stale SIGCONT would be taken for the one after the stop.
        while self.pending_signal().await.is_some() {}
        self.host.stop(scope);
        if scope == Scope::Group {
            // Our own copy of the group's signal: if it were delivered after we continue, it would stop us again.
            if let Some(reason) = self.wait_for(SignalEvent::Stop).await {
                return Ok(Some(reason));
            }
            self.host.stop(Scope::Process);
        }
        if let Some(reason) = self.wait_for(SignalEvent::Continue).await {
            return Ok(Some(reason));
        }
        self.resume()?;
        Ok(None)
    }

    /// Hands the terminal to the user's editor and takes it back. Signals from the keyboard are meant for the editor
    /// meanwhile, except that both stop on SIGTSTP.
    pub(super) async fn edit(&mut self, ticket: Ticket, edit: &EditText) -> io::Result<Option<ExitReason>> {
        self.input = None;
        self.host.leave();
        let result = match Editor::start(&edit.text, edit.json, &self.runner.hidden_variables()) {
            Err(diagnosis) => Err(diagnosis),
            Ok(mut editor) => {
                self.signals.lend(true);
                let ended = loop {
                    tokio::select! {
                        ended = editor.wait() => break ended,
                        signal = self.signals.next() => match signal {
                            SignalEvent::Stop => self.host.stop(Scope::Process),
                            SignalEvent::Continue | SignalEvent::Interrupt => {}
                            SignalEvent::Terminate | SignalEvent::HangUp => {
                                // Without its terminal the editor is useless, and would leave the terminal in its
                                // current state.
                                editor.end().await;
                                return Ok(Some(ExitReason::Terminated));
                            }
                        },
                    }
                };
                self.signals.lend(false);
                editor.finish(ended)
            }
        };
        self.resume()?;
        self.feed(Msg::Answer { ticket, answer: Box::new(EditText::answer(result)) });
        Ok(None)
    }

    /// Waits for a signal; returns a reason if another signal ends the program.
    async fn wait_for(&mut self, wanted: SignalEvent) -> Option<ExitReason> {
        loop {
            match self.signals.next().await {
                signal if signal == wanted => return None,
                SignalEvent::Stop | SignalEvent::Continue => {}
                SignalEvent::Interrupt => return Some(ExitReason::Interrupted),
                SignalEvent::Terminate | SignalEvent::HangUp => return Some(ExitReason::Terminated),
            }
        }
    }

    pub(super) fn resume(&mut self) -> io::Result<()> {
        self.input = None;
        let (width, height) = self.host.enter()?;
        self.input = Some(self.host.open_input());
        self.feed(Msg::Resumed);
        self.feed(Msg::Resize { width, height });
        self.force_redraw();
        Ok(())
    }
}
