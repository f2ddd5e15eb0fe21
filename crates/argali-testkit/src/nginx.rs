//! A real nginx, which `./test` installs: what people put behind and in front of services.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// How often it is looked whether it listens, and how many times.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 500;

/// One nginx on a port of loopback, killed when dropped.
#[derive(Debug)]
pub struct Nginx {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl Nginx {
    /// Starts one. `inside` is what stands in its only `server` block.
    ///
    /// # Panics
    ///
    /// Panics if there is no nginx, or it does not listen.
    pub fn start(inside: &str) -> Self {
        Self::start_at(free_address(), inside)
    }

    /// Starts one where another was.
    ///
    /// # Panics
    ///
    /// Panics if there is no nginx, or it does not listen.
    pub fn start_at(address: SocketAddr, inside: &str) -> Self {
        let folder =
            TempDir::with_prefix("argali-nginx-").unwrap_or_else(|error| panic!("no folder: {error}"));
        let path = folder.path().display();
        let configuration = format!(
            "daemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/error.log;\n\
             events {{ }}\nhttp {{\n  access_log off;\n  default_type application/json;\n\
             client_body_temp_path {path}/a;\n  proxy_temp_path {path}/b;\n  fastcgi_temp_path {path}/c;\n\
             uwsgi_temp_path {path}/d;\n  scgi_temp_path {path}/e;\n\
             server {{\n    listen {address};\n{inside}\n  }}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration).unwrap_or_else(|error| panic!("no configuration: {error}"));
        let child = Command::new(program())
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&file)
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("nginx does not start, run ./test to install it: {error}"));
        let nginx = Self { child, address, folder };
        if listens_at(address) {
            return nginx;
        }
        let log = fs::read_to_string(nginx.folder.path().join("error.log")).unwrap_or_default();
        panic!("nginx does not listen on {address}: {log}");
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it at once, and all its connections with it.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.end();
    }
}

/// Debian keeps it where only administrators look.
fn program() -> &'static str {
    if fs::metadata("/usr/sbin/nginx").is_ok() { "/usr/sbin/nginx" } else { "nginx" }
}

/// Whether something listens at an address, before long.
#[expect(
    clippy::disallowed_methods,
    reason = "another program is waited for, and nothing tells when it listens"
)]
pub fn listens_at(address: SocketAddr) -> bool {
    (0..LOOKS).any(|_| {
        let listens = TcpStream::connect(address).is_ok();
        if !listens {
            std::thread::sleep(LOOK_EVERY);
        }
        listens
    })
}

/// An address that nobody has at this moment.
///
/// # Panics
///
/// Panics if there is none.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.unwrap_or_else(|error| panic!("no free port: {error}"))
}
