//! A certificate authority of Argali's own, for clients that insist on https.
//!
//! It vouches for this machine's own names and for the hosts that official SDKs have built in, and cannot vouch for
//! anything else: its certificate says so, and clients check that. Whoever trusts it trusts it with nothing more.
//!
//! In the data folder it is `ca.key`, for its owner alone, and `ca.pem`, which clients are told to trust. Its name is
//! made from its key, so that two authorities are never taken for one. What it signs stays in memory: one key, and a
//! certificate for each name that clients ask for.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use argali_core::env::Env;
use argali_core::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_cache::sync::Cache;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyIdMethod, KeyUsagePurpose, NameConstraints, PublicKeyData, SanType, SignatureAlgorithm,
    SigningKey,
};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::{TlsError, provider};
use crate::host;
use crate::private_file::{self, Held};

/// Its files in the data folder.
const KEY_FILE: &str = "ca.key";
const CERTIFICATE_FILE: &str = "ca.pem";
/// The name that is shown to clients who ask for none, or for one that it does not vouch for.
const HOME: &str = "localhost";
/// How long it is good for, in days.
const DAYS: u32 = 20 * 365;
/// How long what it signs is good for, in days; what has less than [`RENEWED_BEFORE_DAYS`] to go is made anew.
const LEAF_DAYS: u32 = 90;
const RENEWED_BEFORE_DAYS: u32 = 30;
/// How far clients' clocks may be behind, in days.
const BACKDATED_DAYS: u32 = 1;
/// How many names it has certificates for at a time. Clients choose the names.
const MOST_LEAVES: usize = 256;

/// The authority, with what it has signed.
pub(crate) struct Authority {
    issuer: Issuer<'static, Key>,
    certificate: String,
    leaf_key: Key,
    leaf_signer: Arc<dyn rustls::sign::SigningKey>,
    leaves: Cache<String, Leaf>,
    env: Env,
}

#[derive(Clone)]
struct Leaf {
    shown: Arc<CertifiedKey>,
    renewed_at: Timestamp,
}

impl Authority {
    /// A new one, gone when the process ends.
    ///
    /// # Errors
    ///
    /// Fails if the system gives no randomness.
    pub(crate) fn in_memory(env: &Env) -> Result<Self, TlsError> {
        let (key, _) = Key::generate()?;
        let certificate = own_certificate(&key, env)?;
        Self::new(key, certificate, env)
    }

    /// The one in a data folder, made at the first time.
    ///
    /// # Errors
    ///
    /// Fails if its files cannot be read or written, are open to others, or are not what was written once.
    pub(crate) fn in_folder(folder: &Path, env: &Env) -> Result<Self, TlsError> {
        let (key_file, certificate_file) = (folder.join(KEY_FILE), folder.join(CERTIFICATE_FILE));
        let io = |doing, path: &Path| {
            let path = path.to_owned();
            move |source| TlsError::Io { doing, path, source }
        };
        let key = match private_file::read(&key_file).map_err(io("read", &key_file))? {
            Held::Open => return Err(TlsError::OpenKey(key_file.display().to_string())),
            Held::Text(text) => {
                let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok();
                let key = key.and_then(|der| Key::parse(der.secret_pkcs8_der()));
                let key = key.ok_or_else(|| TlsError::Damaged(key_file.clone()))?;
                match std::fs::read_to_string(&certificate_file) {
                    Ok(text) if own_key(&text).as_deref() == Some(&key.subject_public_key_info()) => {
                        return Self::new(key, text, env);
                    }
                    Ok(_) => return Err(TlsError::Damaged(certificate_file)),
                    // The process ended between the two files.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => key,
                    Err(error) => return Err(io("read", &certificate_file)(error)),
                }
            }
            Held::Nothing => {
                let (key, der) = Key::generate()?;
                let text = Zeroizing::new(pem("PRIVATE KEY", &der));
                private_file::write(folder, KEY_FILE, &text).map_err(io("write", &key_file))?;
                key
            }
        };
        let certificate = own_certificate(&key, env)?;
        private_file::write(folder, CERTIFICATE_FILE, &certificate)
            .map_err(io("write", &certificate_file))?;
        Self::new(key, certificate, env)
    }

    /// Where the certificate lies in a data folder.
    pub(crate) fn certificate_file(folder: &Path) -> PathBuf {
        folder.join(CERTIFICATE_FILE)
    }

    /// What clients are told to trust, in PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    fn new(key: Key, certificate: String, env: &Env) -> Result<Self, TlsError> {
        let (leaf_key, der) = Key::generate()?;
        let der = PrivatePkcs8KeyDer::from(der.to_vec()).into();
        let leaf_signer = provider().key_provider.load_private_key(der)?;
        let issuer = Issuer::new(own_params(&key), key);
        let leaves = Cache::new(MOST_LEAVES);
        Ok(Self { issuer, certificate, leaf_key, leaf_signer, leaves, env: env.clone() })
    }

    /// A certificate that is good for `name`, or for this machine if nothing is vouched for under that name.
    fn leaf(&self, name: Option<&str>) -> Result<Arc<CertifiedKey>, TlsError> {
        let name = name.map(str::to_ascii_lowercase).filter(|name| host::is_of_the_cloud(name));
        let name = name.unwrap_or_else(|| HOME.to_owned());
        let now = self.env.now();
        if let Some(leaf) = self.leaves.get(&name)
            && now < leaf.renewed_at
        {
            return Ok(leaf.shown);
        }
        let certificate = self.sign(&name)?;
        let shown = Arc::new(CertifiedKey::new(vec![certificate], Arc::clone(&self.leaf_signer)));
        let renewed_at = now.plus_seconds(i64::from(LEAF_DAYS - RENEWED_BEFORE_DAYS) * 86_400);
        self.leaves.insert(name, Leaf { shown: Arc::clone(&shown), renewed_at });
        Ok(shown)
    }

    fn sign(&self, name: &str) -> Result<CertificateDer<'static>, TlsError> {
        let mut params = valid_for(LEAF_DAYS, &self.env);
        params.distinguished_name.push(DnType::CommonName, "Argali server");
        let dns = |name: &str| name.try_into().map(SanType::DnsName).map_err(not_made);
        params.subject_alt_names.push(dns(name)?);
        if name == HOME {
            let own = [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()];
            params.subject_alt_names.extend(own.map(SanType::IpAddress));
        }
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.key_identifier_method = KeyIdMethod::PreSpecified(self.leaf_key.id());
        let signed = params.signed_by(&self.leaf_key, &self.issuer).map_err(not_made)?;
        Ok(signed.der().clone())
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        match self.leaf(hello.server_name()) {
            Ok(leaf) => Some(leaf),
            Err(error) => {
                let source = std::error::Error::source(&error);
                tracing::error!(%error, source, "a client was shown no certificate");
                None
            }
        }
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// The authority's certificate, by itself and in PEM.
fn own_certificate(key: &Key, env: &Env) -> Result<String, TlsError> {
    let own = own_params(key);
    let mut params = valid_for(DAYS, env);
    params.distinguished_name = own.distinguished_name;
    params.key_identifier_method = own.key_identifier_method;
    params.key_usages = own.key_usages;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let dns = |name: &str| GeneralSubtree::DnsName(name.to_owned());
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            dns(HOME),
            dns(host::CLOUD),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(Ipv6Addr::LOCALHOST.octets(), 128)),
        ],
        excluded_subtrees: Vec::new(),
    });
    Ok(pem("CERTIFICATE", params.self_signed(key).map_err(not_made)?.der()))
}

/// What of the authority follows from its key alone.
fn own_params(key: &Key) -> CertificateParams {
    let mut params = CertificateParams::default();
    let id = key.id();
    let name = hex::encode(id.get(..4).unwrap_or_default());
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Argali");
    params.distinguished_name.push(DnType::CommonName, format!("Argali CA {name}"));
    params.key_identifier_method = KeyIdMethod::PreSpecified(id);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

/// A server certificate that begins now, without names.
fn valid_for(days: u32, env: &Env) -> CertificateParams {
    const DAY: Duration = Duration::from_secs(86_400);
    let mut params = CertificateParams::default();
    let now_s = u64::try_from(env.now().as_seconds()).unwrap_or_default();
    let now = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(now_s);
    params.not_before = now - DAY * BACKDATED_DAYS;
    params.not_after = now + DAY * days;
    // Positive, and never the same twice.
    let mut serial = env.random::<16>();
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    params.serial_number = Some(serial.to_vec().into());
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

/// The public key in a certificate, if that is one.
fn own_key(text: &str) -> Option<Vec<u8>> {
    let certificate = CertificateDer::from_pem_slice(text.as_bytes()).ok()?;
    let parsed = rustls::server::ParsedCertificate::try_from(&certificate).ok()?;
    Some(parsed.subject_public_key_info().to_vec())
}

fn pem(label: &str, der: &[u8]) -> String {
    const LINE: usize = 64;
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

fn not_made(error: rcgen::Error) -> TlsError {
    TlsError::NotMade(error.into())
}

/// A key pair that signs certificates: ECDSA on P-256, which every client knows.
struct Key(EcdsaKeyPair);

impl Key {
    /// A new pair, and its form for files.
    fn generate() -> Result<(Self, Zeroizing<Vec<u8>>), TlsError> {
        let failed = || TlsError::NotMade("the system gives no randomness".into());
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        let der = Zeroizing::new(pair.map_err(|_| failed())?.as_ref().to_vec());
        let key = Self::parse(&der).ok_or_else(failed)?;
        Ok((key, der))
    }

    fn parse(der: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, &random).ok().map(Self)
    }

    /// A number for the pair: RFC 7093, method 1.
    fn id(&self) -> Vec<u8> {
        let hash = digest(&SHA256, self.der_bytes());
        hash.as_ref().get(..20).unwrap_or_default().to_vec()
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
