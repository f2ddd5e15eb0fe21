//! Users, how they log on, and what they sign with.

use super::{Finding, FindingKind, Looking};
use crate::model::User;
use crate::model::survey::{Credentials, HeldKey, Survey, UserCredentials};

pub(super) fn findings(looking: Looking<'_>, survey: &Survey) -> Vec<Finding> {
    let account = looking.account;
    let mut findings = of_keys(looking, &format!("acs:ram::{account}:root"), &survey.owner);
    findings.extend(without_mfa(&format!("acs:ram::{account}:root"), &survey.owner));
    for UserCredentials { user, credentials } in &survey.users {
        let arn = format!("acs:ram::{account}:user/{}", user.name);
        findings.extend(of_keys(looking, &arn, credentials));
        findings.extend(without_mfa(&arn, credentials));
        findings.extend(with_both_modes(&arn, credentials));
        findings.extend(unused(looking, &arn, user, credentials));
    }
    findings
}

fn logs_on(credentials: &Credentials) -> bool {
    credentials.password.as_ref().is_some_and(|password| password.is_active)
}

fn without_mfa(arn: &str, credentials: &Credentials) -> Option<Finding> {
    (logs_on(credentials) && !credentials.has_second_factor).then(|| {
        let finding = Finding::new(FindingKind::UserWithoutMfa, arn.to_owned());
        finding.at("LastLogonDate", credentials.last_logon)
    })
}

fn with_both_modes(arn: &str, credentials: &Credentials) -> Option<Finding> {
    let keys: Vec<&HeldKey> = credentials.keys.iter().filter(|key| key.is_active).collect();
    (logs_on(credentials) && !keys.is_empty()).then(|| {
        let finding = Finding::new(FindingKind::UserWithBothModes, arn.to_owned());
        keys.iter().fold(finding, |finding, key| finding.shown_by("AccessKeyId", &*key.id))
    })
}

fn of_keys(looking: Looking<'_>, arn: &str, credentials: &Credentials) -> Vec<Finding> {
    let mut findings = Vec::new();
    let old = credentials.keys.iter().filter(|key| key.is_active && looking.is_long_ago(key.created_at));
    for key in old {
        let finding = |kind| {
            let finding = Finding::new(kind, arn.to_owned()).about("AccessKeyId", &*key.id);
            finding.at("CreateDate", Some(key.created_at)).at("LastUseDate", key.last_use)
        };
        findings.push(finding(FindingKind::OldKey));
        if key.last_use.is_none_or(|last| looking.is_long_ago(last)) {
            findings.push(finding(FindingKind::UnusedKey));
        }
    }
    findings
}

/// A user that neither logged on nor signed anything for long.
fn unused(looking: Looking<'_>, arn: &str, user: &User, credentials: &Credentials) -> Option<Finding> {
    let created_at = user.created_at;
    let is_unused =
        looking.is_long_ago(credentials.last_use().unwrap_or(created_at)) && looking.is_long_ago(created_at);
    is_unused.then(|| {
        let finding = Finding::new(FindingKind::UnusedUser, arn.to_owned());
        let finding = finding.at("CreateDate", Some(created_at)).at("LastLogonDate", credentials.last_logon);
        finding.at("LastUseDate", credentials.last_key_use())
    })
}
