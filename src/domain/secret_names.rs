//! Names whose values are secret.
//!
//! This is the only such table: pasted commands, exported calls, the history and the audit log all use it, so
//! that they redact the same. Names are compared ignoring case and punctuation.

/// Where a name occurs, since its meaning depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header.
    Header,
    /// A parameter of a URL or form.
    Parameter,
    /// A field of a body.
    Field,
}

/// Complete names, in lower case, letters and digits only.
const WHOLE: [&str; 52] = [
    "authorization",
    "proxyauthorization",
    "authentication",
    "auth",
    "xauth",
    "xgoogauthorization",
    "assertion",
    "bearer",
    "cookie",
    "setcookie",
    "apikey",
    "xapikey",
    "xgoogapikey",
    "authtoken",
    "xauthtoken",
    "accesstoken",
    "xshopifyaccesstoken",
    "privatetoken",
    "refreshtoken",
    "idtoken",
    "sessiontoken",
    "securitytoken",
    "xamzsecuritytoken",
    "xamzsignature",
    "xamzcredential",
    "xgoogsignature",
    "xgoogcredential",
    "bearertoken",
    "usertoken",
    "clientsecret",
    "clientassertion",
    "secret",
    "secretkey",
    "secretaccesskey",
    "signingsecret",
    "webhooksecret",
    "password",
    "passwd",
    "privatekey",
    "token",
    "codeverifier",
    "sig",
    "pwd",
    "passphrase",
    "passcode",
    "sessionid",
    "jsessionid",
    "phpsessid",
    "sessid",
    "jwt",
    "otp",
    "totp",
];

/// Words that make a name secret anywhere in it.
const WORDS: [&str; 16] = [
    "password",
    "passwords",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "apikey",
    "jwt",
    "cookie",
    "cookies",
    "otp",
    "totp",
];

/// Substrings that make a name secret if its words are not separated.
const UNSEPARATED: [&str; 8] =
    ["password", "passwd", "passphrase", "passcode", "apikey", "apisecret", "clientsecret", "secretkey"];

/// Words that make a header name secret.
const HEADER_WORDS: [&str; 7] = ["auth", "authorization", "token", "session", "signature", "csrf", "xsrf"];

/// Suffixes of names that are not secret, although `key` or `token` is their last word.
const NOT_SECRET: [&str; 22] = [
    "idempotencykey",
    "surrogatekey",
    "publickey",
    "primarykey",
    "foreignkey",
    "sortkey",
    "partitionkey",
    "projectkey",
    "issuekey",
    "parentkey",
    "objectkey",
    "cachekey",
    "rowkey",
    "messagekey",
    "routingkey",
    "groupkey",
    "dedupkey",
    "deduplicationkey",
    "pagetoken",
    "synctoken",
    "continuationtoken",
    "nexttoken",
];

/// Suffixes that make an unseparated `…key` secret.
const KEY_SUFFIXES: [&str; 14] = [
    "privatekey",
    "secretkey",
    "accesskey",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "sharedkey",
    "appkey",
    "authkey",
    "clientkey",
    "licensekey",
    "servicekey",
    "applicationkey",
    "subscriptionkey",
];

/// Whether the value of this name is secret.
pub fn is_secret_name(name: &str, place: Place) -> bool {
    let words = words(name);
    let folded = words.concat();
    if WHOLE.contains(&folded.as_str()) || UNSEPARATED.iter().any(|part| folded.contains(part)) {
        return true;
    }
    if words.iter().any(|word| WORDS.contains(&word.as_str())) {
        return true;
    }
    if NOT_SECRET.iter().any(|end| folded.ends_with(end)) {
        return false;
    }
    let last = words.last().map_or("", String::as_str);
    let compound = words.len() > 1;
    match place {
        Place::Header => {
            words.iter().any(|word| HEADER_WORDS.contains(&word.as_str()))
                || folded.ends_with("token")
                || folded.ends_with("key")
                || folded.ends_with("secret")
                || folded.ends_with("signature")
                || folded.ends_with("session")
        }
        // `?key=` is an API key at Google and others; `key` in a body is usually a name.
        Place::Parameter => {
            folded.ends_with("token") || last == "key" || last == "signature" || is_key(&folded)
        }
        Place::Field => folded.ends_with("token") || (compound && last == "key") || is_key(&folded),
    }
}

/// Fields that contain the name of a sibling field's value, folded like the names above.
const NAMES_OF_PAIRS: [&str; 9] =
    ["name", "key", "field", "fieldname", "header", "parameter", "param", "variable", "k"];

/// Fields that contain such a value.
const VALUES_OF_PAIRS: [&str; 7] = ["value", "values", "val", "content", "data", "defaultvalue", "v"];

/// Whether a field of this name contains the name of a sibling: `{"name": "password", "value": "x"}`.
pub fn is_name_of_pair(name: &str) -> bool {
    NAMES_OF_PAIRS.contains(&words(name).concat().as_str())
}

/// Whether a field of this name contains the value of such a pair.
pub fn is_value_of_pair(name: &str) -> bool {
    VALUES_OF_PAIRS.contains(&words(name).concat().as_str())
}

/// Whether the name in such a pair is secret; it may be a header name.
pub fn names_secret(name: &str) -> bool {
    is_secret_name(name, Place::Field) || is_secret_name(name, Place::Header)
}

/// Splits a line like `password: x` into name and value if the name is secret anywhere. The value includes
/// the whitespace before it.
pub fn secret_label(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(':')?;
    let name = label.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
    let one = !name.is_empty() && !name.contains(char::is_whitespace);
    let secret = names_secret(name);
    // `//` would be a URL.
    let filled = !value.trim().is_empty() && !value.starts_with("//");
    (one && secret && filled).then_some((name, value))
}

fn is_key(folded: &str) -> bool {
    KEY_SUFFIXES.iter().any(|end| folded.ends_with(end))
}

/// Splits a name into lower-case words: `X-Api_Key`, `apiKey` and `APIKey` have two or three.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (at, character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            open = false;
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| characters.get(before));
        let after = characters.get(at + 1);
        // `aB`, and the `B` of `AABb`.
        let hump = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if !open || hump {
            words.push(String::new());
            open = true;
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_judged_by_where_it_stands() {
        // Header, parameter, field.
        let cases = [
            ("Authorization", true, true, true),
            ("proxy-authorization", true, true, true),
            ("Set-Cookie", true, true, true),
            ("X-API-Key", true, true, true),
            ("DD-APPLICATION-KEY", true, true, true),
            ("X-Warehouse-Token", true, true, true),
            ("x-hub-signature-256", true, false, false),
            ("X-Signature", true, true, false),
            ("key", true, true, false),
            ("apiKey", true, true, true),
            ("APIKey", true, true, true),
            ("newPassword", true, true, true),
            ("user[password]", true, true, true),
            ("dbpassword", true, true, true),
            ("client_secret", true, true, true),
            ("secretAccessKey", true, true, true),
            ("ssh_private_key", true, true, true),
            ("accesskey", true, true, true),
            ("botToken", true, true, true),
            ("authtoken", true, true, true),
            ("next_page_token", false, false, false),
            ("nextPageToken", false, false, false),
            ("issueKey", false, false, false),
            ("public_key", false, false, false),
            ("Idempotency-Key", false, false, false),
            ("max_tokens", false, false, false),
            ("token_type", true, false, false),
            ("monkey", true, false, false),
            ("WWW-Authenticate", false, false, false),
            ("Content-Type", false, false, false),
            ("author", false, false, false),
            ("otp", true, true, true),
            ("sms_otp", true, true, true),
            ("passcode", true, true, true),
            ("userpasscode", true, true, true),
            ("old_password_confirmation", true, true, true),
            ("xgoogsignature", true, true, true),
            ("PHPSESSID", true, true, true),
            ("auth", true, true, true),
            ("Ocp-Apim-Subscription-Key", true, true, true),
            ("X-Request-Id", false, false, false),
            ("Notion-Version", false, false, false),
            ("q", false, false, false),
            ("", false, false, false),
        ];
        for (name, header, parameter, field) in cases {
            let have =
                [Place::Header, Place::Parameter, Place::Field].map(|place| is_secret_name(name, place));
            assert_eq!(have, [header, parameter, field], "{name}");
        }
    }
}
