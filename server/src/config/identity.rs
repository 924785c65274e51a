//! Settings: who somebody is.

use std::{fmt, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use super::values::{duration, positive_duration, web_address};

/// Who somebody is, and for how long.
#[derive(Debug, Clone, Args)]
#[group(skip)]
#[command(next_help_heading = "Identity")]
pub struct Identity {
    /// How people say who they are: as guests with a nickname, or with a JWT of another system.
    #[arg(long, env = "PARLOUR_AUTH", value_name = "HOW", value_enum, default_value = "guest")]
    pub auth: Auth,

    /// File with the secret that JWTs are signed with (HS256), at least 32 bytes. The secret can
    /// be in the environment instead, as PARLOUR_JWT_SECRET.
    #[arg(long, env = "PARLOUR_JWT_SECRET_FILE", value_name = "FILE")]
    pub jwt_secret_file: Option<PathBuf>,

    /// File with the public key of whoever signs the JWTs, as PEM.
    #[arg(long, env = "PARLOUR_JWT_PUBLIC_KEY", value_name = "FILE")]
    pub jwt_public_key: Option<PathBuf>,

    /// What a JWT has to say in `aud`.
    #[arg(long, env = "PARLOUR_JWT_AUDIENCE", value_name = "TEXT")]
    pub jwt_audience: Option<String>,

    /// What a JWT has to say in `iss`.
    #[arg(long, env = "PARLOUR_JWT_ISSUER", value_name = "TEXT")]
    pub jwt_issuer: Option<String>,

    /// Where people of the other system get their JWT; the page leads there who has none.
    #[arg(long, env = "PARLOUR_SIGN_IN_URL", value_name = "URL", value_parser = web_address)]
    pub sign_in_url: Option<String>,

    /// Whether any Socket.IO client may talk in the room chat without saying who it is, in the
    /// namespace /; on for guests and off for JWTs if nothing is said.
    #[arg(long, env = "PARLOUR_CLASSIC", value_name = "SWITCH", value_enum)]
    pub classic: Option<Switch>,

    /// How long the token and the nickname of an absent guest are kept.
    #[arg(
        long,
        env = "PARLOUR_SESSION_LIFETIME",
        value_name = "TIME",
        default_value = "30d",
        value_parser = positive_duration
    )]
    pub session_lifetime: Duration,

    /// How long somebody still counts as present after the last connection was lost.
    #[arg(
        long,
        env = "PARLOUR_PRESENCE_GRACE",
        value_name = "TIME",
        default_value = "10s",
        value_parser = duration
    )]
    pub presence_grace: Duration,

    /// Most guests' tokens and nicknames kept at a time; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_SESSIONS", value_name = "N", default_value_t = 20_000)]
    pub max_sessions: usize,

    /// What JWTs are checked with: there exactly when `auth` is [`Auth::Jwt`].
    #[arg(skip)]
    pub jwt_key: Option<JwtKey>,
}

/// How people say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Auth {
    /// With a nickname, and then with the token they got for it.
    Guest,
    /// With a JWT of another system.
    Jwt,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Identity {
    /// Whether the namespace `/` is there.
    pub fn has_classic(&self) -> bool {
        match self.classic {
            Some(switch) => switch == Switch::On,
            None => self.auth == Auth::Guest,
        }
    }
}

/// What JWTs are checked with. Read when the server starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwtKey {
    /// The secret they are signed with.
    Secret(Secret),
    /// The public key of whoever signs them.
    Public {
        /// Where it was.
        file: PathBuf,
        /// What is in the file, as it stands there.
        pem: Vec<u8>,
    },
}

/// Bytes that nobody is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes. They are not to be logged.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(set)")
    }
}
