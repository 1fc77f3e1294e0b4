//! What the measurements share.

pub mod cpu;
pub mod server;
pub mod table;
