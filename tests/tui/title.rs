//! What the program tells tests.

/// What the program tells in the window's title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProgramState {
    /// The revision that is on the screen.
    pub(crate) revision: u64,
    /// Keys, pastes and mouse events handled.
    pub(crate) handled: u64,
    /// Nothing is under way.
    pub(crate) idle: bool,
    /// And nothing will change by itself.
    pub(crate) rests: bool,
}

/// Reads the titles.
#[derive(Default)]
pub(crate) struct Titles {
    /// The last one.
    pub(crate) state: Option<ProgramState>,
}

impl vt100::Callbacks for Titles {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        let title = String::from_utf8_lossy(title);
        let mut parts = title.split(':').skip(1);
        let mut number = || parts.next()?.parse().ok();
        if let (Some(revision), Some(handled)) = (number(), number()) {
            let rests = title.ends_with(":rest");
            self.state =
                Some(ProgramState { revision, handled, idle: rests || title.ends_with(":idle"), rests });
        }
    }
}
