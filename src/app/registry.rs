//! Which screen a view is: from the table of screens to what implements them.

use strum::IntoEnumIterator;

use super::Model;
use super::nav::Kind;
use super::screen::Screen;
use super::screens::each_screen;

macro_rules! made {
    ($(
        $(#[$about:meta])*
        $sort:ident $view:ident $(($state:ident))? = $module:ident::$screen:ident $(opens $open:ident)? {
            $($place:ident $($text:ident)? $title:literal $sentence:literal;)*
        }
    )+) => {
        impl Kind {
            /// How a view of this kind behaves.
            pub(crate) fn screen(self) -> &'static dyn Screen {
                match self {
                    $(Self::$view => &crate::app::screens::$module::$screen,)+
                }
            }
        }
    };
}

each_screen!(made);

impl Model {
    /// The view that has the keys.
    pub(crate) fn top(&self) -> &'static dyn Screen {
        self.shared.nav.top().kind().screen()
    }

    /// The screen that is shown, whatever pops up over it.
    pub(crate) fn shown(&self) -> &'static dyn Screen {
        self.shared.nav.screen().screen()
    }

    /// What is wrong with the state of a screen, for tests: nothing ever is.
    #[doc(hidden)]
    pub fn flaw(&self) -> Option<&'static str> {
        Kind::iter().find_map(|kind| kind.screen().flaw(self))
    }
}
