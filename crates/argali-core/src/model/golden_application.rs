//! Old bytes of OAuth applications still read, as those of other records do in `golden`.

use std::sync::Arc;

use super::golden::{Counting, Still, check};
use super::{AppSecret, Application, GrantedScope, Installation};
use crate::application::{OAuthVersion, Scope};
use crate::env::Env;
use crate::identifier::ApplicationId;
use crate::name::AppType;
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

#[test]
fn what_every_format_wrote_of_applications_reads_as_the_same() {
    let env = Env::new(Arc::new(Still), Arc::new(Counting));
    let at = Timestamp::from_millis(1_750_000_000_123);
    let id = ApplicationId::generate(&env);
    let granted = |scope, required| GrantedScope { scope, required };
    check(
        "Application",
        &Application {
            id,
            name: "shop".parse().unwrap(),
            display_name: "The shop".parse().unwrap(),
            kind: AppType::NativeApp,
            protocol: OAuthVersion::V2_1,
            redirect_uris: vec!["https://www.example.com/cb".parse().unwrap()],
            scopes: vec![granted(Scope::OpenId, true), granted(Scope::Profile, false)],
            access_token_validity_s: 900,
            refresh_token_validity_s: 7_200,
            is_multi_tenant: true,
            secret_required: false,
            created_at: at,
            updated_at: at.plus_seconds(60),
        },
    );
    let value = SecretText::new("a secret".to_owned());
    check("AppSecret", &AppSecret::seal(&env, &SecretKey::new([1; 32]), "1".to_owned(), id, &value));
    check(
        "Installation",
        &Installation {
            application: id,
            owner: "11223344".parse().unwrap(),
            scopes: vec![Scope::OpenId, Scope::AliUid],
            created_at: at,
            updated_at: at.plus_seconds(60),
        },
    );
}
