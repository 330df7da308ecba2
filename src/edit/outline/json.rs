//! JSON: names are found from the tokens.

use jsonc_parser::common::Ranged;
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, parse_to_ast};

use super::{Outline, unquoted};
use crate::json::OPTIONS;

/// An open object or list.
struct Frame {
    step: Option<usize>,
    /// The index of the next value, in a list.
    place: Option<usize>,
    /// The name of the next value, in an object.
    named: Option<usize>,
}

pub(super) fn read(text: &str) -> Option<Outline> {
    let collect = CollectOptions { comments: CommentCollectionStrategy::AsTokens, tokens: true };
    let tokens = parse_to_ast(text, &collect, &OPTIONS).ok()?.tokens?;
    let mut outline = Outline::default();
    let mut frames: Vec<Frame> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let range = token.start()..token.end();
        match &token.token {
            Token::CommentLine(_) => outline.sign(range.start..range.start + 2),
            Token::CommentBlock(_) => {
                outline.sign(range.start..range.start + 2);
                outline.sign(range.end - 2..range.end);
            }
            Token::Colon => outline.sign(range),
            Token::Comma => {
                outline.sign(range);
                if let Some(Frame { place: Some(place), .. }) = frames.last_mut() {
                    *place += 1;
                }
            }
            Token::CloseBrace | Token::CloseBracket => {
                outline.sign(range);
                frames.pop();
            }
            open @ (Token::OpenBrace | Token::OpenBracket) => {
                outline.sign(range);
                let step = step(&mut outline, frames.last_mut());
                let place = (*open == Token::OpenBracket).then_some(0);
                frames.push(Frame { step, place, named: None });
            }
            Token::String(name) if is_name(&tokens, index) => {
                let inner = unquoted(text, range.clone());
                outline.sign(range.start..inner.start);
                outline.sign(inner.end..range.end);
                if let Some(frame) = frames.last_mut() {
                    frame.named = Some(outline.name_at(inner, name, frame.step));
                }
            }
            Token::String(_) | Token::Word(_) | Token::Boolean(_) | Token::Number(_) | Token::Null => {
                let step = step(&mut outline, frames.last_mut());
                outline.value(text, range, step);
            }
        }
    }
    Some(outline)
}

/// Whether a string is a name: in a valid file, only names are followed by a colon.
fn is_name(tokens: &[jsonc_parser::tokens::TokenAndRange<'_>], index: usize) -> bool {
    let is_comment = |token: &Token<'_>| matches!(token, Token::CommentLine(_) | Token::CommentBlock(_));
    let next = tokens.iter().skip(index + 1).find(|token| !is_comment(&token.token));
    next.is_some_and(|next| next.token == Token::Colon)
}

/// The step to the next value.
fn step(outline: &mut Outline, frame: Option<&mut Frame>) -> Option<usize> {
    let frame = frame?;
    match frame.place {
        Some(place) => Some(outline.place(frame.step, place)),
        None => frame.named.take(),
    }
}
