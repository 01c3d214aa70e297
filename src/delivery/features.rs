//! What a vendor's page may ask its visitor for inside another page; the browser still asks before it grants.

/// The names that `allow` and `Permissions-Policy` have for it.
pub const FEATURES: [&str; 6] = [
    "camera",
    "microphone",
    "display-capture",
    "fullscreen",
    "autoplay",
    "clipboard-write",
];

/// The `allow` of a frame: all of it, for these origins alone (C-29).
pub fn allow(origins: &[&str]) -> String {
    let origins = origins.join(" ");
    FEATURES.map(|feature| format!("{feature} {origins}")).join("; ")
}
