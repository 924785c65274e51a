//! Socket.IO v5: packets, their arguments, and the life of one namespace.

pub(crate) mod ack;
pub(crate) mod args;
pub(crate) mod arguments;
pub(crate) mod binary;
pub(crate) mod buffer;
pub(crate) mod decode;
pub(crate) mod namespace;
pub(crate) mod packet;
pub(crate) mod placeholder;
pub(crate) mod retry;
