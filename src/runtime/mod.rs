//! The loop, the terminal, the effects.
