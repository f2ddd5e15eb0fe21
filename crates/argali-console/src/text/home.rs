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
    WORK_ELSEWHERE: "Work on another enterprise's resources", "操作其他企业的资源";
    STEP_ALIAS: "Give your account an alias, for logon names that people remember", "为账号设置便于记忆的企业别名";
    STEP_ROLE: "Create a role that trusts the other account", "创建信任对方账号的角色";
    STEP_GRANT: "Grant the role what it may do", "为角色授权";
    STEP_THEY_USE: "Invite the other side: it creates a user and lets it assume the role", "邀请对方：由对方创建用户并允许其扮演该角色";
    STEP_USER: "Create a user for whoever is to work there", "为操作人员创建用户";
    STEP_ASSUME: "Let the user assume the role that you were given", "允许该用户扮演对方授予的角色";
    STEP_SWITCH: "The user switches to the role and works", "用户切换到角色并开始工作";
    STEP_DONE: "Done", "已完成";
    QUOTAS: "In this account", "账号概览";
    OF_QUOTA: "{0} of {1}", "{0}，上限 {1}";
    LIVE_SESSIONS: "Live sessions", "使用中的会话";
    NO_SESSIONS: "Nobody acts in a role at present.", "当前没有人使用角色。";
    FINDINGS: "Findings", "待处理的问题";
    FINDINGS_WHAT: "The analyzer looks for access that is too wide, unused or unknown.", "访问分析会检查过大、未使用或未知的访问权限。";
    LATEST: "Latest changes and refusals", "最近的变更与拒绝";
    NO_CALLS: "Nothing is on record yet.", "暂无操作记录。";
}
