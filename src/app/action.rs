//! What a key or a palette entry means.

use std::fmt;
use std::str::FromStr;

use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr, ParseError};

use super::screens::each_screen;

/// An enum for each group of actions, and [`Action`] over all of them.
macro_rules! actions {
    ($($(#[$about:meta])* $group:ident($kind:ident) { $($action:ident),+ $(,)? })+) => {
        /// A parameterless intention; parameters come from the model (cursor, marks). Actions are grouped by what they
        /// belong to, so that whoever carries a group out names each of its actions.
        ///
        /// The kebab-case name of the inner action is stable: the keymap and the palette use it. Label, sentence and keys
        /// are in `assets/keymap.toml`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$about])* $group($kind),)+
        }

        $(
            $(#[$about])*
            #[derive(
                Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumIter, EnumString, IntoStaticStr,
            )]
            #[strum(serialize_all = "kebab-case")]
            #[expect(missing_docs, reason = "each action is explained by its row of assets/keymap.toml")]
            pub enum $kind {
                $($action,)+
            }
        )+

        impl Action {
            /// The stable name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$group(action) => action.into(),)+
                }
            }
        }

        impl IntoEnumIterator for Action {
            type Iterator = std::vec::IntoIter<Self>;

            fn iter() -> Self::Iterator {
                let mut all = Vec::new();
                $(all.extend($kind::iter().map(Self::$group));)+
                all.into_iter()
            }
        }

        impl FromStr for Action {
            type Err = ParseError;

            fn from_str(name: &str) -> Result<Self, ParseError> {
                $(
                    if let Ok(action) = name.parse() {
                        return Ok(Self::$group(action));
                    }
                )+
                Err(ParseError::VariantNotFound)
            }
        }
    };
}

macro_rules! made {
    ($(
        $(#[$about:meta])*
        $sort:ident $view:ident $(($state:ident))? = $module:ident::$screen:ident $(opens $open:ident)? {
            $($place:ident $($text:ident)? $title:literal $sentence:literal;)*
        }
    )+) => {
        actions! {
            /// Opening a screen: one for each entry of the table of screens that names one.
            Open(OpenAction) {
                $($($open,)?)+
            }
            /// Of the program, the same everywhere.
            App(AppAction) {
                Quit, Back, Help, Palette, Redraw, Suspend, Privacy, NextTheme, SwitchProfile, TryDemo, TypeKey,
            }
            /// Moving in a list or a text.
            Move(Motion) {
                Up, Down, HalfPageUp, HalfPageDown, PageUp, PageDown, PreviousPage, NextPage, Top, Bottom,
            }
            /// What several screens have, each in its own way.
            Common(CommonAction) {
                SwitchPane, Search, Filter, Refresh, Accept,
            }
            /// The list of grants, and the detail beside it.
            List(ListAction) {
                FilterProvider, PreviousProvider, NextProvider, FilterStatus, FilterAccount, FilterLabel,
                FilterKind, FilterHealth, ClearFilters, Sort, ReverseSort, WorstFirst, Columns, Mark, MarkAll, ClearMarks,
                OnlyMarked, Tree, Parent, Watch, StopLoading, OpenLink, Views, MoreList, MoreDetail, MoveDetail,
            }
            /// Ids that are copied, or written into files.
            Copy(CopyAction) {
                CopyId, CopyMenu, Rename, WriteFile, ChoosePath,
            }
            /// Ids in files.
            Scan(ScanAction) {
                ScanAgain, StopScan, SwapId, RepairAll,
            }
            /// The request of a call.
            Request(RequestAction) {
                Send, EditField, NextField, PreviousField, Undo, Redo, RemoveField, SwitchMode, EditBody, RawBody,
                FormatBody, EditOutside, Presets, Operations, CopyAs,
            }
            /// The response of a call.
            Response(ResponseAction) {
                Fold, FoldAll, UnfoldAll, NextView, ShowHeaders, Wrap, CopyBody, CopyValue, CopyHeaders, NextMatch,
                PreviousMatch, SaveBody,
            }
            /// A call that is under way, held or was refused.
            Call(CallAction) {
                CancelCall, OtherMode, AllowHost, OpenApproval, AskAgain, ShowPicture,
            }
            /// Smoke tests.
            Smoke(SmokeAction) {
                Test, TestShown, OpenResult, TestFailures, GoOn, StopTest,
            }
            /// Grants that are made, renewed and ended.
            Manage(ManageAction) {
                Connect, Reconnect, SwitchAccount, ConnectAnew, Revoke, RevokeAgent, SignIn, TestSiblings,
            }
            /// The history of calls.
            History(HistoryAction) {
                OpenRecord, ResendRecord, MarkRecord, CompareRecords, OnlyThisGrant, ForgetRecord,
                ForgetAllRecords, NextRecord, PreviousRecord,
            }
            /// Lists of switches.
            Pick(PickAction) {
                Toggle, MoveEarlier, MoveLater,
            }
        }
    };
}

each_screen!(made);

impl From<Action> for &'static str {
    fn from(action: Action) -> Self {
        action.name()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
