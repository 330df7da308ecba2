//! The layers, and what each may import.

/// A layer and what it may import.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    /// The layers it may name.
    pub(crate) layers: &'static [&'static str],
    /// Layers that only its tests may name.
    pub(crate) in_tests: &'static [&'static str],
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

/// Each layer comes after those that it may import.
pub(crate) const LAYERS: &[Layer] = &[
    Layer { name: "domain", layers: &[], in_tests: &[], crates: Crates::Package, without: WORLD },
    Layer { name: "protocol", layers: &[], in_tests: &[], crates: Crates::Package, without: WORLD },
    Layer { name: "search", layers: &[], in_tests: &[], crates: Crates::Package, without: WORLD },
    Layer { name: "body", layers: &[], in_tests: &[], crates: Crates::Package, without: WORLD },
    Layer {
        name: "api",
        layers: &[],
        in_tests: &[],
        crates: Crates::Package,
        // The environment names proxies: the HTTP library reads it here, and what it cannot read is refused here.
        without: &["std::fs", "std::process"],
    },
    Layer {
        name: "disk",
        layers: &[],
        in_tests: &[],
        crates: Crates::Package,
        without: &["std::net", "std::process", "Instant"],
    },
    Layer { name: "store", layers: &[], in_tests: &[], crates: Crates::Package, without: &["std::net"] },
    Layer {
        name: "edit",
        layers: &[],
        in_tests: &[],
        crates: Crates::Package,
        without: &["std::net", "std::env", "std::process", "std::thread", "Instant"],
    },
    Layer { name: "jobs", layers: &[], in_tests: &[], crates: Crates::Package, without: &["std::env"] },
    Layer {
        name: "sandbox",
        layers: &[],
        in_tests: &[],
        crates: Crates::Package,
        without: &["SystemTime", "Instant"],
    },
    Layer {
        name: "ui",
        layers: &["domain", "body"],
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
    Layer {
        name: "app",
        layers: &["domain", "body", "search", "ui"],
        in_tests: &[],
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
    Layer { name: "platform", layers: &[], in_tests: &[], crates: Crates::Package, without: &[] },
    Layer { name: "session", layers: &[], in_tests: &[], crates: Crates::Package, without: &[] },
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
        in_tests: &[],
        crates: Crates::AllExcept(&["ratatui", "tui_input"]),
        without: &[],
    },
    Layer {
        name: "tui",
        layers: &[
            "domain", "protocol", "body", "search", "api", "disk", "store", "edit", "jobs", "sandbox", "ui",
            "app", "platform", "session",
        ],
        in_tests: &[],
        crates: Crates::AllExcept(&[]),
        without: &[],
    },
    Layer {
        // Compiled for tests and fuzzers only; nobody knows it.
        name: "fuzzing",
        layers: &["domain", "protocol", "search", "body", "edit", "app", "platform"],
        in_tests: &[],
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
