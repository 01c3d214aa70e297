//! The world around a gateway under test. A test reads as somebody's story; what is tedious
//! about it stands here.

pub mod browser;
pub mod chromium;
pub mod clients;
pub mod clock;
pub mod console;
pub mod embedded;
pub mod keys;
pub mod liar;
pub mod library;
pub mod lie;
pub mod load;
pub mod log;
pub mod logout_token;
pub mod lying;
pub mod op;
pub mod postgres;
pub mod proxy;
pub mod pypi;
pub mod script;
pub mod secrets;
pub mod server;
pub mod settings;
pub mod table;
pub mod tls;
pub mod tunnel;
pub mod usher;
pub mod vendor;
pub mod wire;
pub mod world;

pub use browser::{Browser, Request};
pub use console::Console;
pub use embedded::Embedded;
pub use lie::{ClientAuth, Lie};
pub use load::refused_at_load;
pub use lying::{Lying, lying};
pub use op::{Op, Shape};
pub use settings::Settings;
pub use usher::How;
pub use vendor::{claims_of, names, token_in, verify};
pub use wire::Response;
pub use world::{SUPPORT, World};
