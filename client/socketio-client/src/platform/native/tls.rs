//! TLS by rustls with ring: whom the platform trusts, and whom the program trusts beside that.

use std::sync::{Arc, OnceLock};

use rustls_platform_verifier::Verifier;
use tokio_rustls::rustls::{
    self, ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::CertificateDer,
};

/// Refuses what is no certificate of an authority.
pub(crate) fn check_roots(roots: &[Vec<u8>]) -> Result<(), String> {
    let mut store = RootCertStore::empty();
    roots.iter().try_for_each(|der| {
        store.add(CertificateDer::from(der.as_slice())).map_err(|error| error.to_string())
    })
}

/// Trusts the platform's roots and these.
///
/// Reading the platform's takes milliseconds, so clients without roots of their own share one,
/// and with it the sessions that TLS can resume.
pub(super) fn config(roots: &[Vec<u8>]) -> Result<Arc<ClientConfig>, String> {
    static PLATFORM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if !roots.is_empty() {
        return build(Some(roots));
    }
    match PLATFORM.get() {
        Some(config) => Ok(Arc::clone(config)),
        None => build(Some(roots)).map(|config| Arc::clone(PLATFORM.get_or_init(|| config))),
    }
}

/// Trusts nobody: for clients of plain HTTP, which ask for a configuration all the same.
pub(super) fn none() -> Result<Arc<ClientConfig>, String> {
    build(None)
}

fn build(roots: Option<&[Vec<u8>]>) -> Result<Arc<ClientConfig>, String> {
    // Named, not taken from the process: the program may use another one, or none.
    let provider = Arc::new(ring::default_provider());
    try_build(roots, provider).map(Arc::new).map_err(|error| format!("TLS cannot be used: {error}"))
}

fn try_build(
    roots: Option<&[Vec<u8>]>,
    provider: Arc<CryptoProvider>,
) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let Some(roots) = roots else {
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    };
    let roots = roots.iter().map(|der| CertificateDer::from(der.clone()));
    let verifier = Verifier::new_with_extra_roots(roots, provider)?;
    // "Dangerous" is to bring a verifier; this one is the platform's own.
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(builder.with_no_client_auth())
}
