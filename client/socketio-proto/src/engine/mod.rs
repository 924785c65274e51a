//! Engine.IO v4: packets, the handshake, and the life of one connection.

pub(crate) mod handshake;
pub(crate) mod packet;
pub(crate) mod payload;
mod polling;
pub(crate) mod session;
mod upgrade;
