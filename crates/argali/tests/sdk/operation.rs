//! Every operation of the identity products, called with the official SDKs: once with success, and once with the
//! mistake that its callers are most likely to make.
//!
//! The scripts `operation.py` and `operation.js` call what they are told and say what their SDK made of the answer.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use argali_protocol::{Credentials, Secret};
use argali_testkit::{Client, Enterprise, TestClock};
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

    /// What the SDK made of a call; fails if it cannot make it.
    fn call(&mut self, client: &Client, name: (&str, &str), params: &Params) -> Result<Value, String> {
        self.ask(client, name, params, false)
    }

    /// What the SDK made of a call; of a refusal with what was denied.
    pub(crate) fn explained(&mut self, client: &Client, name: (&str, &str), params: &Params) -> Value {
        self.ask(client, name, params, true).unwrap_or_else(|why| panic!("{name:?} {params:?} {why}"))
    }

    fn ask(
        &mut self,
        client: &Client,
        (product, action): (&str, &str),
        params: &Params,
        explain: bool,
    ) -> Result<Value, String> {
        let key = client.credentials();
        let params: serde_json::Map<_, _> =
            params.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let line = json!({
            "endpoint": client.host(),
            "product": product,
            "action": action,
            "params": params,
            "explain": explain,
            "key": {
                "id": key.access_key_id,
                "secret": key.access_key_secret.expose(),
                "token": key.security_token,
            },
        });
        writeln!(self.tell, "{line}").unwrap();
        let answer = self.answers.next().expect("the script has ended").unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        match answer.get("broken") {
            Some(broken) => Err(format!("cannot be called: {broken}")),
            None => Ok(answer),
        }
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
    let server = crate::stage::builder().clock(TestClock::real()).start();
    let owner = server.account("company-a", "11223344");
    let cast = Cast::of(&owner);
    let stage = Stage::new(&server, owner);
    let (mut called, mut failures) = (0, Vec::new());
    for operation in server.core().registry().iter() {
        let name = (operation.product.as_str(), operation.name());
        if !products.contains(&name.0) || missing.contains(&name) {
            continue;
        }
        called += 1;
        let tried = call_well(&mut caller, &stage, &cast, name)
            .and_then(|params| call_by_mistake(&mut caller, &stage, &cast, name, params));
        failures.extend(tried.err().map(|why| format!("{} {}: {why}", name.0, name.1)));
    }
    println!("{called} operations of {products:?} were called");
    assert!(
        called > 0 && failures.is_empty(),
        "{} of {called} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Calls an operation as it is meant to be called; returns with which parameters.
fn call_well(
    caller: &mut Caller,
    stage: &Stage<'_>,
    cast: &Cast,
    name: (&str, &str),
) -> Result<Params, String> {
    let params = stage.params(name.0, name.1);
    let answer = caller.call(&cast.administrator, name, &params)?;
    if answer["body"]["RequestId"].is_string() { Ok(params) } else { Err(format!("{params:?}: {answer}")) }
}

/// Calls it wrongly; the SDK must raise what our own client is told.
fn call_by_mistake(
    caller: &mut Caller,
    stage: &Stage<'_>,
    cast: &Cast,
    name: (&str, &str),
    done: Params,
) -> Result<(), String> {
    let (client, mistaken, code, status) = mistake(stage, cast, name, done);
    let raised = caller.call(client, name, &mistaken)?;
    let expected = json!({ "code": code, "status": status });
    if raised == expected { Ok(()) } else { Err(format!("{mistaken:?}: {raised}, not {expected}")) }
}

/// A call that fails: of something that is not there, or is there already; else by somebody who may not make it.
fn mistake<'c>(
    stage: &Stage<'_>,
    cast: &'c Cast,
    (product, action): (&str, &str),
    done: Params,
) -> (&'c Client, Params, String, u16) {
    let mut absent = stage.params(product, action);
    let naming = |name: &str| ["Name", "Id", "ProviderArn"].iter().any(|end| name.ends_with(end));
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
