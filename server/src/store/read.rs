//! What reads give that is not on the wire as it stands.

use parlour_events::{Author, Role};

use super::SessionKey;

/// Somebody as the store knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The session.
    pub(crate) session: SessionKey,
    /// Whose it is.
    pub(crate) person: Author,
    /// What they may do.
    pub(crate) role: Role,
    /// Until when they may not write, in milliseconds since 1970.
    pub(crate) muted_until: u64,
}

/// A page of a room's members; who of them is here, the store does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberPage {
    /// By name.
    pub(crate) members: Vec<(Author, Role)>,
    /// There are more behind the last one.
    pub(crate) more: bool,
}
