//! The screens, and the table of them.
//!
//! A new one is its module, and its entry in the table.

mod body_roles;
pub mod call;
pub mod changes;
pub mod composer;
pub mod confirm;
pub mod connect;
pub mod copy;
pub mod detail;
pub mod grants;
pub mod help;
pub mod history;
pub mod page;
pub mod pick;
pub mod picture;
pub mod response;
pub mod revoke;
pub mod save_as;
pub mod scan;
pub mod smoke;

/// Hands the table to a macro: `View`, `Kind`, `Place` and `OpenAction` are made of it.
///
/// An entry is the view (a `screen` fills the terminal, a `popup` is drawn small over it) with the state that ends with
/// it, the type that implements [`super::screen::Screen`], the action that opens it, and the places where it has keys.
/// A place has the title of its help ("Keys of …") and the sentence that explains it in docs/keys.md; in a `text` place
/// printable keys are text. The names of actions and places are stable: keymap files use them.
macro_rules! each_screen {
    ($made:ident) => {
        $made! {
            /// The list, with the detail beside or below it where there is room.
            screen Grants = grants::GrantsScreen { Grants "the list" "The list of grants."; }
            /// The detail alone.
            screen Detail = detail::DetailScreen opens OpenDetail { Detail "the detail" "The detail of one grant."; }
            /// A test call.
            screen Call = call::CallScreen opens OpenCall {
                Composer "the request" "The request of a test call.";
                Field text "a field" "While editing a field of a request; text keys as in other inputs. Space, left and right switch the mode.";
                Editor text "the body" "While editing the body; the usual editor keys work (ctrl-u deletes to the line start).";
                Response "the response" "The response of a test call.";
            }
            /// The history of calls and writes.
            screen History = history::HistoryScreen opens CallHistory {
                History "the history" "The list of past calls and writes.";
                Comparison "the comparison" "The comparison of two past calls.";
            }
            /// A write of the history in full.
            popup PastWrite(PastWrite) = history::PastWriteScreen {}
            /// Grant ids in files.
            screen Scan = scan::ScanScreen opens OpenScan { Scan "ids in files" "Grant ids found in files."; }
            /// The board of a smoke test.
            screen Smoke = smoke::SmokeScreen opens ShowBoard { Smoke "the smoke test" "Progress and results of a smoke test."; }
            /// A link that somebody opens, and what came of it.
            screen Connect = connect::ConnectScreen { Connect "the link" "A link that somebody opens: a connection or a sign-in, and what came of it."; }
            /// Revoking grants: what it affects, then what became of each.
            screen Revoke = revoke::RevokeScreen { Revoke "the revocation" "Progress and outcomes of a revocation."; }
            /// The keys of the place below it.
            popup Help(Help) = help::HelpScreen { Help "the help" "The help screen, and full-screen texts."; }
            /// A list to pick from.
            popup Pick(Pick) = pick::PickScreen { Picker "pickers" "The command palette and other pickers."; }
            /// A question before something that cannot be taken back.
            popup Confirm(Confirm) = confirm::ConfirmScreen {
                Confirm "questions" "Before actions that cannot be undone. If a name is required, type it and press enter.";
            }
            /// The path of a file.
            popup Save(SaveAs) = save_as::SaveScreen {}
            /// A text to be selected.
            popup Page(Page) = page::PageScreen {}
            /// A link as a picture.
            popup Picture(Picture) = picture::PictureScreen {}
            /// The menu of formats to copy in.
            popup Copy(CopyMenu) = copy::CopyScreen { Copy "the copy menu" "Formats for copying ids."; }
            /// A change of files, before it is made.
            popup Changes(Changes) = changes::ChangesScreen { Changes "changes of files" "Preview of changes to files."; }
        }
    };
}

pub(crate) use body_roles::role_of;
pub(crate) use each_screen;
