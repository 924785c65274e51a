//! The names of the namespace `/`: plain events that any Socket.IO client can use, whatever its
//! language and age.

/// The room that every classic client is in, and that always exists.
pub const ROOM: &str = "chat";

/// Both ways, a string: a message to everyone in the room, the sender included.
pub const CHAT_MESSAGE: &str = "chat message";

/// Client to server, a string: answered with [`RESPONSE`].
pub const MESSAGE: &str = "message";

/// Server to client, a string: `Message received: <text>`.
pub const RESPONSE: &str = "response";

/// Server to client, `{code, message}`: the last [`CHAT_MESSAGE`] or [`MESSAGE`] was refused.
pub const REFUSED: &str = "refused";
