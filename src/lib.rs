//! Usher, an SSO redirect gateway: people sign in with the OpenID provider they already have, and
//! each click carries them into an app with a short-lived token made the way its vendor wants it.
//!
//! # The way through the house
//!
//! ```text
//! config file ──parse, check everything──▶ Config (immutable, valid by construction)
//! request ─▶ session ─▶ Identity ─▶ Grant ─▶ ClaimSet ─▶ SignedToken ─▶ Receipt ─▶ Launch
//!            session    identity    access   claims      signer         audit      delivery
//! ```
//!
//! Data goes one way. Each of these types is made only in its own module and only from the one
//! before it, so that there is no token without a grant and no redirect without a durable record.
//! The steps from identity to signer are pure functions of their inputs and a time; [`mint`] puts
//! them in a row for everybody who needs a token.
//!
//! # Who knows whom
//!
//! [`types`] and [`clock`] know nothing of ours. A stage knows the stages before it, never [`web`]
//! or [`app`]. [`config`] puts the compiled parts of the stages together; [`store`] keeps what
//! outlives a request; [`decision`] and [`why`] say why somebody was turned away; [`drift`] tells when
//! providers' claims change; [`link`] writes what people paste elsewhere; [`xray`] looks at a person at
//! an app without launching; [`lab`] makes tokens that are wrong on purpose; [`web`] speaks HTTP;
//! [`app`] composes all; [`cli`] is what people type. A test reads the `use` lines and fails on any
//! other edge.

pub mod access;
pub mod app;
pub mod audit;
pub mod claims;
pub mod cli;
pub mod clock;
pub mod config;
pub mod decision;
pub mod delivery;
mod demo;
pub mod drift;
pub mod expression;
pub mod http;
pub mod identity;
pub mod lab;
mod lifecycle;
pub mod link;
mod memory;
pub mod mint;
pub mod params;
pub mod rooms;
pub mod session;
pub mod signer;
pub mod store;
mod telemetry;
pub mod types;
pub mod vendors;
pub mod verify;
pub mod web;
pub mod why;
pub mod xray;
