//! What stands around every page.

texts! {
    SKIP: "Skip to content", "跳到正文";
    NAVIGATION: "Navigation", "导航";
    MENU: "Menu", "菜单";
    HOME: "Home", "首页";
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
}
