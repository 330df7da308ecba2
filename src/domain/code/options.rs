//! The options of curl, as far as needed to read a pasted command.

/// What an option means for the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// `-X METHOD`.
    Request,
    /// `-H LINE`.
    Header,
    /// `-d TEXT`, where a leading `@` names a file.
    Data,
    /// `--data-raw TEXT`, where it does not.
    DataRaw,
    /// `--data-urlencode NAME=TEXT`.
    DataEncoded,
    /// `--url-query NAME=TEXT`.
    UrlQuery,
    /// `--json TEXT`.
    Json,
    /// `-G`: data goes into the query.
    Get,
    /// `-I`.
    Head,
    /// `-b COOKIES`, or a file of them.
    Cookie,
    /// A header that has an option of its own.
    Named(&'static str),
    /// `-r BYTES`.
    Range,
    /// `--url URL`.
    Url,
    /// A credential.
    Secret,
    /// A form part, which a draft cannot represent.
    Form,
    /// Uploads a file.
    Upload,
    /// `-g`.
    PlainUrl,
    /// `-L`.
    Location,
    /// `-k`.
    Insecure,
    /// The next call follows.
    Next,
    /// Irrelevant for a draft.
    Nothing,
    /// Irrelevant, with a value.
    NothingWithValue,
}

impl Meaning {
    /// Whether a value follows.
    pub(super) fn takes_value(self) -> bool {
        !matches!(
            self,
            Self::Get
                | Self::Head
                | Self::PlainUrl
                | Self::Location
                | Self::Insecure
                | Self::Next
                | Self::Nothing
        )
    }
}

/// Long name, short letter, meaning.
const OPTIONS: [(&str, char, Meaning); 26] = [
    ("request", 'X', Meaning::Request),
    ("header", 'H', Meaning::Header),
    ("data", 'd', Meaning::Data),
    ("data-ascii", '\0', Meaning::Data),
    ("data-binary", '\0', Meaning::Data),
    ("data-raw", '\0', Meaning::DataRaw),
    ("data-urlencode", '\0', Meaning::DataEncoded),
    ("url-query", '\0', Meaning::UrlQuery),
    ("json", '\0', Meaning::Json),
    ("get", 'G', Meaning::Get),
    ("head", 'I', Meaning::Head),
    ("cookie", 'b', Meaning::Cookie),
    ("user-agent", 'A', Meaning::Named("User-Agent")),
    ("referer", 'e', Meaning::Named("Referer")),
    ("range", 'r', Meaning::Range),
    ("url", '\0', Meaning::Url),
    ("user", 'u', Meaning::Secret),
    ("proxy-user", 'U', Meaning::Secret),
    ("oauth2-bearer", '\0', Meaning::Secret),
    ("form", 'F', Meaning::Form),
    ("form-string", '\0', Meaning::Form),
    ("upload-file", 'T', Meaning::Upload),
    ("globoff", 'g', Meaning::PlainUrl),
    ("location", 'L', Meaning::Location),
    ("location-trusted", '\0', Meaning::Location),
    ("insecure", 'k', Meaning::Insecure),
];

/// Irrelevant long options with a value.
const WITH_VALUE: [&str; 72] = [
    "abstract-unix-socket",
    "alt-svc",
    "aws-sigv4",
    "cacert",
    "capath",
    "cert",
    "cert-type",
    "ciphers",
    "config",
    "connect-timeout",
    "connect-to",
    "continue-at",
    "cookie-jar",
    "create-file-mode",
    "crlfile",
    "curves",
    "delegation",
    "dns-interface",
    "dns-ipv4-addr",
    "dns-ipv6-addr",
    "dns-servers",
    "doh-url",
    "dump-header",
    "ech",
    "egd-file",
    "engine",
    "etag-compare",
    "etag-save",
    "expect100-timeout",
    "haproxy-clientip",
    "happy-eyeballs-timeout-ms",
    "hostpubmd5",
    "hsts",
    "interface",
    "ip-tos",
    "keepalive-cnt",
    "keepalive-time",
    "key",
    "key-type",
    "libcurl",
    "limit-rate",
    "local-port",
    "login-options",
    "max-filesize",
    "max-redirs",
    "max-time",
    "netrc-file",
    "noproxy",
    "output",
    "output-dir",
    "parallel-max",
    "pass",
    "pinnedpubkey",
    "preproxy",
    "proto",
    "proto-default",
    "proto-redir",
    "proxy",
    "proxy-header",
    "rate",
    "request-target",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "socks5",
    "socks5-hostname",
    "speed-limit",
    "speed-time",
    "stderr",
    "time-cond",
    "tls-max",
];

/// More of them, paired with others or rarer.
const RARE_WITH_VALUE: [&str; 12] = [
    "tls13-ciphers",
    "trace",
    "trace-ascii",
    "trace-config",
    "unix-socket",
    "variable",
    "vlan-priority",
    "write-out",
    "socks4",
    "socks4a",
    "sigalgs",
    "quote",
];

/// Irrelevant short options with a value.
const SHORT_WITH_VALUE: &str = "CDEKPQYcmotwxyz";

/// The meaning of a long option without its `--`. An unknown name is assumed to take no value.
pub(super) fn long(name: &str) -> Meaning {
    if let Some((_, _, meaning)) = OPTIONS.iter().find(|(known, _, _)| *known == name) {
        return *meaning;
    }
    match name {
        "next" => Meaning::Next,
        "proxy-pass" => Meaning::Secret,
        name if WITH_VALUE.contains(&name) || RARE_WITH_VALUE.contains(&name) => Meaning::NothingWithValue,
        _ => Meaning::Nothing,
    }
}

/// The meaning of a short option.
pub(super) fn short(letter: char) -> Meaning {
    if let Some((_, _, meaning)) = OPTIONS.iter().find(|(_, known, _)| *known == letter && letter != '\0') {
        return *meaning;
    }
    match letter {
        ':' => Meaning::Next,
        letter if SHORT_WITH_VALUE.contains(letter) => Meaning::NothingWithValue,
        _ => Meaning::Nothing,
    }
}
