//! Black-box tests: the real binary, a certified provider, a lying one, stand-in vendors and a
//! real browser. Modules follow what people do; names cite the rule that a test holds.

mod abuse;
mod access;
mod api;
mod api_browser;
mod architecture;
mod audit;
mod binding;
mod browser;
mod callback;
mod claims;
mod commands;
mod config;
mod demo;
mod forged_tokens;
mod handover;
mod harness;
mod http;
mod init;
mod keys;
mod launch;
mod logout;
mod lying_provider;
mod ops;
mod portal;
mod presets;
mod production;
mod provider_flow;
mod provider_settings;
mod refusals;
mod session;
mod sign_in;
mod store_down;
mod tools;
mod ways;
mod window;
