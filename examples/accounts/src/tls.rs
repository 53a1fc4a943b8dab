//! TLS, where the service ends it itself: 1.2 and 1.3, HTTP/2 where a client asks for it, and no client
//! certificates.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use clap::Args;
use rustls::{
    CertificateError, Error as TlsError, RootCertStore, ServerConfig,
    client::{verify_server_cert_signed_by_trust_anchor, verify_server_name},
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject as _},
    server::{ClientHello, ParsedCertificate, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::startup::StartupError;

/// How the service is reached.
#[derive(Debug, Default, Args)]
pub(crate) struct Transport {
    /// End TLS here, with this certificate and those that it was issued by (PEM); SIGHUP reads it again
    #[arg(long, value_name = "CERT.pem", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM)
    #[arg(long, value_name = "KEY.pem", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen for plain HTTP too: pages are sent to HTTPS, anything else is refused
    #[arg(long, value_name = "PORT", requires = "tls_cert")]
    pub(crate) http_port: Option<u16>,
}

impl Transport {
    /// What TLS needs, where the service is to end it.
    pub(crate) fn certificates(&self) -> Result<Option<Arc<Certificates>>, StartupError> {
        let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) else {
            return Ok(None);
        };
        let certificates = Certificates::read(certificate.clone(), key.clone())?;
        Ok(Some(Arc::new(certificates)))
    }
}

/// The certificate that is shown, and where it was read.
pub(crate) struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    shown: RwLock<Arc<CertifiedKey>>,
}

impl Certificates {
    fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, StartupError> {
        let shown = RwLock::new(Arc::new(certified_key(&certificate, &key)?));
        Ok(Self {
            certificate,
            key,
            shown,
        })
    }

    /// Takes what is in the files now for every connection from now on. Where that is nothing, all stays as
    /// it is.
    pub(crate) fn read_again(&self) -> Result<(), StartupError> {
        let new = Arc::new(certified_key(&self.certificate, &self.key)?);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Why every browser refuses the certificate for `host` (a name, or an address), whomever it trusts.
    pub(crate) fn refused_for(&self, host: &str) -> Option<String> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        let (own, issuers) = shown.cert.split_first()?;
        let own = match ParsedCertificate::try_from(own) {
            Ok(own) => own,
            Err(error) => return Some(error.to_string()),
        };
        let name = ServerName::try_from(host).ok()?;
        if verify_server_name(&own, &name).is_err() {
            return Some(format!("it is not for {host}"));
        }
        // By whom it was issued is not asked: the time is looked at before.
        let checked = verify_server_cert_signed_by_trust_anchor(
            &own,
            &RootCertStore::empty(),
            issuers,
            UnixTime::now(),
            aws_lc_rs::default_provider()
                .signature_verification_algorithms
                .all,
        );
        match checked {
            Err(TlsError::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. },
            )) => Some("it has expired".to_owned()),
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
            )) => Some("it is not valid yet".to_owned()),
            _ => None,
        }
    }

    /// Whether everybody on this machine may read the key.
    pub(crate) fn key_is_readable(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            let about = std::fs::metadata(&self.key);
            about.is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
        }
        #[cfg(not(unix))]
        false
    }

    /// What the server listens with.
    pub(crate) fn config(self: &Arc<Self>) -> Result<ServerConfig, StartupError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| StartupError::new("TLS", &error))?;
        let shown: Arc<dyn ResolvesServerCert> = self.clone();
        Ok(builder.with_no_client_auth().with_cert_resolver(shown))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        Some(shown.clone())
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}

fn certified_key(certificate: &Path, key: &Path) -> Result<CertifiedKey, StartupError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable("certificate", certificate, &error))?;
    if chain.is_empty() {
        let name = certificate.display();
        return Err(StartupError::because(&format!(
            "there is no certificate in {name}"
        )));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("key", key, &error))?;
    let provider = aws_lc_rs::default_provider();
    CertifiedKey::from_der(chain, private, &provider).map_err(|error| match error {
        TlsError::InconsistentKeys(_) => StartupError::because(&format!(
            "the key {} is not that of the certificate {}",
            key.display(),
            certificate.display()
        )),
        error => StartupError::new(
            format!("the certificate {} and its key", certificate.display()),
            &error,
        ),
    })
}

fn unreadable(what: &str, path: &Path, error: &dyn std::error::Error) -> StartupError {
    StartupError::new(format!("the {what} {}", path.display()), error)
}
