//! Every operation of the identity products, called with the official SDKs: once with success, and once with the
//! mistake that its callers are most likely to make.
//!
//! The scripts `operation.py` and `operation.js` call what they are told and say what their SDK made of the answer.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use argali_protocol::{Credentials, Secret};
use argali_testkit::{Client, Enterprise, TestClock, TestServer};
use serde_json::{Value, json};

use crate::stage::{Params, Stage, borrowed};

/// A script that calls operations with an SDK, one after the other.
pub(crate) struct Caller {
    child: Child,
    tell: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Caller {
    pub(crate) fn start(mut command: Command) -> Self {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| {
            panic!("{:?} does not start ({error}): run `./test`, which installs it", command.get_program())
        });
        let tell = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, tell, answers }
    }

    fn call(&mut self, client: &Client, product: &str, action: &str, params: &Params) -> Value {
        let key = client.credentials();
        let params: serde_json::Map<_, _> =
            params.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let line = json!({
            "endpoint": client.host(),
            "product": product,
            "action": action,
            "params": params,
            "key": {
                "id": key.access_key_id,
                "secret": key.access_key_secret.expose(),
                "token": key.security_token,
            },
        });
        writeln!(self.tell, "{line}").unwrap();
        let answer = self.answers.next().expect("the script has ended").unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer.get("broken").is_none(), "{product} {action} {params:?}: {}", answer["broken"]);
        answer
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        // It may have ended by itself, which the test that is ending says.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Who makes mistakes, each their own.
struct Cast {
    administrator: Client,
    ungranted: Client,
    /// Signs with the wrong secret.
    forger: Client,
}

impl Cast {
    fn of(owner: &Enterprise) -> Self {
        let administrator = owner.user("administrator");
        owner.grant("administrator", "AdministratorAccess");
        let wrong = Secret::new("not the secret of this key".to_owned());
        let forged = Credentials { access_key_secret: wrong, ..administrator.credentials().clone() };
        let forger = administrator.with_credentials(forged);
        Self { administrator, ungranted: owner.user("ungranted"), forger }
    }
}

/// Calls every operation of `products` but those that the SDK does not have.
pub(crate) fn every_operation(mut caller: Caller, products: &[&str], missing: &[(&str, &str)]) {
    let server = TestServer::builder().clock(TestClock::real()).start();
    let owner = server.account("company-a", "11223344");
    let cast = Cast::of(&owner);
    let stage = Stage::new(&server, owner);
    let mut called = 0;
    for operation in server.core().registry().iter() {
        let (product, action) = (operation.product.as_str(), operation.name());
        if !products.contains(&product) || missing.contains(&(product, action)) {
            continue;
        }
        let params = stage.params(product, action);
        let done = caller.call(&cast.administrator, product, action, &params);
        assert!(done["body"]["RequestId"].is_string(), "{product} {action} {params:?}: {done}");
        let (client, mistaken, code, status) = mistake(&stage, &cast, product, action, params);
        let raised = caller.call(client, product, action, &mistaken);
        assert_eq!(raised, json!({ "code": code, "status": status }), "{product} {action} {mistaken:?}");
        called += 1;
    }
    println!("{called} operations of {products:?} were called");
    assert!(called > 0);
}

/// A call that fails: of something that is not there, or is there already; else by somebody who may not make it.
fn mistake<'c>(
    stage: &Stage<'_>,
    cast: &'c Cast,
    product: &str,
    action: &str,
    done: Params,
) -> (&'c Client, Params, String, u16) {
    let mut absent = stage.params(product, action);
    let naming = |name: &str| name.ends_with("Name") || name.ends_with("Id");
    if let Some((_, value)) = absent.iter_mut().find(|(name, _)| naming(name)) {
        value.insert_str(0, "absent-");
    }
    let Cast { administrator, ungranted, forger } = cast;
    for (client, params) in
        [(administrator, absent), (administrator, done.clone()), (ungranted, done.clone()), (forger, done)]
    {
        if let Err(failure) = client.call(product, action, &borrowed(&params)) {
            return (client, params, failure.code, failure.status);
        }
    }
    panic!("{product} {action} cannot be made to fail")
}
