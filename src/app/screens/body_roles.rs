//! How the pieces of a body look.

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
