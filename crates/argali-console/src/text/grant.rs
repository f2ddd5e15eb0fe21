//! Permissions: given and taken back.

texts! {
    TITLE: "Grant Permission", "新增授权";
    SCOPE: "Resource Scope", "资源范围";
    SCOPE_ACCOUNT: "Account", "账号级别";
    SCOPE_ACCOUNT_HINT: "The permission counts everywhere in this account.", "权限在当前账号内生效。";
    SCOPE_GROUP: "Resource Group", "资源组级别";
    SCOPE_GROUP_HINT: "The permission counts in one resource group. The service must support resource groups.", "权限在指定资源组内生效，云服务须支持资源组。";
    GROUP: "Resource group", "资源组";
    PRINCIPAL: "Principal", "授权主体";
    USER: "User", "用户";
    USER_GROUP: "Group", "用户组";
    ROLE: "Role", "角色";
    POLICY: "Policy", "权限策略";
    SYSTEM: "System policies", "系统策略";
    SYSTEM_HINT: "Made and kept up to date by the platform; they cannot be changed.", "由平台创建和维护，不可修改。";
    CUSTOM: "Custom policies", "自定义策略";
    CUSTOM_HINT: "Made and changed by your account.", "由您的账号创建和维护。";
    CUSTOM_EMPTY: "There are none yet.", "暂无自定义策略。";
    CREATE_POLICY: "Create a custom policy", "创建自定义策略";
    HIGH_RISK: "High risk", "高风险";
    HIGH_RISK_NOTE: "Policies marked as high risk allow everything, or changing who has access. Grant only what is needed.", "标记为高风险的策略允许所有操作或更改访问权限，请仅授予必要的权限。";
    CHOOSE: "Choose at least one policy.", "请至少选择一个权限策略。";
    SUBMIT: "Grant Permission", "确认新增授权";
    RESULT: "Permissions granted", "授权结果";
    STATE: "State", "状态";
    DONE: "Granted", "已授权";
    ALREADY: "Granted before", "已存在";
    NOT_DONE: "Not granted", "未授权";
    KIND: "Kind", "类别";
    TYPE: "Type", "类型";
    SINCE: "Granted", "授权时间";
    DESCRIPTION: "Description", "描述";
    REVOKE: "Revoke Permission", "解除授权";
    EMPTY_ROLE: "Nobody can do anything with this role yet: grant it what it may do.", "该角色尚无任何权限，请为其授权。";
    EMPTY_USER: "No policy is attached directly. What groups give is listed with the groups.", "没有直接授予的权限策略，来自用户组的权限请在用户组中查看。";
    GRANTS: "Grants", "授权";
    GRANTS_LEDE: "Who has which policy, and where it counts.", "谁拥有哪些权限策略及其生效范围。";
    GRANTS_EMPTY: "Nobody has been granted anything yet.", "尚未授予任何权限。";
    RISK: "Risk", "风险";
    REVOKE_SEVERAL: "Revoke {0} permissions?", "解除 {0} 项授权？";
    REVOKE_WHAT: "What they allow ends as soon as you confirm, in running sessions, too.", "确认后立即生效，进行中的会话也会失去相应权限。";
    REVOKED: "Permissions revoked", "解除授权结果";
}
