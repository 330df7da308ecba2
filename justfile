# Everyday commands; `just` alone lists them.

default:
    @just --list --unsorted

# Open everything on the embedded sandbox: no account, no network.
demo *arguments:
    cargo run --release -- --demo {{arguments}}

# What CI runs.
check:
    .ci/run

# Tests; with words, only those whose names contain them.
test *words:
    scripts/test {{words}}

# Format and lint as CI demands it.
lint:
    cargo fmt
    cargo clippy --all-targets -- -D warnings

# Print docs/keys.md, docs/providers.md, docs/formats.md and the README's key table again from their tables.
docs:
    UPDATE_DOCS=1 cargo test --lib docs

# Take the README's pictures again, of the real program.
pictures:
    UPDATE_DOCS=1 cargo test --test tui portrait

# Look through changed screen snapshots (cargo install cargo-insta).
review:
    cargo insta review

# Measure speed; nothing in the tests does.
bench *names:
    cargo bench {{names}}

# Licences, duplicates and spelling (cargo install cargo-deny typos-cli).
audit:
    cargo deny check bans licenses sources
    typos

# The binary as it is shipped: full link-time optimisation, stripped.
dist:
    cargo build --profile dist
