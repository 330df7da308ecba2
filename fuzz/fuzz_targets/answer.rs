//! See `grantdeck::fuzzing::answer`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::answer(data);
});
