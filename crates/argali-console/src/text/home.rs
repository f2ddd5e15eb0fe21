//! The first page.

texts! {
    TITLE: "User Center", "用户中心";
    WELCOME: "Welcome, {0}", "欢迎，{0}";
    THIS_ACCOUNT: "This account", "当前账号";
    THIS_ROLE: "This role", "当前角色";
    ALIAS: "Alias", "企业别名";
    NO_ALIAS: "No alias", "未设置别名";
    LOGON_ADDRESS: "Logon address of RAM users", "RAM 用户登录地址";
    DOMAIN: "Default domain", "默认域名";
    THIS_LOGON: "This logon", "本次登录";
    SINCE: "Logged on", "登录时间";
    UNTIL: "Ends", "结束时间";
    FACTORS: "Factors", "认证方式";
    PASSWORD_ONLY: "Password", "密码";
    WITH_MFA: "Password and MFA", "密码与 MFA";
    ROLES_YOU_USE: "Roles you can use", "您可使用的角色";
    ROLES_OWNER: "The account owner cannot assume roles. Create a RAM user for this and log on as that user.", "云账号不能扮演角色。请创建 RAM 用户并以该用户身份登录。";
    SWITCH_TO: "Switch to a role", "切换到角色";
    JOURNEY: "Let another enterprise work on your resources", "让其他企业操作您的资源";
    STEP_ROLE: "Create a role that trusts the other account", "创建信任对方账号的角色";
    STEP_GRANT: "Grant the role what it may do", "为角色授权";
    STEP_USER: "The other side creates a user", "对方创建用户";
    STEP_ASSUME: "and lets it assume roles", "并允许该用户扮演角色";
    STEP_SWITCH: "The user switches to the role and works", "用户切换到角色并开始工作";
}
