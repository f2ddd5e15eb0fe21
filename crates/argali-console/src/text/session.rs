//! Sessions of roles.

texts! {
    TITLE: "Sessions", "会话";
    LEDE: "Who acts in roles of this account, and in which roles elsewhere its users act.", "谁正在使用当前账号的角色，以及当前账号的用户正在使用哪些其他账号的角色。";
    LIVE: "Live", "使用中";
    RECENT: "Last 24 hours", "最近 24 小时";
    ROLE: "Role", "角色";
    USER: "Original user", "原始用户";
    THROUGH: "through {0}", "经由 {0}";
    NAME: "Session name", "会话名称";
    FROM: "From", "来源";
    STARTED: "Started", "开始时间";
    ENDS: "Ends", "结束时间";
    CALLS: "Calls", "调用次数";
    LAST_CALL: "last call {0}", "最近调用：{0}";
    STATE_ENDED: "Ended", "已终止";
    STATE_EXPIRED: "Over", "已到期";
    STATE: "State", "状态";
    SEARCH: "Role, user, name or address", "角色、用户、会话名称或地址";
    NEWEST_ALONE: "These are of the newest 5,000. Older ones are found at their role.", "仅包含最新的 5,000 个会话，更早的会话请在对应角色中查看。";
    END: "End", "终止";
    END_TITLE: "End {0} {0|session|sessions}?", "终止 {0} 个会话？";
    END_WHAT: "They end at their next request, with what was begun from them. Whoever still may can begin a new one at once.", "会话会在下一次请求时终止，由其发起的会话也会终止。仍有权限的主体可立即开始新的会话。";
    ENDED: "Ending {0} {0|session|sessions}", "终止 {0} 个会话";
    END_ALL: "End all", "全部终止";
    END_ALL_TITLE: "End all sessions?", "终止所有会话？";
    END_ALL_WHAT: "Every session of this account's roles and of its users elsewhere ends at its next request, and its users' console logons end, too: you may have to log on again. Whoever still may can begin a new session at once.", "当前账号的角色会话、其用户在其他账号的会话会在下一次请求时终止，用户的控制台登录也会结束，您可能需要重新登录。仍有权限的主体可立即开始新的会话。";
    EMPTY: "Nobody acts in a role at present. Whoever assumes one is listed here, and can be stopped at once.", "当前没有人使用角色。扮演角色的会话会列在这里，并可随时终止。";
    EMPTY_RECENT: "Nobody has acted in a role in the last 24 hours.", "最近 24 小时内没有人使用角色。";
}
