//! The rooms, and what each may know.

/// A room and what it may know.
pub(crate) struct Room {
    pub(crate) name: &'static str,
    /// The rooms it may name.
    pub(crate) rooms: &'static [&'static str],
    /// Rooms that only its tests may name.
    pub(crate) in_tests: &'static [&'static str],
    pub(crate) crates: Crates,
    /// Parts of the standard library that it must not name outside tests.
    pub(crate) without: &'static [&'static str],
}

pub(crate) enum Crates {
    /// Only these.
    Only(&'static [&'static str]),
    /// All but these.
    AllBut(&'static [&'static str]),
}

/// The world outside, and time.
const WORLD: &[&str] =
    &["std::fs", "std::net", "std::env", "std::process", "std::thread", "std::io", "SystemTime", "Instant"];
const TERMINAL: &[&str] = &["ratatui", "crossterm", "tui_input", "clap"];

/// Each room stands behind those that it may know.
pub(crate) const ROOMS: &[Room] = &[
    Room {
        name: "domain",
        rooms: &[],
        in_tests: &[],
        crates: Crates::Only(&[
            "foldhash",
            "jiff",
            "percent_encoding",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "similar",
            "strsim",
            "strum",
            "thiserror",
            "toml",
            "unicode_segmentation",
            "unicode_width",
            "url",
            "uuid",
            "zeroize",
        ]),
        without: WORLD,
    },
    Room {
        name: "protocol",
        rooms: &["domain"],
        in_tests: &[],
        crates: Crates::AllBut(&["tokio", "tokio_util", "reqwest", "axum", "ratatui", "crossterm", "clap"]),
        without: WORLD,
    },
    Room {
        name: "search",
        rooms: &["domain"],
        in_tests: &[],
        crates: Crates::Only(&[
            "jiff",
            "nucleo_matcher",
            "strum",
            "unicode_segmentation",
            "unicode_width",
            "uuid",
        ]),
        without: WORLD,
    },
    Room {
        name: "body",
        rooms: &["domain"],
        in_tests: &[],
        crates: Crates::Only(&[
            "encoding_rs",
            "memchr",
            "serde_json",
            "similar",
            "strum",
            "thiserror",
            "unicode_segmentation",
            "unicode_width",
        ]),
        without: WORLD,
    },
    Room {
        name: "api",
        rooms: &["domain", "protocol"],
        in_tests: &["sandbox"],
        crates: Crates::AllBut(&["axum", "ratatui", "crossterm", "tui_input", "clap"]),
        // The environment names proxies: the HTTP library reads it here, and what it cannot read is refused here.
        without: &["std::fs", "std::process"],
    },
    Room {
        name: "disk",
        rooms: &[],
        in_tests: &[],
        crates: Crates::Only(&["data_encoding", "fastrand", "rustix", "sha2", "tempfile"]),
        without: &["std::net", "std::process", "Instant"],
    },
    Room {
        name: "store",
        rooms: &["domain", "disk"],
        in_tests: &[],
        crates: Crates::AllBut(&["reqwest", "axum", "ratatui", "crossterm", "tui_input", "clap"]),
        without: &["std::net"],
    },
    Room {
        name: "edit",
        rooms: &["domain", "disk"],
        in_tests: &[],
        crates: Crates::Only(&[
            "jsonc_parser",
            "memchr",
            "rustix",
            "serde",
            "serde_json",
            "similar",
            "thiserror",
            "toml_edit",
            "toml_parser",
            "tree_sitter",
            "tree_sitter_yaml",
            "uuid",
            "yaml_serde",
            "yamlpath",
        ]),
        without: &["std::net", "std::env", "std::process", "std::thread", "Instant"],
    },
    Room {
        name: "jobs",
        rooms: &["domain", "protocol", "body", "api", "edit", "search", "store"],
        in_tests: &["sandbox"],
        crates: Crates::AllBut(TERMINAL),
        without: &["std::env"],
    },
    Room {
        name: "sandbox",
        // Never `api`: it must not check itself with the code that it checks.
        rooms: &["domain", "protocol"],
        in_tests: &[],
        crates: Crates::AllBut(&["reqwest", "ratatui", "crossterm", "tui_input", "clap"]),
        without: &["SystemTime", "Instant"],
    },
    Room {
        name: "ui",
        rooms: &["domain", "body"],
        in_tests: &[],
        crates: Crates::Only(&[
            "qrcode",
            "ratatui",
            "strum",
            "thiserror",
            "toml",
            "unicode_segmentation",
            "unicode_width",
        ]),
        without: WORLD,
    },
    Room {
        name: "app",
        rooms: &["domain", "body", "search", "ui"],
        in_tests: &[],
        crates: Crates::Only(&[
            "jiff",
            "ratatui",
            "ratatui_textarea",
            "serde_json",
            "strum",
            "thiserror",
            "toml",
            "tui_input",
            "unicode_segmentation",
            "unicode_width",
            "uuid",
        ]),
        without: WORLD,
    },
    Room {
        name: "platform",
        rooms: &["domain", "disk"],
        in_tests: &[],
        crates: Crates::AllBut(&["reqwest", "axum", "ratatui", "tui_input", "clap"]),
        without: &[],
    },
    Room {
        name: "session",
        rooms: &["domain", "disk", "store", "jobs", "sandbox", "platform"],
        in_tests: &[],
        crates: Crates::AllBut(TERMINAL),
        without: &[],
    },
    Room {
        name: "cli",
        rooms: &[
            "domain",
            "protocol",
            "body",
            "search",
            "api",
            "disk",
            "store",
            "edit",
            "jobs",
            "sandbox",
            "platform",
            "session",
            // For `doctor`, which says what is wrong with the user's keys.
            "app::keymap",
        ],
        in_tests: &[],
        crates: Crates::AllBut(&["ratatui", "tui_input"]),
        without: &[],
    },
    Room {
        name: "tui",
        rooms: &[
            "domain", "protocol", "body", "search", "api", "disk", "store", "edit", "jobs", "sandbox", "ui",
            "app", "platform", "session",
        ],
        in_tests: &[],
        crates: Crates::AllBut(&[]),
        without: &[],
    },
    Room {
        // Compiled for tests and fuzzers only; nobody knows it.
        name: "fuzzing",
        rooms: &["domain", "protocol", "search", "body", "edit", "app", "platform"],
        in_tests: &[],
        crates: Crates::AllBut(&["tokio", "tokio_util", "reqwest", "axum", "ratatui", "crossterm", "clap"]),
        without: WORLD,
    },
];

/// What `main.rs` may name.
pub(crate) const MAIN: &[&str] = &["cli", "tui", "platform", "domain", "store", "sandbox", "ui::Depth"];
