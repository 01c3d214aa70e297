//! What browsers see.

pub mod accent;
pub mod assets;
pub mod pages;
pub mod text;
