//! The layers, and what each may import.

/// A layer and what it may import.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    /// The layers it may name.
    pub(crate) layers: &'static [&'static str],
    pub(crate) crates: Crates,
    /// Parts of the standard library that it must not name outside tests.
    pub(crate) without: &'static [&'static str],
}

pub(crate) enum Crates {
    /// Only these.
    Only(&'static [&'static str]),
    /// What the `Cargo.toml` of the layer says; the compiler checks it, and the layers too.
    Package,
    /// All but these.
    AllExcept(&'static [&'static str]),
}

/// The world outside, and time.
const WORLD: &[&str] =
    &["std::fs", "std::net", "std::env", "std::process", "std::thread", "std::io", "SystemTime", "Instant"];

/// A layer that is a package: the compiler checks what it imports.
const fn package(name: &'static str, without: &'static [&'static str]) -> Layer {
    Layer { name, layers: &[], crates: Crates::Package, without }
}

/// Each layer comes after those that it may import.
pub(crate) const LAYERS: &[Layer] = &[
    package("domain", WORLD),
    package("protocol", WORLD),
    package("search", WORLD),
    package("body", WORLD),
    // The environment names proxies: the HTTP library reads it here, and what it cannot read is refused here.
    package("api", &["std::fs", "std::process"]),
    package("disk", &["std::net", "std::process", "Instant"]),
    package("store", &["std::net"]),
    package("edit", &["std::net", "std::env", "std::process", "std::thread", "Instant"]),
    package("jobs", &["std::env"]),
    package("sandbox", &["SystemTime", "Instant"]),
    Layer {
        name: "ui",
        layers: &["domain", "body"],
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
    Layer {
        name: "app",
        layers: &["domain", "body", "search", "ui"],
        crates: Crates::Only(&[
            "jiff",
            "ratatui",
            "ratatui_textarea",
            "serde",
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
    package("platform", &[]),
    package("session", &[]),
    Layer {
        name: "cli",
        layers: &[
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
            // For links that are shown as a code.
            "ui::qr",
        ],
        crates: Crates::AllExcept(&["ratatui", "tui_input"]),
        without: &[],
    },
    Layer {
        name: "tui",
        layers: &[
            "domain", "protocol", "body", "search", "api", "disk", "store", "edit", "jobs", "sandbox", "ui",
            "app", "platform", "session",
        ],
        crates: Crates::AllExcept(&[]),
        without: &[],
    },
    Layer {
        // Compiled for tests and fuzzers only; nobody knows it.
        name: "fuzzing",
        layers: &["domain", "protocol", "search", "body", "edit", "app", "platform"],
        crates: Crates::AllExcept(&[
            "tokio",
            "tokio_util",
            "reqwest",
            "axum",
            "ratatui",
            "crossterm",
            "clap",
        ]),
        without: WORLD,
    },
];

/// What `main.rs` may name.
pub(crate) const MAIN: &[&str] = &["cli", "tui", "platform", "domain", "store", "sandbox", "ui::Depth"];
