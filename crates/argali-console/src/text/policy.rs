//! Policies.

texts! {
    TITLE: "Policies", "权限策略";
    LEDE: "What is allowed or denied, on what, under which conditions. A policy does something once it is granted to somebody.", "定义在何种条件下允许或拒绝哪些操作。策略授予主体后生效。";
    CREATE: "Create Policy", "创建权限策略";
    NAME: "Policy Name", "策略名称";
    NAME_HINT: "Up to 128 letters, digits and hyphens", "最多 128 个字符，可包含字母、数字和连字符";
    TYPE: "Type", "类型";
    SYSTEM: "System", "系统策略";
    CUSTOM: "Custom", "自定义策略";
    BOTH: "All", "全部";
    DESCRIPTION: "Description", "描述";
    ATTACHED: "Attachments", "引用次数";
    SEARCH: "Search names and texts", "搜索名称或描述";
    EMPTY: "There are no custom policies yet. Where no system policy fits, write one.", "还没有自定义策略。系统策略不适用时可自行创建。";
    DOCUMENT: "Document", "策略内容";
    DOCUMENT_HINT: "JSON, up to 6,144 characters", "JSON，最多 6144 个字符";
    VERSIONS: "Versions", "版本管理";
    VERSION: "Version", "版本";
    COMPARE: "Compare", "对比";
    COMPARED: "From {0} to {1}, which is in force", "从 {0} 到当前版本 {1} 的变化";
    VERSIONS_FIRST: "These versions are not in force and must be deleted first:", "须先删除以下非默认版本：";
    DELETE_VERSIONS: "Delete all {0}", "全部删除（{0}）";
    DETACH_FIRST: "It must be taken from whoever has it first:", "须先从以下主体解除该策略：";
    IN_FORCE: "In force", "当前版本";
    SET_DEFAULT: "Set as default", "设为当前版本";
    REFERENCES: "References", "引用记录";
    REFERENCES_EMPTY: "Nobody has this policy: it allows nothing until it is granted to a user, a group or a role.", "该策略未被引用，授予用户、用户组或角色后才会生效。";
    KEPT: "System policies are made and kept up to date by the platform. They cannot be changed.", "系统策略由平台创建和维护，不可修改。";
    DELETE_TITLE: "Delete policy {0}?", "删除权限策略 {0}？";
    DELETE_SEVERAL: "Delete {0} {0|policy|policies}?", "删除 {0} 个权限策略？";
    DELETE_SEVERAL_WHAT: "Whoever has them loses what they allow. This cannot be undone.", "拥有这些策略的主体将失去相应权限。此操作不可恢复。";
    DELETED_SEVERAL: "Deleting {0} {0|policy|policies}", "删除 {0} 个权限策略的结果";
    DETACH_TOO: "Detach them from everybody, and delete their older versions, first", "先解除所有引用并删除历史版本";
    DETACH_TOO_HINT: "A policy is not deleted while somebody has it or it has older versions.", "仍被引用或存在历史版本的策略无法删除。";
    SYSTEM_STAY: "{0} {0|policy|policies} of the system that you chose {0|stays|stay}.", "所选的 {0} 个系统策略会保留。";
    DELETE_WHAT: "Whoever has it loses what it allows. It must be detached from everybody, and older versions must be deleted, first.", "拥有该策略的主体将失去相应权限。请先解除所有引用并删除历史版本。";
    TO_POLICY: "Open the policy", "打开权限策略";
    PUT_IN_FORCE: "Put {0} in force", "启用 {0}";
}
