//! HTTPS: the certificate, and how it is replaced without a restart.
//!
//! [`Tls::reload`] reads the files again. Connections that are there stay as they are; those that
//! come get the new certificate. Files that will not do change nothing.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{
            CertificateDer, PrivateKeyDer,
            pem::{self, PemObject},
        },
    },
    server::TlsStream,
};

/// What a browser and the server can agree on. WebSockets come by HTTP/1.1.
const PROTOCOLS: [&[u8]; 1] = [b"http/1.1"];

/// A certificate and its key, from files.
#[derive(Clone)]
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

/// Why a certificate cannot be used. Each is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {file} of {flag}: {reason}")]
    Read {
        /// The flag that names the file.
        flag: &'static str,
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// A file has nothing of its kind in it.
    #[error("{file} of {flag} has no {what} in it, as PEM")]
    Missing {
        /// The flag that names the file.
        flag: &'static str,
        /// The file.
        file: String,
        /// What was looked for.
        what: &'static str,
    },
    /// The key is another certificate's, or of a kind that is not supported.
    #[error("the certificate in {file} cannot be used with its key: {reason}")]
    Unusable {
        /// The certificate's file.
        file: String,
        /// What the library said.
        reason: rustls::Error,
    },
}

impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let current = Arc::new(read(certificate, key)?);
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: Arc::new(RwLock::new(current)),
        })
    }

    /// Reads both files again, for the connections to come.
    ///
    /// # Errors
    /// [`TlsError`]; then the old ones stay.
    pub(crate) fn reload(&self) -> Result<(), TlsError> {
        let new = Arc::new(read(&self.certificate, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// The server's side of a handshake.
    ///
    /// # Errors
    /// The client's fault, or the network's.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        TlsAcceptor::from(current).accept(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

fn read(certificate: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    const CERTIFICATE: (&str, &str) = ("--tls-cert", "certificate");
    const KEY: (&str, &str) = ("--tls-key", "private key");
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| no_pem(error, certificate, CERTIFICATE))?;
    if chain.is_empty() {
        return Err(no_pem(pem::Error::NoItemsFound, certificate, CERTIFICATE));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| no_pem(error, key, KEY))?;
    let unusable = |reason| TlsError::Unusable { file: certificate.display().to_string(), reason };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

fn no_pem(error: pem::Error, file: &Path, (flag, what): (&'static str, &'static str)) -> TlsError {
    let file = file.display().to_string();
    match error {
        pem::Error::NoItemsFound => TlsError::Missing { flag, file, what },
        pem::Error::Io(error) => TlsError::Read { flag, file, reason: crate::plain(&error) },
        error => TlsError::Read { flag, file, reason: error.to_string() },
    }
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{testing::Certificate, *};

    #[test]
    fn what_is_wrong_with_the_files_is_one_line() {
        let folder = TempDir::new().unwrap();
        let Certificate { file: certificate, key, .. } = Certificate::make(folder.path(), "cert");
        let others_key = Certificate::make(folder.path(), "other").key;
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let empty = file("empty", "");
        let broken = file("broken", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
        let no_der =
            file("no-der", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let nowhere = folder.path().join("nowhere");

        Tls::load(&certificate, &key).unwrap();
        for (certificate, key, says) in [
            (&nowhere, &key, "nowhere of --tls-cert: no such file"),
            (&certificate, &nowhere, "nowhere of --tls-key: no such file"),
            (&empty, &key, "empty of --tls-cert has no certificate in it"),
            (&key, &key, "cert.key of --tls-cert has no certificate in it"),
            (&certificate, &empty, "empty of --tls-key has no private key in it"),
            (&certificate, &certificate, "cert of --tls-key has no private key in it"),
            (&broken, &key, "broken of --tls-cert"),
            (&no_der, &key, "no-der cannot be used"),
            (&certificate, &others_key, "cert cannot be used with its key"),
        ] {
            let line = Tls::load(certificate, key).unwrap_err().to_string();
            assert!(line.contains(says), "{line}");
            assert!(!line.contains('\n'), "{line}");
        }
    }
}
