//! Settings: who may connect, from where, and how long things may take.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use ipnet::IpNet;

use super::values::{duration, host_and_port, network, positive_duration};
use crate::origin::{Allowed, Origin, embedder};

/// Where the server is found, and by whom.
#[derive(Debug, Clone, Args)]
#[group(skip)]
#[command(next_help_heading = "Network")]
pub struct Network {
    /// Address to listen on; port 0 takes any free one.
    #[arg(
        long,
        env = "PARLOUR_LISTEN",
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:3000",
        value_parser = host_and_port
    )]
    pub listen: String,

    /// Certificate chain for HTTPS, as PEM. Read again on SIGHUP.
    #[arg(long, env = "PARLOUR_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key, as PEM. Read again on SIGHUP.
    #[arg(long, env = "PARLOUR_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Another site whose pages may use this chat, such as `https://example.com`; `*`
    /// for any. Repeat it or separate several by commas.
    #[arg(
        long,
        env = "PARLOUR_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = Allowed::parse
    )]
    pub allow_origin: Vec<Allowed>,

    /// Another site whose pages may show the chat in a frame, as `/?embed=chat`. Repeat it or
    /// separate several by commas.
    #[arg(
        long,
        env = "PARLOUR_ALLOW_EMBED",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = embedder
    )]
    pub allow_embed: Vec<Origin>,

    /// Reverse proxy whose X-Forwarded-For, -Host and -Proto are believed: an address or a network.
    /// Repeat it or separate several by commas.
    #[arg(
        long,
        env = "PARLOUR_TRUST_PROXY",
        value_name = "ADDRESS",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trust_proxy: Vec<IpNet>,

    /// How long a TLS handshake, and then the head of each request, may take to arrive; an idle
    /// connection is closed after it. 0 waits for ever.
    #[arg(
        long,
        env = "PARLOUR_HEADER_TIMEOUT",
        value_name = "TIME",
        default_value = "10s",
        value_parser = duration
    )]
    pub header_timeout: Duration,

    /// Most clients in a namespace at a time; 0 sets no limit.
    #[arg(long, env = "PARLOUR_MAX_CONNECTIONS", value_name = "N", default_value_t = 10_000)]
    pub max_connections: usize,

    /// Most connections of an address (IPv6: of a /64) at a time; 0 sets no limit.
    #[arg(
        long,
        env = "PARLOUR_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        default_value_t = 200
    )]
    pub max_connections_per_address: usize,

    /// New sessions an address may open in a minute, and connects to a namespace; 0 sets no limit.
    #[arg(long, env = "PARLOUR_CONNECTS_PER_MINUTE", value_name = "N", default_value_t = 600)]
    pub connects_per_minute: u32,

    /// New nicknames an address may take in a minute; 0 sets no limit.
    #[arg(long, env = "PARLOUR_NEW_GUESTS_PER_MINUTE", value_name = "N", default_value_t = 60)]
    pub new_guests_per_minute: u32,

    /// Time between two heartbeats.
    #[arg(
        long,
        env = "PARLOUR_PING_INTERVAL",
        value_name = "TIME",
        default_value = "25s",
        value_parser = positive_duration
    )]
    pub ping_interval: Duration,

    /// How long a client may take to answer a heartbeat before it counts as gone.
    #[arg(
        long,
        env = "PARLOUR_PING_TIMEOUT",
        value_name = "TIME",
        default_value = "20s",
        value_parser = positive_duration
    )]
    pub ping_timeout: Duration,

    /// How long a new connection may take to enter a namespace.
    #[arg(
        long,
        env = "PARLOUR_CONNECT_TIMEOUT",
        value_name = "TIME",
        default_value = "10s",
        value_parser = positive_duration
    )]
    pub connect_timeout: Duration,
}
