//! Where tests happen: a server that most share, and accounts that nobody shares.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use argali_server::config::OptionalAccount;
use argali_testkit::{Engine, Enterprise, TestServer, TestServerBuilder};

/// The first account number that is handed out.
static NEXT_ACCOUNT: AtomicU64 = AtomicU64::new(5_000_001);

/// The server that tests share if they leave its clock alone.
pub(crate) fn shared() -> &'static TestServer {
    static SERVER: LazyLock<TestServer> = LazyLock::new(TestServer::start);
    &SERVER
}

/// An account on the shared server that only the caller knows.
pub(crate) fn tenant() -> Enterprise {
    tenant_on(shared())
}

/// An account that only the caller knows.
pub(crate) fn tenant_on(server: &TestServer) -> Enterprise {
    tenant_of_number(server, next_number())
}

/// The number of an account that there is not yet.
pub(crate) fn next_number() -> u64 {
    NEXT_ACCOUNT.fetch_add(1, Ordering::Relaxed)
}

/// A server whose operators are the people of the account that is returned.
pub(crate) fn operators_on(builder: TestServerBuilder) -> (TestServer, Enterprise) {
    let number = next_number();
    let account = OptionalAccount(Some(number.to_string().parse().unwrap()));
    let server = builder.configure(|config| config.identity.operator_account = account).start();
    let operators = tenant_of_number(&server, number);
    (server, operators)
}

fn tenant_of_number(server: &TestServer, number: u64) -> Enterprise {
    server.account(&format!("tenant-{number}"), &number.to_string())
}

/// A server on each engine, for what must not depend on the engine.
pub(crate) fn on_each_engine(test: impl Fn(&TestServer)) {
    for engine in [Engine::Memory, Engine::Embedded] {
        let server = TestServer::builder().engine(engine).start();
        test(&server);
    }
}
