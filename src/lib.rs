//! Usher, an SSO redirect gateway.

pub mod access;
pub mod audit;
pub mod claims;
pub mod clock;
pub mod config;
pub mod delivery;
pub mod demo;
pub mod identity;
pub mod mint;
pub mod params;
pub mod session;
pub mod signer;
pub mod store;
pub mod types;
