//! Socket.IO v5: packets, their arguments, and the life of one namespace.

pub(crate) mod ack;
pub(crate) mod args;
pub(crate) mod binary;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod namespace;
pub(crate) mod packet;
