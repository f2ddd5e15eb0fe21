//! Finding pages, identities, policies, resources and calls.

texts! {
    TITLE: "Search", "搜索";
    FOUND_FOR: "Found for {0}", "“{0}”的搜索结果";
    FIELD: "Search pages, users, roles, policies, resources, request IDs", "搜索页面、用户、角色、策略、资源、请求 ID";
    SHORT: "Search", "搜索";
    NOTHING: "Nothing here is called so.", "没有找到相关内容。";
    NOTHING_HINT: "Names are searched for any part of them, request IDs, AccessKeys and resource IDs as a whole.", "名称支持部分匹配，请求 ID、AccessKey ID 和资源 ID 需完整输入。";
    ENTER: "Type what you look for.", "请输入要查找的内容。";
    PAGES: "Pages", "页面";
    CALLS: "Calls", "调用记录";
    MANUAL: "Manual", "使用手册";
    RESOURCES: "Resources", "资源";
    AS_REQUEST: "Request {0}", "请求 {0}";
    CREATE_ROLE: "Create Role", "创建角色";
    CREATE_USER: "Create User", "创建用户";
    CREATE_POLICY: "Create Policy", "创建权限策略";
    SWITCH_ROLE: "Switch Role", "切换角色";
    OLDER: "also {0}", "也称 {0}";
    MORE: "More of these", "查看更多";
    KEYS: "Keyboard shortcuts", "键盘快捷键";
    KEYS_ON: "Use keyboard shortcuts", "启用键盘快捷键";
    KEY_SEARCH: "Search", "搜索";
    KEY_LIST: "This list", "显示本列表";
    KEY_GO: "Then a letter: go to", "再按字母：前往";
    KEY_NEW: "Create", "新建";
    KEY_ROWS: "Next and previous row", "下一行、上一行";
    KEY_SELECT: "Select the row", "选择该行";
    KEY_OPEN: "Open", "打开";
    KEY_CLOSE: "Close", "关闭";
}
