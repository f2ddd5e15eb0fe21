//! What stands around every page.

texts! {
    SKIP: "Skip to content", "跳到正文";
    NAVIGATION: "Navigation", "导航";
    MENU: "Menu", "菜单";
    HOME: "Home", "首页";
    IDENTITIES: "Identities", "身份管理";
    PERMISSIONS: "Permissions", "权限管理";
    USERS: "Users", "用户";
    GROUPS: "User Groups", "用户组";
    ROLES: "Roles", "角色";
    GRANTS: "Grants", "授权";
    POLICIES: "Policies", "权限策略";
    DELEGATION: "Delegation", "跨账号";
    DELEGATIONS: "Delegations", "跨账号授权";
    SESSIONS: "Sessions", "会话";
    RESOURCES: "Resources", "资源";
    RESOURCE_GROUPS: "Resource Groups", "资源组";
    LANGUAGE: "Language", "语言";
    IDENTITY: "Identity", "身份";
    THEME: "Colours", "外观";
    THEME_SYSTEM: "System", "跟随系统";
    THEME_LIGHT: "Light", "浅色";
    THEME_DARK: "Dark", "深色";
    SWITCH_IDENTITY: "Switch Identity", "切换身份";
    SWITCH_BACK: "Switch back", "切换回来";
    LOG_OFF: "Log Off", "退出登录";
    ACCOUNT_OWNER: "Account owner", "云账号";
    ACCOUNT_ID: "Account ID", "账号 ID";
    IN_ROLE: "You are {0} in {1}, signed in as {2}. Ends in {3}.", "您正以 {1} 的角色 {0} 操作，登录身份为 {2}。剩余 {3}。";
    COPY: "Copy", "复制";
    COPIED: "Copied", "已复制";
    SEARCH: "Search", "搜索";
    SEARCH_NAMES: "Search by name", "按名称搜索";
    CLEAR: "Clear filters", "清除筛选";
    NOTHING_MATCHES: "Nothing matches.", "没有匹配的结果。";
    NEXT_PAGE: "Next page", "下一页";
    FIRST_PAGE: "First page", "首页";
    PER_PAGE: "Per page", "每页";
    ACTIONS: "Actions", "操作";
    SAVE: "Save", "保存";
    CANCEL: "Cancel", "取消";
    DELETE: "Delete", "删除";
    OK: "OK", "确定";
    CLOSE: "Close", "关闭";
}
