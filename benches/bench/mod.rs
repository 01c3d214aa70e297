//! What the benchmarks share: a gateway, people who click, and what that costs.

pub mod clicks;
pub mod connection;
pub mod cpu;
pub mod figures;
pub mod gateway;
pub mod people;
