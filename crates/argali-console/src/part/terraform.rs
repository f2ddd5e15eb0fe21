//! Calls as resources of the vendor's Terraform provider, where there is one for what a call makes.

use crate::plan::Planned;

/// How an argument of a resource comes from a parameter of a call, or what it always is, after `=`.
type Argument = (&'static str, &'static str);

/// Calls that make a resource: the operation, the resource, and its arguments by parameter.
const RESOURCES: &[(&str, &str, &[Argument])] = &[
    (
        "CreateUser",
        "alicloud_ram_user",
        &[("UserName", "name"), ("DisplayName", "display_name"), ("Comments", "comments")],
    ),
    (
        "CreateLoginProfile",
        "alicloud_ram_login_profile",
        &[
            ("UserName", "user_name"),
            ("Password", "password"),
            ("PasswordResetRequired", "password_reset_required"),
            ("MFABindRequired", "mfa_bind_required"),
        ],
    ),
    ("CreateAccessKey", "alicloud_ram_access_key", &[("UserName", "user_name")]),
    ("CreateGroup", "alicloud_ram_group", &[("GroupName", "name"), ("Comments", "comments")]),
    (
        "AddUserToGroup",
        "alicloud_ram_user_group_attachment",
        &[("GroupName", "group_name"), ("UserName", "user_name")],
    ),
    (
        "CreateRole",
        "alicloud_ram_role",
        &[
            ("RoleName", "role_name"),
            ("AssumeRolePolicyDocument", "assume_role_policy_document"),
            ("Description", "description"),
            ("MaxSessionDuration", "max_session_duration"),
        ],
    ),
    (
        "CreatePolicy",
        "alicloud_ram_policy",
        &[
            ("PolicyName", "policy_name"),
            ("PolicyDocument", "policy_document"),
            ("Description", "description"),
        ],
    ),
    (
        "AttachPolicyToUser",
        "alicloud_ram_user_policy_attachment",
        &[("PolicyName", "policy_name"), ("PolicyType", "policy_type"), ("UserName", "user_name")],
    ),
    (
        "AttachPolicyToGroup",
        "alicloud_ram_group_policy_attachment",
        &[("PolicyName", "policy_name"), ("PolicyType", "policy_type"), ("GroupName", "group_name")],
    ),
    (
        "AttachPolicyToRole",
        "alicloud_ram_role_policy_attachment",
        &[("PolicyName", "policy_name"), ("PolicyType", "policy_type"), ("RoleName", "role_name")],
    ),
    (
        "AttachPolicy",
        "alicloud_resource_manager_policy_attachment",
        &[
            ("PolicyName", "policy_name"),
            ("PolicyType", "policy_type"),
            ("PrincipalName", "principal_name"),
            ("PrincipalType", "principal_type"),
            ("ResourceGroupId", "resource_group_id"),
        ],
    ),
    (
        "CreateResourceGroup",
        "alicloud_resource_manager_resource_group",
        &[("Name", "resource_group_name"), ("DisplayName", "display_name")],
    ),
    ("SetAccountAlias", "alicloud_ram_account_alias", &[("AccountAlias", "account_alias")]),
    (
        "SetPasswordPolicy",
        "alicloud_ram_password_policy",
        &[
            ("MinimumPasswordLength", "minimum_password_length"),
            ("RequireLowercaseCharacters", "require_lowercase_characters"),
            ("RequireUppercaseCharacters", "require_uppercase_characters"),
            ("RequireNumbers", "require_numbers"),
            ("RequireSymbols", "require_symbols"),
            ("MinimumPasswordDifferentCharacter", "minimum_password_different_character"),
            ("PasswordNotContainUserName", "password_not_contain_user_name"),
            ("MaxPasswordAge", "max_password_age"),
            ("HardExpire", "hard_expiry"),
            ("PasswordReusePrevention", "password_reuse_prevention"),
            ("MaxLoginAttemps", "max_login_attempts"),
        ],
    ),
    (
        "SetSecurityPreference",
        "alicloud_ram_security_preference",
        &[
            ("AllowUserToChangePassword", "allow_user_to_change_password"),
            ("AllowUserToManageMFADevices", "allow_user_to_manage_mfa_devices"),
            ("AllowUserToLoginWithPasskey", "allow_user_to_login_with_passkey"),
            ("AllowUserToManageAccessKeys", "allow_user_to_manage_access_keys"),
            ("EnableSaveMFATicket", "enable_save_mfa_ticket"),
            ("MFAOperationForLogin", "mfa_operation_for_login"),
            ("LoginSessionDuration", "login_session_duration"),
            ("LoginNetworkMasks", "login_network_masks"),
        ],
    ),
    (
        "CreateSAMLProvider",
        "alicloud_ram_saml_provider",
        &[
            ("SAMLProviderName", "saml_provider_name"),
            ("EncodedSAMLMetadataDocument", "encodedsaml_metadata_document"),
            ("Description", "description"),
        ],
    ),
    (
        "CreateOIDCProvider",
        "alicloud_ims_oidc_provider",
        &[
            ("OIDCProviderName", "oidc_provider_name"),
            ("IssuerUrl", "issuer_url"),
            ("ClientIds", "client_ids"),
            ("Fingerprints", "fingerprints"),
            ("IssuanceLimitTime", "issuance_limit_time"),
            ("Description", "description"),
        ],
    ),
    (
        "CreateQueue",
        "alicloud_message_service_queue",
        &[
            ("QueueName", "queue_name"),
            ("VisibilityTimeout", "visibility_timeout"),
            ("MaximumMessageSize", "maximum_message_size"),
            ("MessageRetentionPeriod", "message_retention_period"),
            ("DelaySeconds", "delay_seconds"),
            ("PollingWaitSeconds", "polling_wait_seconds"),
        ],
    ),
    (
        "CreateTopic",
        "alicloud_message_service_topic",
        &[("TopicName", "topic_name"), ("MaximumMessageSize", "max_message_size")],
    ),
    (
        "Subscribe",
        "alicloud_message_service_subscription",
        &[
            ("TopicName", "topic_name"),
            ("SubscriptionName", "subscription_name"),
            ("Endpoint", "endpoint"),
            ("=queue", "push_type"),
            ("FilterTag", "filter_tag"),
            ("NotifyStrategy", "notify_strategy"),
            ("NotifyContentFormat", "notify_content_format"),
        ],
    ),
];
/// Arguments that are lists, which parameters write with commas.
const LISTS: [&str; 2] = ["client_ids", "fingerprints"];

/// The resource that a call makes; nothing if there is none for it.
pub(crate) fn resource(call: &Planned) -> Option<String> {
    let (_, resource, arguments) = RESOURCES.iter().find(|(action, ..)| *action == call.action)?;
    let written = call.params.iter().filter_map(|(name, value)| {
        let (_, argument) = arguments.iter().find(|(parameter, _)| parameter == name)?;
        Some((*argument, value.as_deref()))
    });
    let fixed = arguments.iter().filter_map(|(is, argument)| Some((*argument, Some(is.strip_prefix('=')?))));
    let written: Vec<_> = written.chain(fixed).collect();
    let width = written.iter().map(|(argument, _)| argument.len()).max().unwrap_or_default();
    let mut text = format!("resource \"{resource}\" \"{}\" {{\n", label(call));
    for (argument, value) in written {
        text.push_str(&format!("  {argument:width$} = {}\n", literal(argument, value)));
    }
    text.push('}');
    Some(text)
}

/// What the resource is called in the configuration: after the first thing that the call names.
fn label(call: &Planned) -> String {
    let named = call.params.iter().find(|(name, _)| name.ends_with("Name"));
    let name = named.and_then(|(_, value)| value.as_deref()).unwrap_or("this");
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn literal(argument: &str, value: Option<&str>) -> String {
    let Some(value) = value else { return format!("var.{argument}") };
    if LISTS.contains(&argument) {
        let items: Vec<_> = value.split(',').map(|item| string(item.trim())).collect();
        return format!("[{}]", items.join(", "));
    }
    let is_document = value.starts_with('{') && serde_json::from_str::<serde_json::Value>(value).is_ok();
    if is_document && !value.contains("\n  EOT\n") {
        let lines: Vec<_> = value.lines().map(|line| format!("    {}", unexpanded(line))).collect();
        return format!("<<-EOT\n{}\n  EOT", lines.join("\n"));
    }
    let is_bare =
        matches!(value, "true" | "false") || (!value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()));
    if is_bare { value.to_owned() } else { string(value) }
}

fn string(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{}\"", unexpanded(&escaped))
}

/// What stands for itself where the configuration language would put something in its place.
fn unexpanded(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(action: &str, params: &[(&str, Option<&str>)]) -> Planned {
        let owned = |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
        Planned {
            product: "Ram".to_owned(),
            version: "2015-05-01".to_owned(),
            action: action.to_owned(),
            params: params.iter().map(owned).collect(),
            written: None,
            command: None,
        }
    }

    #[test]
    fn a_call_is_a_resource_without_its_secrets() {
        let call = planned(
            "CreateLoginProfile",
            &[("UserName", Some("al\"ice${x}")), ("Password", None), ("MFABindRequired", Some("true"))],
        );
        assert_eq!(
            resource(&call).unwrap(),
            "resource \"alicloud_ram_login_profile\" \"al_ice__x_\" {\n  user_name         = \"al\\\"ice$${x}\"\n  \
             password          = var.password\n  mfa_bind_required = true\n}"
        );
        assert!(resource(&planned("DeleteUser", &[])).is_none());
    }

    #[test]
    fn documents_are_written_as_they_are() {
        let call = planned("CreateRole", &[("AssumeRolePolicyDocument", Some("{\n  \"Version\": \"1\"\n}"))]);
        assert!(
            resource(&call).unwrap().contains("= <<-EOT\n    {\n      \"Version\": \"1\"\n    }\n  EOT\n")
        );
    }
}
