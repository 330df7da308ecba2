//! The screens: each a piece of the model, its update and its view.

pub mod call;
pub mod changes;
pub mod composer;
pub mod confirm;
pub mod copy;
pub mod detail;
pub mod grants;
pub mod help;
pub mod history;
pub mod page;
pub mod pick;
pub mod picture;
pub mod response;
pub mod save_as;
pub mod scan;
pub mod smoke;

use crate::body::Class;
use crate::ui::Role;

/// How a piece of a body looks.
pub(crate) fn role_of(class: Class) -> Role {
    match class {
        Class::Punctuation => Role::CodeMark,
        Class::Key => Role::CodeKey,
        Class::String => Role::CodeString,
        Class::Number | Class::Byte => Role::CodeNumber,
        Class::Literal => Role::CodeLiteral,
        Class::Text => Role::Text,
        Class::Offset | Class::Dim => Role::TextDim,
        Class::Match => Role::Match,
    }
}
