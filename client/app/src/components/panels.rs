//! x
use crate::{dom::{Html, nothing}, session::Session};
/// x
pub fn panels(_: Session) -> Html { nothing() }
