//! Logging on.

texts! {
    LOG_ON: "Log On", "登录";
    TITLE: "Log on to Argali", "登录 Argali";
    LOGON_NAME: "Logon Name", "登录名称";
    LOGON_NAME_HINT: "user@company-alias, user@company-alias.onaliyun.com, or user@account-ID", "用户名@企业别名、用户名@企业别名.onaliyun.com，或 用户名@账号 ID";
    NEXT: "Next", "下一步";
    PASSWORD: "Password", "密码";
    CHANGE_NAME: "Change", "更改";
    SEPARATELY: "Use alias and user name separately", "分别输入企业别名和用户名";
    TOGETHER: "Use one logon name", "使用登录名称";
    OWNER_LINK: "Log on as account owner", "使用云账号登录";
    USER_LINK: "Log on as RAM user", "使用 RAM 用户登录";
    ALIAS: "Account Alias", "企业别名";
    ALIAS_HINT: "The alias, the default domain or the account ID", "企业别名、默认域名或账号 ID";
    USER_NAME: "User Name", "用户名";
    OWNER: "Account ID or alias", "账号 ID 或企业别名";
    CODE: "MFA code", "MFA 验证码";
    CODE_HINT: "Six digits from your authenticator app", "身份验证器应用中的 6 位数字";
    CODE_TITLE: "Confirm that it is you", "验证您的身份";
    REMEMBER: "Remember this browser for seven days", "记住此浏览器 7 天";
    REMEMBER_HINT: "No code is asked for here meanwhile. Only on a device of your own.", "期间在此处登录无需验证码，请仅在您自己的设备上使用。";
    DEVICE_TITLE: "Bind an MFA device", "绑定 MFA 设备";
    DEVICE_WHAT: "Your administrator wants a second factor. Scan this picture with an authenticator app, or type the key into it; then enter two codes that follow one another.", "管理员要求启用多因素认证。请使用身份验证器应用扫描二维码或手动输入密钥，然后输入两个连续的验证码。";
    DEVICE_PICTURE: "QR code of the key", "密钥二维码";
    DEVICE_KEY: "Key", "密钥";
    CODE_1: "First code", "第一个验证码";
    CODE_2: "The code after it", "下一个验证码";
    BIND: "Bind and continue", "绑定并继续";
    NEW_PASSWORD_TITLE: "Choose a new password", "设置新密码";
    NEW_PASSWORD_WHAT: "The password that you used has to be replaced before you go on.", "继续之前需要更换当前密码。";
    NEW_PASSWORD: "New password", "新密码";
    NEW_PASSWORD_HINT: "8 to 32 characters. Your account may ask for more.", "8 到 32 个字符，账号可能另有要求。";
    REPEAT_PASSWORD: "New password, again", "再次输入新密码";
    CHANGE_PASSWORD: "Change and continue", "更改并继续";
    NOT_ALIKE: "The two passwords differ: type the same one twice.", "两次输入的密码不一致。";
    VERIFY: "Continue", "继续";
    START_AGAIN: "Start again", "重新开始";
    FAILED: "Logon name or password is wrong, or logging on is locked for a while after too many attempts.", "登录名称或密码错误，或因尝试次数过多已被暂时锁定。";
    CODE_FAILED: "The code is wrong, was used before, or too many were tried: wait for the next one.", "验证码错误、已被使用或尝试次数过多，请等待下一个验证码。";
    ENDED: "The logon was not finished in time: begin again.", "登录超时，请重新开始。";
    LOGGED_OFF: "You have logged off.", "您已退出登录。";
    PASSWORD_CHANGED: "Your password was changed: log on with the new one.", "密码已修改，请使用新密码登录。";
    SESSION_ENDED: "Your session has ended: log on again to go on.", "会话已结束，请重新登录后继续。";
    LEDE: "Access to what others own, without sharing a key.", "无需共享密钥，即可访问他人的资源。";
}
