//! Load, failures, and the proof that nothing was lost, doubled, reordered or made up.
//!
//! ```text
//!  Load ──offers──▶ Bot ──▶ [proxy that fails] ──▶ server that is killed
//!                    │                                │
//!                 Record: what was asked,          the log as a witness reads it over the wire,
//!                 answered and read                and as `parlour export` writes it
//!                    └──────────▶ checker ◀───────────┘
//! ```
//!
//! * [`bot`]: a person with one connection, who keeps to the contract: an outbox that is sent
//!   again under the same ids until answered, and [`replica`]s of rooms that are caught up with;
//! * [`swarm`]: many of them, and a load that is paced by time, not by answers;
//! * [`record`]: what all of them asked for, were answered, and read, in the order of time;
//! * [`checker`]: that record beside the server's final log;
//! * [`log`]: how that log is read;
//! * [`arena`]: a server, a swarm, and the end of a run with everything that is checked then;
//! * [`fold`], [`request`]: the state that a log amounts to, and what is asked for;
//! * [`stuck`]: somebody who has joined and does not read;
//! * [`disk`]: a small disk, and a database that somebody else has locked;
//! * [`random`]: a seed that is printed, and what follows from it.

pub mod arena;
pub mod bot;
pub mod checker;
pub mod disk;
pub mod fold;
pub mod log;
pub mod random;
pub mod record;
pub mod replica;
pub mod request;
pub mod stuck;
pub mod swarm;
