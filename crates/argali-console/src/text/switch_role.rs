//! Switching roles.

texts! {
    TITLE: "Switch Role", "切换角色";
    LEDE: "Work on what another account owns, in a role that trusts you. You stay visible as yourself in the records of both accounts.", "以信任您的角色操作其他账号的资源。双方的操作记录中都会保留您的真实身份。";
    ACCOUNT: "Account alias, default domain or ID", "企业别名、默认域名或账号 ID";
    ROLE_NAME: "Role name", "角色名称";
    MORE: "More options", "更多选项";
    SESSION_NAME: "Session name", "会话名称";
    SESSION_NAME_HINT: "What records call this session; your user name unless you say otherwise.", "操作记录中的会话名称，默认为您的用户名。";
    DURATION: "Duration", "有效时长";
    DURATION_DEFAULT: "As long as the role allows", "角色允许的最长时间";
    DURATION_1: "1 hour", "1 小时";
    DURATION_4: "4 hours", "4 小时";
    DURATION_12: "12 hours", "12 小时";
    DURATION_QUARTER: "15 minutes", "15 分钟";
    EXTERNAL_ID: "External ID", "外部 ID";
    EXTERNAL_ID_HINT: "Only if the other side has given you one.", "仅当对方提供时填写。";
    DISPLAY_NAME: "Display name", "显示名称";
    COLOUR: "Colour", "颜色";
    BLUE: "Blue", "蓝色";
    TEAL: "Teal", "青色";
    GREEN: "Green", "绿色";
    ORANGE: "Orange", "橙色";
    RED: "Red", "红色";
    PURPLE: "Purple", "紫色";
    GREY: "Grey", "灰色";
    SWITCH: "Switch", "切换";
    RECENT: "Roles you can use", "您可使用的角色";
    RECENT_EMPTY: "Roles that let you in, and those that you have switched to, are listed here, so that switching is one click.", "信任您的角色和您切换过的角色会列在这里，一键即可切换。";
    SHOW_ALL: "Show all {0}", "查看全部 {0} 个";
    NOT_USED_YET: "Not used yet", "尚未使用";
    ASK: "Switch to {0} in {1}?", "切换到 {1} 的角色 {0}？";
    ASK_WHAT: "This address belongs to a role that you are not using at present.", "该地址属于您当前未使用的角色。";
    IN_ROLE_NOTE: "You are in a role now: what you fill in is switched to from this role, which must be trusted itself. The roles in the list are switched to as yourself.", "您当前处于角色中：通过表单切换时由该角色发起，目标角色需信任该角色；列表中的角色则以您本人身份切换。";
    FAILED: "You could not switch to this role", "无法切换到该角色";
    YOUR_SIDE: "Your side", "您的账号";
    THEIR_SIDE: "Their side", "对方账号";
    YOUR_SIDE_OK: "Allowed: your own account lets you assume this role.", "已允许：您的账号允许您扮演该角色。";
    YOUR_SIDE_DENIED: "Not allowed: you need the permission sts:AssumeRole. The policy AliyunSTSAssumeRoleAccess gives it; ask your administrator.", "未允许：您需要 sts:AssumeRole 权限，可由权限策略 AliyunSTSAssumeRoleAccess 授予，请联系管理员。";
    THEIR_SIDE_DENIED: "{0} did not allow it, or the role does not exist. Check both names, and ask them whether the role trusts your account.", "{0} 未允许，或该角色不存在。请检查名称，并向对方确认该角色是否信任您的账号。";
    THEIR_SIDE_UNKNOWN: "Not asked, because your own account said no.", "您的账号未允许，因此未向对方确认。";
    OWNER: "The account owner cannot assume roles", "云账号不能扮演角色";
    OWNER_WHAT: "Roles are for RAM users and other roles. Create a user for this, grant it AliyunSTSAssumeRoleAccess, and log on as that user.", "角色供 RAM 用户和其他角色扮演。请创建用户并授予 AliyunSTSAssumeRoleAccess，然后以该用户登录。";
    CREATE_USER: "Create a user for this", "为此创建用户";
    ENDED: "Your session as {0} has ended", "您以 {0} 身份的会话已结束";
    ENDED_WHAT: "The other side has changed what it allows, the session was ended, or its time ran out. Switch again, or go on as yourself.", "对方更改了授权、会话被终止或已到期。您可以重新切换，或以本人身份继续。";
    AS_YOURSELF: "Go on as yourself", "以本人身份继续";
}
