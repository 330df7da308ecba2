//! What is open: a stack of views, the list of grants at its bottom.

use strum::{EnumDiscriminants, EnumIter};

use super::action::OpenAction;
use super::screens::each_screen;

/// Whether a view of this sort pops up.
macro_rules! is_popup {
    (screen) => {
        false
    };
    (popup) => {
        true
    };
}

/// The view, where it has no state.
macro_rules! bare {
    ($view:ident) => {
        Some(View::$view)
    };
    ($view:ident $state:ident) => {
        None
    };
}

macro_rules! made {
    ($(
        $(#[$about:meta])*
        $sort:ident $view:ident $(($state:ident))? = $module:ident::$screen:ident $(opens $open:ident)? {
            $($place:ident $($text:ident)? $title:literal $sentence:literal;)*
        }
    )+) => {
        /// One view. A screen fills the terminal and keeps its state in the model when it is left; a popup is drawn small
        /// over the screen below it, and its state ends with it.
        #[derive(Debug, EnumDiscriminants)]
        #[strum_discriminants(name(Kind), derive(EnumIter), doc = "Which view it is.")]
        pub enum View {
            $($(#[$about])* $view $((Box<crate::app::screens::$module::$state>))?,)+
        }

        impl View {
            /// The view of a kind that has no state of its own; None for the others.
            pub(crate) fn bare(kind: Kind) -> Option<Self> {
                match kind {
                    $(Kind::$view => bare!($view $($state)?),)+
                }
            }
        }

        impl Kind {
            /// Whether it pops up over a screen.
            pub fn pops_up(self) -> bool {
                match self {
                    $(Self::$view => is_popup!($sort),)+
                }
            }

            /// The view that an action opens.
            pub(crate) fn opened_by(action: OpenAction) -> Self {
                match action {
                    $($(OpenAction::$open => Self::$view,)?)+
                }
            }
        }
    };
}

each_screen!(made);

impl View {
    /// Which view it is.
    pub fn kind(&self) -> Kind {
        self.into()
    }
}

/// The views that are open. All screens come before all popups.
#[derive(Debug)]
pub struct Nav {
    /// The screens, the one that is shown last; never empty.
    screens: Vec<View>,
    /// What pops up over it, the top last.
    popups: Vec<View>,
}

impl Default for Nav {
    fn default() -> Self {
        Self { screens: vec![View::Grants], popups: Vec::new() }
    }
}

impl Nav {
    /// The view that has the keys.
    pub fn top(&self) -> &View {
        self.popups.last().or(self.screens.last()).unwrap_or(&View::Grants)
    }

    /// The view that has the keys, to be changed; None where that is a screen.
    pub fn popup_mut(&mut self) -> Option<&mut View> {
        self.popups.last_mut()
    }

    /// The screen that is shown, whatever pops up over it.
    pub fn screen(&self) -> Kind {
        self.screens.last().map_or(Kind::Grants, View::kind)
    }

    /// The screen below the one that is shown.
    pub fn below(&self) -> Kind {
        let below = self.screens.len().checked_sub(2).and_then(|at| self.screens.get(at));
        below.map_or(Kind::Grants, View::kind)
    }

    /// What pops up, the top last.
    pub fn popups(&self) -> &[View] {
        &self.popups
    }

    /// What pops up, the top last, to be changed.
    pub fn popups_mut(&mut self) -> &mut [View] {
        &mut self.popups
    }

    /// Opens a view over all others of its sort: a popup over everything, a screen over the one that is shown.
    pub fn push(&mut self, view: View) {
        if view.kind().pops_up() { self.popups.push(view) } else { self.screens.push(view) }
    }

    /// Opens a screen over the list of grants, for that is where one goes from it; a popup over everything.
    pub fn open(&mut self, view: View) {
        if view.kind().pops_up() {
            self.popups.push(view);
            return;
        }
        self.home();
        if view.kind() != Kind::Grants {
            self.screens.push(view);
        }
    }

    /// Shows the list of grants; what pops up stays.
    pub fn home(&mut self) {
        self.screens.truncate(1);
    }

    /// Closes what pops up at the top.
    pub fn pop(&mut self) -> Option<View> {
        self.popups.pop()
    }

    /// Leaves the screen that is shown for the one below it; the list of grants is never left.
    pub fn leave(&mut self) {
        if self.screens.len() > 1 {
            self.screens.pop();
        }
    }

    /// Takes the screens of a kind out, wherever they are.
    pub fn forget(&mut self, kind: Kind) {
        self.screens.retain(|screen| screen.kind() == Kind::Grants || screen.kind() != kind);
    }

    /// Closes what pops up of a kind, wherever it is.
    pub fn close(&mut self, kind: Kind) -> Vec<View> {
        self.popups.extract_if(.., |popup| popup.kind() == kind).collect()
    }

    /// Opens a screen again that may be further down: it is there once, and what only led from it to here is gone.
    pub fn reopen(&mut self, screen: View) {
        self.forget(screen.kind());
        self.screens.dedup_by_key(|screen| screen.kind());
        self.screens.push(screen);
    }
}
