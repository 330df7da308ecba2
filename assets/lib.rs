//! The tables of this folder as text. They are a package, because one can embed only files of its own folder.

/// How ids are copied, one row per format.
pub const FORMATS: &str = include_str!("formats.toml");
/// The built-in keys.
pub const KEYMAP: &str = include_str!("keymap.toml");
/// Keys on top of the built-in ones, as in Emacs.
pub const KEYMAP_EMACS: &str = include_str!("keymaps/emacs.toml");
/// Keys on top of the built-in ones, as in Vim.
pub const KEYMAP_VIM: &str = include_str!("keymaps/vim.toml");
/// Where providers are, what they are asked and what is called first.
pub const PROVIDERS: &str = include_str!("providers.toml");
/// The sentences of each failure.
pub const REMEDIES: &str = include_str!("remedies.toml");
/// The words and sentences of each verdict of a smoke test.
pub const VERDICTS: &str = include_str!("verdicts.toml");

/// The built-in themes with their names, in the order in which the theme key cycles through them.
pub const THEMES: [(&str, &str); 4] = [
    ("dark", include_str!("themes/dark.toml")),
    ("light", include_str!("themes/light.toml")),
    ("contrast", include_str!("themes/contrast.toml")),
    ("mono", include_str!("themes/mono.toml")),
];

/// What bash runs to complete a command line.
pub const BASH_COMPLETIONS: &[u8] = include_bytes!("completions/grantdeck.bash");
/// What zsh runs to complete a command line.
pub const ZSH_COMPLETIONS: &[u8] = include_bytes!("completions/_grantdeck");
