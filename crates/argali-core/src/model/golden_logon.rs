//! Old bytes of what logons are made of still read, as those of other records do in `golden`.

use std::sync::Arc;

use super::golden::{Counting, Still, check};
use super::{
    ChosenBy, ConsoleSession, FavouriteRole, KeyOwner, LoginProfile, LogonTrace, MfaDevice, MfaForLogon,
    NewServiceCredential, Passkey, PasswordPolicy, RecentRole, RoleLook, SecondFactor, SecurityPreference,
    ServiceCredential, SwitchManner, SwitchedRole, VerificationInfo,
};
use crate::env::Env;
use crate::identifier::{PasskeyId, UserId};
use crate::name::{KeyStatus, RoleColour};
use crate::passkey::{CredentialId, PublicKey};
use crate::password::PasswordHash;
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::totp::Seed;
use crate::vault::{SecretKey, SecretText};

#[test]
fn what_every_format_wrote_of_logons_reads_as_the_same() {
    let env = Env::new(Arc::new(Still), Arc::new(Counting));
    let at = Timestamp::from_millis(1_750_000_000_123);
    let owner = KeyOwner::User(UserId::generate(&env));
    let mut profile = LoginProfile::new(owner, PasswordHash::example(1), at);
    profile.set_password(PasswordHash::example(2), ChosenBy::Holder, at.plus_seconds(60));
    profile.status = KeyStatus::Inactive;
    check("LoginProfile", &profile);
    let policy = PasswordPolicy {
        minimum_length: 12,
        minimum_different: 4,
        require_lowercase: true,
        max_age_days: 1_095,
        hard_expiry: true,
        reuse_prevention: 24,
        max_attempts: 5,
        ..PasswordPolicy::default()
    };
    check("PasswordPolicy", &policy);
    let preference = SecurityPreference {
        session_hours: 12,
        mfa_for_logon: MfaForLogon::Adaptive,
        networks: "10.0.0.0/8".parse().unwrap(),
        max_idle_days_users: 90,
        verification_types: vec!["totp".to_owned()],
        ..SecurityPreference::default()
    };
    check("SecurityPreference", &preference);
    let (account, seed) = ("11223344".parse().unwrap(), Seed::from_bytes(b"12345678901234567890").unwrap());
    let key = SecretKey::new([1; 32]);
    let mut device = MfaDevice::seal(&env, &key, account, "Alice-1".parse().unwrap(), &seed);
    check("MfaDevice", &device);
    let codes = ("081804".parse().unwrap(), "050471".parse().unwrap());
    let now = Timestamp::from_seconds(1_111_111_111);
    assert_eq!(device.bind((&key, account), KeyOwner::User(UserId::generate(&env)), codes, now), Some(true));
    check("MfaDevice of a user", &device);
    let mut trace = LogonTrace::default();
    trace.last_at = Some(at);
    trace.count_wrong(1, at);
    check("LogonTrace", &trace);
    trace.logged_on([192, 0, 2, 1].into(), at);
    check("LogonTrace of a network", &trace);
    let mut session = ConsoleSession {
        id: SessionId::from_bytes([1; 16]),
        owner,
        password_mark: [2; 16],
        second_factor: Some(SecondFactor::MfaDevice(device.id)),
        began_at: at,
        ends_at: at.plus_seconds(3_600),
        source_ip: "192.0.2.1".to_owned(),
        cookie: [3; 32],
        verified_at: at,
        began_at_generation: 7,
        switched: Vec::new(),
    };
    check("ConsoleSession", &session);
    let passkey = Passkey {
        id: PasskeyId::generate(&env),
        owner,
        name: "My laptop".parse().unwrap(),
        credential: CredentialId::example(b"credential"),
        key: PublicKey::Es256([4; 65]),
        counter: 7,
        handle: [5; 16],
        relying_party: "argali.example".to_owned(),
        created_at: at,
        last_used_at: Some(at.plus_seconds(60)),
    };
    check("Passkey", &passkey);
    check(
        "Passkey on edwards25519",
        &Passkey { key: PublicKey::EdDsa([6; 32]), last_used_at: None, ..passkey.clone() },
    );
    let rsa = PublicKey::Rs256 { modulus: vec![7; 256], exponent: vec![1, 0, 1] };
    check("Passkey of RSA", &Passkey { key: rsa, ..passkey.clone() });
    let info = VerificationInfo {
        phone: Some("86-18600000000".parse().unwrap()),
        email: Some("alice@example.com".parse().unwrap()),
    };
    check("VerificationInfo", &info);
    let new = NewServiceCredential {
        id: "example".to_owned(),
        owner,
        name: "ci".parse().unwrap(),
        service: "model-studio".parse().unwrap(),
        expires_at: Some(at),
    };
    let secret = SecretText::new("a secret".to_owned());
    let credential = ServiceCredential::seal(&env, &key, account, new, &secret);
    assert_eq!(credential.secret(&key, account).unwrap().expose(), "a secret");
    check("ServiceCredential", &credential);
    session.second_factor = Some(SecondFactor::Passkey(passkey.id));
    check("ConsoleSession with a passkey", &session);
    session.second_factor = Some(SecondFactor::MfaDevice(device.id));
    let look = RoleLook {
        account: "company-a".to_owned(),
        display_name: Some("Company A".parse().unwrap()),
        colour: Some(RoleColour::Teal),
    };
    let role = SwitchedRole {
        account,
        name: "ecs-admin".parse().unwrap(),
        session: SessionId::from_bytes([4; 16]),
        access_key_id: "STS.Example".to_owned(),
        token: "sealed".to_owned(),
        ends_at: at.plus_seconds(3_600),
        look: look.clone(),
        manner: None,
    };
    session.switch_to(role.clone(), at);
    check("ConsoleSession that switched", &session);
    let manner = SwitchManner {
        session_name: "alice".parse().unwrap(),
        duration_s: Some(900),
        external_id: Some("agreed".parse().unwrap()),
        from_account: Some(account),
        from_role: Some("gateway".parse().unwrap()),
    };
    session.switch_to(SwitchedRole { manner: Some(manner), ..role }, at);
    check("ConsoleSession that knows how it switched", &session);
    let recent = RecentRole { account, name: "ecs-admin".parse().unwrap(), switched_at: at, look };
    check("RecentRole", &recent);
    let (language, theme) = (Some("zh-CN".to_owned()), Some("dark".to_owned()));
    let preference = super::ConsolePreference { language, theme, shortcuts: Some(false) };
    check("ConsolePreference", &preference);
    check("FavouriteRole", &FavouriteRole { account, name: "ecs-admin".parse().unwrap(), marked_at: at });
}
