#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    usher_fuzz::strict_json::holds(bytes);
});
