//! The program against a backend behind TLS, with certificates that it may and may not trust.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use crate::rig::{Rig, Run, run};

/// An authority that nobody knows but those who are given its file.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(parameters, key) }
    }
}

/// A front that ends TLS before a backend, as a load balancer does.
struct Front {
    port: u16,
    authority: PathBuf,
    /// The protocol that each connection agreed on.
    protocols: mpsc::Receiver<Option<Vec<u8>>>,
}

impl Front {
    fn new(rig: &Rig, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let authority = Authority::new("some authority");
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut parameters);
        let certificate = parameters.signed_by(&key, &authority.issuer).unwrap();

        let chain = vec![CertificateDer::from(certificate)];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let mut server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let behind = rig.backend.base_url().trim_start_matches("http://").to_owned();
        let (agreed, protocols) = mpsc::channel();
        let port = rig.block_on(async move {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, agreed, behind) = (acceptor.clone(), agreed.clone(), behind.clone());
                    tokio::spawn(async move {
                        // A client that does not trust us hangs up.
                        let Ok(mut near) = acceptor.accept(stream).await else { return };
                        let protocol = near.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
                        // The test may be over.
                        let _ = agreed.send(protocol);
                        let mut far = TcpStream::connect(&behind).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    });
                }
            });
            port
        });
        let file = rig.home.path().join(format!("authority-of-{port}.pem"));
        std::fs::write(&file, &authority.certificate).unwrap();
        Self { port, authority: file, protocols }
    }

    fn list(&self, rig: &Rig, host: &str, trusts: bool) -> Run {
        let mut command = rig.command(&["list", "--output", "jsonl"]);
        command.env("ALTER_BASE_URL", format!("https://{host}:{}", self.port));
        let roots = if trusts { self.authority.clone() } else { rig.home.path().join("nobody.pem") };
        if !trusts {
            std::fs::write(&roots, Authority::new("another authority").certificate).unwrap();
        }
        run(command.env("SSL_CERT_FILE", roots).env_remove("SSL_CERT_DIR"))
    }
}

#[test]
fn a_trusted_backend_is_spoken_to_by_http_2() {
    let rig = Rig::new(7, &[]);
    let front = Front::new(&rig, "localhost", |_| {});
    let ran = front.list(&rig, "localhost", true);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 7), "{}", ran.err);
    assert_eq!(front.protocols.recv().unwrap().as_deref(), Some(&b"h2"[..]));
}

#[test]
fn a_certificate_that_does_not_hold_is_refused_and_nothing_is_sent() {
    let rig = Rig::new(1, &[]);
    let sound = Front::new(&rig, "localhost", |_| {});
    let strange = Front::new(&rig, "elsewhere.example", |_| {});
    let old = Front::new(&rig, "localhost", |parameters| {
        parameters.not_before = date_time_ymd(2020, 1, 1);
        parameters.not_after = date_time_ymd(2021, 1, 1);
    });
    for (ran, why) in [
        (sound.list(&rig, "localhost", false), "UnknownIssuer"),
        (strange.list(&rig, "localhost", true), "not valid for name"),
        (old.list(&rig, "localhost", true), "expired"),
    ] {
        assert_eq!((ran.code, ran.rows()), (9, ""), "{why}: {}", ran.err);
        assert!(ran.err.contains("The TLS connection failed."), "{why}: {}", ran.err);
        assert!(ran.err.contains(why), "{why}: {}", ran.err);
        assert!(!ran.err.contains(&rig.key()), "{why}");
    }
    assert!(rig.backend.journal().is_empty(), "nothing was sent");
}
