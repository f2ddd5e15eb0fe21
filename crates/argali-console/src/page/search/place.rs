//! Pages that search finds by their names, also by those that they had before, here or in the vendor's console.

use std::borrow::Cow;

use crate::page::resource::{name_in, path_of_kind, path_of_service};
use crate::text::Text;
use crate::text::delegation::NEW as NEW_DELEGATION;
use crate::text::messaging::{TITLE as MESSAGING, TOPICS};
use crate::text::oss::TITLE as OSS;
use crate::text::resource_group::SERVICES;
use crate::text::search::*;
use crate::text::shell::*;
use crate::visit::Visit;

/// A page.
#[derive(Debug)]
pub(super) struct Place<'v> {
    pub(super) path: Cow<'static, str>,
    /// What it is called.
    pub(super) name: Cow<'v, str>,
    /// What it was called.
    older: &'static [&'static str],
    /// What it is called in every language.
    same: Vec<&'v str>,
}

type Fixed = (&'static str, Text, &'static [&'static str]);

const FIXED: &[Fixed] = &[
    ("", HOME, &["User Center", "Overview", "概览", "用户中心"]),
    ("/ram/users", USERS, &["RAM Users", "Sub-accounts", "RAM 用户", "子账号", "人员管理"]),
    ("/ram/users/new", CREATE_USER, &["New user", "新建用户"]),
    ("/ram/groups", GROUPS, &["Groups", "群组", "群组管理"]),
    ("/ram/roles", ROLES, &["RAM Roles", "RAM 角色", "RAM 角色管理", "角色管理"]),
    ("/ram/roles/new", CREATE_ROLE, &["Create RAM Role", "New role", "新建角色", "创建 RAM 角色"]),
    ("/ram/grants", GRANTS, &["Permissions", "Authorizations", "Add Permissions", "添加权限", "权限管理"]),
    ("/ram/policies", POLICIES, &["Access policies", "Authorization policies", "授权策略", "权限策略管理"]),
    ("/ram/policies/new", CREATE_POLICY, &["New policy", "新建授权策略"]),
    ("/switch-role", SWITCH_ROLE, &["Assume a RAM role", "Switch Identity", "扮演角色", "切换身份"]),
    ("/delegations", DELEGATIONS, &["Cross-account access", "Trusted accounts", "跨账号访问", "委派"]),
    ("/delegations/new", NEW_DELEGATION, &["Invite an account", "Trust an account", "邀请账号", "新建委派"]),
    ("/sessions", SESSIONS, &["Role sessions", "Live sessions", "角色会话"]),
    ("/resource-groups", RESOURCE_GROUPS, &["Resource Management", "资源管理"]),
    ("/resource-groups/services", SERVICES, &["Services that work with RAM", "支持 RAM 的云服务"]),
    ("/oss", OSS, &["Object Storage Service", "OSS", "Buckets", "对象存储", "存储空间"]),
    ("/messaging", MESSAGING, &["Message Service", "MNS", "Queues", "队列", "消息队列"]),
    ("/messaging/topics", TOPICS, &["Publish", "Subscribe", "消息发布", "消息订阅"]),
    ("/activity", ACTIVITY, &["ActionTrail", "Event query", "Audit", "Log", "操作审计", "事件查询", "日志"]),
    ("/why", WHY, &["Access denied", "Troubleshoot", "Permission diagnosis", "权限诊断", "无权限"]),
    ("/analyzer", ANALYZER, &["Access Analyzer", "Security check", "安全检查", "访问分析器"]),
    ("/test", TEST_ACCESS, &["Policy simulator", "Simulate", "Who can", "策略模拟", "权限审计"]),
    ("/sso", SSO, &["Identity providers", "SAML", "OIDC", "Federation", "身份提供商", "单点登录"]),
    (
        "/settings",
        SETTINGS,
        &["Password policy", "Account alias", "Default domain", "Settings", "密码强度", "账号别名", "设置"],
    ),
    (
        "/me",
        MY_SECURITY,
        &[
            "Security Information Management",
            "My password",
            "MFA device",
            "Passkeys",
            "安全信息管理",
            "修改密码",
        ],
    ),
    (
        "/developer",
        DEVELOPER,
        &["OpenAPI Explorer", "API", "Webhooks", "Endpoints", "Credentials", "SDK", "开放平台", "接入点"],
    ),
];
/// What operators have besides.
const OF_OPERATORS: Fixed =
    ("/operator", OPERATOR, &["Accounts", "Backup", "Gates", "Licences", "账号管理", "备份"]);

/// Every page that has a name of its own for whoever visits: those of services come from what their files say.
pub(super) fn places<'v>(visit: &'v Visit<'_>) -> Vec<Place<'v>> {
    let of_operators = visit.is_operator().then_some(&OF_OPERATORS);
    let fixed = FIXED.iter().chain(of_operators).map(|(path, name, older)| Place {
        path: Cow::Borrowed(*path),
        name: Cow::Borrowed(visit.say(*name)),
        older,
        same: Vec::new(),
    });
    let of_services = visit.console().services.iter().flat_map(|service| {
        let own = name_in(visit, &service.names);
        let itself = Place {
            path: Cow::Owned(path_of_service(&service.name)),
            name: Cow::Borrowed(own),
            older: &[],
            same: service.names.values().map(String::as_str).collect(),
        };
        let kinds = service.types.iter().filter(|kind| kind.list.is_some() && !kind.is_part());
        std::iter::once(itself).chain(kinds.map(move |kind| Place {
            path: Cow::Owned(path_of_kind(service, kind)),
            name: Cow::Owned(format!("{own} · {}", name_in(visit, &kind.names))),
            older: &[],
            same: kind.names.values().map(String::as_str).collect(),
        }))
    });
    fixed.chain(of_services).collect()
}

impl Place<'_> {
    /// Whether it is called so, and by which other name if not by its own.
    pub(super) fn is_called(&self, folded: &str) -> Option<Option<&str>> {
        let is_in = |name: &str| name.to_lowercase().contains(folded);
        if is_in(&self.name) || self.same.iter().copied().any(is_in) {
            return Some(None);
        }
        self.older.iter().copied().find(|name| is_in(name)).map(Some)
    }
}
