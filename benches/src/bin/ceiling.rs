//! The ceilings: what a server costs that does nothing but one thing.
//!
//! `/hello` answers a fixed body; `/verify` checks one V3 signature first; `/mint` also seals a token.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::routing::any;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

const ANSWER: &str = r#"{"RequestId":"4C467B38-3910-447D-87BC-AC049166F216","User":{"UserId":"222222222222222222","UserName":"alice","CreateDate":"2026-01-01T00:00:00Z"}}"#;

/// The secret that every request is signed with.
struct Secret(String);

fn main() -> Result<()> {
    let secret = std::env::var("CEILING_SECRET")
        .context("CEILING_SECRET is the secret that requests are signed with")?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        eprintln!("{}", listener.local_addr()?.port());
        let app = Router::new()
            .route("/hello", any(|| async { ANSWER }))
            .route("/verify", any(verify))
            .route("/mint", any(mint))
            .with_state(Arc::new(Secret(secret)));
        axum::serve(listener, app).await.context("the server ended")
    })
}

fn workers() -> usize {
    std::env::var("CEILING_WORKERS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

async fn verify(
    State(secret): State<Arc<Secret>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    match is_signed(&secret.0, &method, &uri, &headers, &body) {
        Some(true) => (StatusCode::OK, ANSWER),
        _ => (StatusCode::BAD_REQUEST, "not signed"),
    }
}

async fn mint(
    State(secret): State<Arc<Secret>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    if is_signed(&secret.0, &method, &uri, &headers, &body) != Some(true) {
        return (StatusCode::BAD_REQUEST, "not signed".to_owned());
    }
    let query = uri.query().unwrap_or_default();
    let plain = format!("{query}{ANSWER}{ANSWER}");
    let sealed =
        XChaCha20Poly1305::new(&Key::from([7; 32])).encrypt(&XNonce::from([9; 24]), plain.as_bytes());
    (StatusCode::OK, hex::encode(sealed.unwrap_or_default()))
}

/// Checks a V3 signature with as little ado as it can be checked with.
fn is_signed(secret: &str, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Option<bool> {
    let authorization = headers.get("authorization")?.to_str().ok()?;
    let (_, rest) = authorization.split_once("SignedHeaders=")?;
    let (signed, signature) = rest.split_once(",Signature=")?;
    let mut query = uri.query().unwrap_or_default().split('&').collect::<Vec<_>>();
    query.sort_unstable();
    let mut canonical = format!("{method}\n/\n{}\n", query.join("&"));
    for name in signed.split(';') {
        writeln!(canonical, "{name}:{}", headers.get(name)?.to_str().ok()?.trim()).ok()?;
    }
    let hash = hex::encode(Sha256::digest(body));
    write!(canonical, "\n{signed}\n{hash}").ok()?;
    let to_sign = format!("ACS3-HMAC-SHA256\n{}", hex::encode(Sha256::digest(canonical.as_bytes())));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(to_sign.as_bytes());
    Some(mac.verify_slice(&hex::decode(signature).ok()?).is_ok())
}
