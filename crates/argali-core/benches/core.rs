//! What core costs without a network: a token opened and sealed, one call dispatched.
//!
//! Each figure stands beside the least that could do the same, measured in the same run.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up may panic")]

use std::sync::Arc;

use argali_core::audit::Trail;
use argali_core::backend::NoBackends;
use argali_core::caller::Origin;
use argali_core::dispatch::{Answer, Incoming};
use argali_core::env::Env;
use argali_core::federation::Offline;
use argali_core::identifier::{RoleId, UserId};
use argali_core::operator::NewAccount;
use argali_core::registry::Registry;
use argali_core::services::SERVICES;
use argali_core::session::{Circumstances, Claims, SessionId, Source, TokenKeys};
use argali_core::settings::Settings;
use argali_core::vault::SecretKey;
use argali_core::webhook::NoPoster;
use argali_core::{Core, Parts};
use argali_protocol::{
    Credentials, Format, HttpRequest, Outgoing, Placement, Secret, SignedRequest, sign_v1, sign_v3,
};
use argali_store::Store;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

mod token {
    use super::*;

    const ID: &str = "STS.abcdefghijklmnopqrstuvwx";

    fn keys(env: &Env) -> TokenKeys {
        let keys = TokenKeys::default();
        keys.install([(1, SecretKey::generate(env))]);
        keys
    }

    /// The least: what opens as many bytes, and nothing else.
    #[divan::bench]
    fn bare_xchacha20_poly1305(bencher: Bencher<'_, '_>) {
        let env = Env::system();
        let (token, _) = keys(&env).seal(&env, ID, &claims(&env)).unwrap();
        let key = SecretKey::generate(&env);
        let sealed = key.encrypt(&[1; 24], b"", &vec![7; token.len() * 3 / 4]);
        bencher.bench(|| key.decrypt(&[1; 24], b"", black_box(&sealed)).unwrap());
    }

    #[divan::bench]
    fn open(bencher: Bencher<'_, '_>) {
        let env = Env::system();
        let keys = keys(&env);
        let (token, _) = keys.seal(&env, ID, &claims(&env)).unwrap();
        bencher.bench(|| keys.open(ID, black_box(&token)).unwrap());
    }

    #[divan::bench]
    fn seal(bencher: Bencher<'_, '_>) {
        let env = Env::system();
        let (keys, claims) = (keys(&env), claims(&env));
        bencher.bench(|| keys.seal(&env, ID, black_box(&claims)).unwrap());
    }
}

mod dispatch {
    use super::*;

    #[divan::bench]
    fn get_user_v3(bencher: Bencher<'_, '_>) {
        get_user(bencher, sign_v3);
    }

    #[divan::bench]
    fn get_user_v1(bencher: Bencher<'_, '_>) {
        get_user(bencher, sign_v1);
    }

    fn get_user(bencher: Bencher<'_, '_>, sign: Sign) {
        let world = World::new();
        bencher
            .with_inputs(|| world.signed(sign, "2015-05-01", "GetUser", &[("UserName", "alice")]))
            .bench_local_refs(|request| world.send(request));
    }

    /// A refusal costs its sealed message and its record, besides what the call costs.
    #[divan::bench]
    fn list_users_refused(bencher: Bencher<'_, '_>) {
        let world = World::new();
        bencher
            .with_inputs(|| world.signed_by(&world.nobody, sign_v3, "2015-05-01", "ListUsers", &[]))
            .bench_local_refs(|request| assert_eq!(world.send(request), 403));
    }

    #[divan::bench]
    fn get_caller_identity(bencher: Bencher<'_, '_>) {
        let world = World::new();
        bencher
            .with_inputs(|| world.signed(sign_v3, "2015-04-01", "GetCallerIdentity", &[]))
            .bench_local_refs(|request| world.send(request));
    }
}

type Sign = fn(&Outgoing<'_>, &Credentials) -> Result<SignedRequest, argali_protocol::ProtocolError>;

struct World {
    core: Core,
    owner: Credentials,
    /// A user without policies.
    nobody: Credentials,
    runtime: tokio::runtime::Runtime,
}

impl World {
    fn new() -> Self {
        let env = Env::system();
        let core = Core::open(Parts {
            store: Store::memory(),
            master_key: SecretKey::generate(&env),
            env,
            settings: Settings::default(),
            registry: Registry::new(SERVICES),
            trail: Trail::in_memory(),
            fetcher: Arc::new(Offline),
            backends: Arc::new(NoBackends),
            poster: Arc::new(NoPoster),
        })
        .unwrap();
        let (account, durable) = core.create_account(&NewAccount::default()).unwrap();
        durable.wait().unwrap();
        let owner = Credentials {
            access_key_id: account.access_key_id.clone(),
            access_key_secret: Secret::new(account.access_key_secret),
            security_token: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut world = Self { core, nobody: owner.clone(), owner, runtime };
        let alice = [("UserName", "alice")];
        assert_eq!(world.send(&world.signed(sign_v3, "2015-05-01", "CreateUser", &alice)), 200);
        let key = world.answer(&world.signed(sign_v3, "2015-05-01", "CreateAccessKey", &alice));
        let key: serde_json::Value = serde_json::from_slice(&key.body).unwrap();
        let part =
            |name: &str| key.pointer(&format!("/AccessKey/{name}")).unwrap().as_str().unwrap().to_owned();
        world.nobody = Credentials {
            access_key_id: part("AccessKeyId"),
            access_key_secret: Secret::new(part("AccessKeySecret")),
            security_token: None,
        };
        world
    }

    fn signed(&self, sign: Sign, version: &str, action: &str, params: &[(&str, &str)]) -> SignedRequest {
        self.signed_by(&self.owner, sign, version, action, params)
    }

    fn signed_by(
        &self,
        who: &Credentials,
        sign: Sign,
        version: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> SignedRequest {
        let params: Vec<_> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let nonce = format!("{:032x}", u128::from_be_bytes(self.core.env().random()));
        let outgoing = Outgoing {
            host: "127.0.0.1:2742",
            action,
            version,
            params: &params,
            placement: Placement::Query,
            method: "POST",
            timestamp_unix_s: self.core.env().now().as_seconds(),
            nonce: &nonce,
            format: Format::Json,
            headers: &[],
        };
        sign(&outgoing, who).unwrap()
    }

    fn send(&self, request: &SignedRequest) -> u16 {
        self.answer(request).status
    }

    fn answer(&self, request: &SignedRequest) -> Answer {
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let http = HttpRequest {
            method: &request.method,
            target: &request.target,
            headers: &headers,
            body: &request.body,
        };
        let origin = Origin { source_ip: [127, 0, 0, 1].into(), secure_transport: false };
        self.runtime.block_on(self.core.dispatch(&Incoming { http, origin }))
    }
}

fn claims(env: &Env) -> Claims {
    Claims {
        session_id: SessionId::generate(env),
        account: "11223344".parse().unwrap(),
        role_id: RoleId::generate(env),
        role_name: "ecs-admin".parse().unwrap(),
        session_name: "alice".parse().unwrap(),
        source_identity: None,
        issued_at: env.now(),
        issue_revision: vec![("11223344".parse().unwrap(), 7), ("12345678".parse().unwrap(), 9)],
        ends_at: env.now().plus_seconds(3_600),
        policy: None,
        circumstances: Circumstances {
            source_ip: [127, 0, 0, 1].into(),
            secure_transport: false,
            mfa_present: None,
            external_id: None,
        },
        source: Source::AccessKey {
            account: "12345678".parse().unwrap(),
            user: UserId::generate(env),
            access_key_id: "LTAI5tabcdefghijklmnopqr".to_owned(),
        },
        in_console: false,
    }
}
