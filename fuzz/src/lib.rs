//! What must hold for any bytes, one module an input of strangers, providers or operators. A
//! target of cargo-fuzz calls one of these with bytes that it makes up; `tests/it/fuzz.rs` calls
//! each with the corpus, so that every `cargo test` does too. Each says whether the bytes were taken
//! for what they should be: a corpus has some that are, and some that are not.

pub mod callback;
pub mod config;
pub mod cookies;
pub mod expressions;
pub mod id_token;
pub mod jwks;
pub mod logout;
pub mod params;
pub mod strict_json;

mod op;
