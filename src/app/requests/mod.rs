//! What the screen asks of the world: a type for each request, which names its answer and takes it in.
//!
//! A new one is its type and its `impl Request` in a file here, how it is carried out (`impl Run` in the file of the
//! same name in `tui/requests`), and its line in `table.rs`.

// A job or an answer that no arm takes would be lost without a word.
#![deny(clippy::wildcard_enum_match_arm)]

mod bodies;
mod calls;
mod changes;
mod connect;
mod copying;
mod history;
mod list;
mod names;
mod operations;
mod programs;
mod revoke;
mod scan;
mod session;
mod smoke;
mod table;

use std::fmt;

pub use bodies::*;
pub use calls::*;
pub use changes::*;
pub use connect::*;
pub use copying::*;
pub use history::*;
pub use list::*;
pub use names::*;
pub use operations::*;
pub use programs::*;
pub use revoke::*;
pub use scan::*;
pub use session::*;
pub use smoke::*;
pub(crate) use table::each_request;

use super::{Effect, Model, Ticket};
use crate::domain::{Diagnosis, Now};

/// A question to the world.
pub trait Request: fmt::Debug + PartialEq + Send + Sized + 'static {
    /// What is answered.
    type Answer: fmt::Debug + Send + 'static;

    /// Its question may have further answers after the first; then whoever takes them in ends its slot.
    const SEVERAL: bool = false;

    /// The answer where the work for it broke. None: there is none, for the screen would only ask the same again.
    fn failed(fault: Diagnosis) -> Option<Self::Answer>;

    /// Takes an answer in whose ticket is current.
    fn answered(model: &mut Model, ticket: Ticket, answer: Self::Answer, now: Now) -> Vec<Effect>;
}

/// A request that stands in the table.
pub trait Listed: Request + Into<Job> {
    /// Its answer as one of all.
    fn answer(answer: Self::Answer) -> Answer;
}

macro_rules! made {
    ($($(#[$about:meta])* $slot:ident: $($request:ident),+;)+) => {
        /// The names under which at most one question is current.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter)]
        pub enum Slot {
            $($(#[$about])* $slot,)+
        }

        /// One of the requests.
        #[derive(Debug, PartialEq)]
        #[cfg_attr(test, derive(strum::EnumCount))]
        pub enum Job {
            $($(#[doc = concat!("A [`", stringify!($request), "`].")] $request($request),)+)+
        }

        /// An answer to one of the requests.
        #[derive(Debug)]
        #[expect(clippy::large_enum_variant, reason = "an answer travels in a box; there is one session")]
        pub enum Answer {
            $($(
                #[doc = concat!("To a [`", stringify!($request), "`].")]
                $request(<$request as Request>::Answer),
            )+)+
        }

        impl Job {
            /// The slot that its question goes into.
            pub fn slot(&self) -> Slot {
                match self {
                    $($(Self::$request(_) => Slot::$slot,)+)+
                }
            }
        }

        impl Answer {
            /// Whether its question may have further ones.
            pub(super) fn is_one_of_several(&self) -> bool {
                match self {
                    $($(Self::$request(_) => <$request as Request>::SEVERAL,)+)+
                }
            }

            /// Takes it in.
            pub(super) fn take_in(self, model: &mut Model, ticket: Ticket, now: Now) -> Vec<Effect> {
                match self {
                    $($(Self::$request(answer) => <$request as Request>::answered(model, ticket, answer, now),)+)+
                }
            }
        }

        $($(
            impl From<$request> for Job {
                fn from(request: $request) -> Self {
                    Self::$request(request)
                }
            }

            impl Listed for $request {
                fn answer(answer: Self::Answer) -> Answer {
                    Answer::$request(answer)
                }
            }
        )+)+
    };
}

each_request!(made);
