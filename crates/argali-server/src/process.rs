//! What the whole process is told before it holds secrets.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Switches core files off, which would hold keys in clear, and asks for as many open files as are allowed.
// SPEC: security, keys and secrets, K1.
pub fn harden_process() {
    if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        tracing::warn!(%error, "core files cannot be switched off");
    }
    let files = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files }) {
        tracing::warn!(%error, "the number of open files cannot be raised");
    }
}
