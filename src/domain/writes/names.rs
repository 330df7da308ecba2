//! Normalised names by which a request overrides its method.

/// Parts of header names that override the method or path.
const HEADERS: [&str; 11] = [
    "method",
    "httpverb",
    "originalurl",
    "originaluri",
    "originalpath",
    "rewriteurl",
    "rewriteuri",
    "rewritepath",
    "forwardeduri",
    "forwardedpath",
    "override",
];

/// Parts of parameter names that only serve to override the method.
const PARAMETERS: [&str; 7] = [
    "methodoverride",
    "overridemethod",
    "httpmethod",
    "requestmethod",
    "httpverb",
    "verboverride",
    "overrideverb",
];

/// Methods that a parameter may request.
const METHODS: [&str; 12] = [
    "post",
    "put",
    "patch",
    "delete",
    "merge",
    "purge",
    "copy",
    "move",
    "mkcol",
    "link",
    "unlink",
    "proppatch",
];

/// Parameters that name an operation.
const OPERATIONS: [&str; 13] = [
    "method",
    "verb",
    "action",
    "apiaction",
    "op",
    "operation",
    "cmd",
    "command",
    "function",
    "func",
    "task",
    "procedure",
    "rpc",
];

/// Verbs of operations that change data.
const WRITE_VERBS: [&str; 54] = [
    "add",
    "approve",
    "archive",
    "assign",
    "cancel",
    "clear",
    "close",
    "confirm",
    "copy",
    "create",
    "deactivate",
    "delete",
    "destroy",
    "disable",
    "drop",
    "edit",
    "enable",
    "execute",
    "insert",
    "install",
    "invite",
    "invoke",
    "kill",
    "launch",
    "leave",
    "lock",
    "merge",
    "move",
    "patch",
    "pay",
    "post",
    "publish",
    "purge",
    "put",
    "refund",
    "register",
    "reject",
    "remove",
    "rename",
    "replace",
    "reset",
    "restart",
    "restore",
    "revoke",
    "save",
    "send",
    "set",
    "start",
    "stop",
    "submit",
    "terminate",
    "update",
    "upload",
    "write",
];

/// Reduces a name to lower-case letters and digits: the loosest way in which servers compare names.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a header overrides method or path. As in CGI, `_` counts as `-`.
pub(super) fn is_override_header(name: &str) -> bool {
    let plain = plain(name);
    // A preflight request names the method of the request that follows.
    let bare = plain.strip_prefix('x').unwrap_or(&plain);
    bare == "verb"
        || (plain != "accesscontrolrequestmethod" && HEADERS.iter().any(|part| plain.contains(part)))
}

/// Whether a parameter overrides the method, or names an operation that changes data.
pub(super) fn overrides_method(name: &str, value: &str) -> bool {
    // `data[_method]`, `method[]` and `request.method` are read as their parts.
    name.split(['[', ']', '.']).chain([name]).any(|part| is_override(part, value))
}

fn is_override(name: &str, value: &str) -> bool {
    let name = name.trim();
    let bare = plain(name);
    let marked = name.starts_with(|first: char| !first.is_alphanumeric());
    if PARAMETERS.iter().any(|part| bare.contains(part)) || (marked && (bare == "method" || bare == "verb")) {
        return true;
    }
    let method = METHODS.contains(&plain(value).as_str());
    (method && (bare.contains("method") || bare.contains("verb")))
        || (OPERATIONS.contains(&bare.as_str()) && is_write_operation(value))
}

/// Whether a name such as `DeleteUser`, `photos.delete` or `delete_user` denotes a change.
fn is_write_operation(name: &str) -> bool {
    let words = words(name);
    let begins =
        |word: &String| WRITE_VERBS.iter().any(|change| change.len() > 5 && word.starts_with(change));
    // Without capitals it is unknown how to split `deleteuser`.
    words.iter().any(|word| WRITE_VERBS.contains(&word.as_str())) || words.first().is_some_and(begins)
}

/// The lower-case words of a name, split at capitals and at everything that is not a letter.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let small =
            |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_lowercase());
        let begins = letter.is_uppercase() && (small(at.checked_sub(1)) || small(Some(at + 1)));
        if begins || !letter.is_alphabetic() {
            words.push(String::new());
        }
        if letter.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_known_however_it_is_spelled() {
        for name in [
            "X-HTTP-Method-Override",
            "x_http_method_override",
            "X-HTTP-Method",
            "X-Method",
            "X-Method-Override",
            "X.Http.Method",
            "XMethodOverride",
            "X-HTTP-Verb-Override",
            "X-Verb",
            "_method",
            "X-Original-URL",
            "X_Original_URI",
            "X-Rewrite-URL",
            "X-Override-URL",
        ] {
            assert!(is_override_header(name), "{name}");
        }
        for name in [
            "Accept",
            "Access-Control-Request-Method",
            "access_control_request_method",
            "Authorization",
            "X-Url",
            "X-Verbose",
        ] {
            assert!(!is_override_header(name), "{name}");
        }
    }

    #[test]
    fn a_parameter_is_known_however_it_is_spelled() {
        for (name, value) in [
            ("_method", "x"),
            ("__method", "x"),
            ("_METHOD", ""),
            (":method", "x"),
            ("_method[]", "x"),
            ("data[_method]", "x"),
            ("methodOverride", "x"),
            ("method-override", "x"),
            ("X-HTTP-Method-Override", "x"),
            ("httpMethod", "x"),
            ("http_method", "x"),
            ("method", "delete"),
            ("method", " DELETE "),
            ("method[]", "DELETE"),
            ("method[0]", "PUT"),
            ("request.method", "PATCH"),
            ("myMethod", "post"),
            ("Action", "DeleteUser"),
            ("action", "delete_user"),
            ("method", "photos.delete"),
            ("action", "deleteuser"),
            ("op", "IAMDeleteUser"),
            ("cmd", "REMOVE"),
        ] {
            assert!(overrides_method(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("method", "search"),
            ("method", "GET"),
            ("payment_methods", "card"),
            ("methods", "card"),
            ("q", "DELETE"),
            ("Action", "ListUpdates"),
            ("action", "query"),
            ("action", "closest"),
            ("sort", "updated"),
            ("version", "2"),
        ] {
            assert!(!overrides_method(name, value), "{name}={value}");
        }
    }

    #[test]
    fn lists_are_sorted_so_that_nothing_stands_there_twice() {
        assert!(WRITE_VERBS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
