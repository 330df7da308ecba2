//! The places where keys are pressed.

use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::app::screens::each_screen;

/// Whether printable keys are text in a place.
macro_rules! is_text {
    (text) => {
        true
    };
}

macro_rules! made {
    ($(
        $(#[$about:meta])*
        $sort:ident $view:ident $(($state:ident))? = $module:ident::$screen:ident $(opens $open:ident)? {
            $($place:ident $($text:ident)? $title:literal $sentence:literal;)*
        }
    )+) => {
        /// Where a key is pressed. Keys of [`Place::Global`] work everywhere but in text inputs, after those of the
        /// place itself.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
        )]
        #[strum(serialize_all = "kebab-case")]
        pub enum Place {
            /// Everywhere.
            Global,
            $($(#[doc = $sentence] $place,)*)+
            /// A one-line text input of any screen.
            Input,
        }

        impl Place {
            /// Whether printable keys are text here, and keys of [`Place::Global`] do not count.
            pub fn takes_text(self) -> bool {
                match self {
                    Self::Global => false,
                    $($(Self::$place => false $(|| is_text!($text))?,)*)+
                    Self::Input => true,
                }
            }

            /// What has the keys here, as in "Keys of the list".
            pub fn title(self) -> &'static str {
                match self {
                    Self::Global => "everywhere",
                    $($(Self::$place => $title,)*)+
                    Self::Input => "text inputs",
                }
            }

            /// A sentence that explains it.
            pub fn sentence(self) -> &'static str {
                match self {
                    Self::Global => "Everywhere except in text inputs; a more specific place wins.",
                    $($(Self::$place => $sentence,)*)+
                    Self::Input => {
                        "While typing; the usual shell line-editing keys work (ctrl-u deletes to the start)."
                    }
                }
            }
        }
    };
}

each_screen!(made);
