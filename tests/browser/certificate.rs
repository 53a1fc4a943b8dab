use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, KeyPair, PublicKeyData as _};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// The certificate of every site of this process, which nobody has signed but itself.
#[derive(Debug)]
pub(crate) struct Certificate {
    certificate: String,
    key: String,
    server: ServerConfig,
    fingerprint: String,
}

impl Certificate {
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Certificate> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    fn new() -> Self {
        let names = ["localhost", "*.test", "*.app.test"].map(str::to_owned);
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(names).expect("names");
        let certificate = params.self_signed(&key).expect("a certificate");
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(default_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .expect("a certificate and its key");
        let public = key.subject_public_key_info();
        Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            server,
            fingerprint: STANDARD.encode(digest(&SHA256, &public)),
        }
    }

    /// For a server of this process.
    pub(crate) fn server(&self) -> ServerConfig {
        self.server.clone()
    }

    /// As PEM, for a server in a process of its own.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its private key, as PEM.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// By which a browser is told to take it for one that somebody trusted has signed.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
