//! Why a call came out as it did.

texts! {
    TITLE: "Why", "原因诊断";
    TITLE_DENIED: "Why this was refused", "拒绝原因";
    TITLE_OTHER: "What decided this call", "调用的判断依据";
    LEDE: "What became of a call and what decided it. Whoever made the call may ask, and whoever may see the account's calls.", "查看某次调用的结果及其依据。调用者本人和有权查看调用记录的人可以查询。";
    REQUEST_ID: "Request ID", "请求 ID";
    REQUEST_HINT: "Every answer and every refusal has one.", "每次响应和每条拒绝信息中都有。";
    EXPLAIN: "Explain", "诊断";
    DENIED: "{0} was refused {1} on {2}: {3}", "{0} 对 {2} 执行 {1} 被拒绝：{3}";
    DENIED_BY_RULE: "{0} was refused {1}, whatever policies allow: {2}.", "{0} 执行 {1} 被拒绝，与权限策略无关：{2}。";
    BY_STATEMENT: "{0} denies it.", "{0}拒绝该操作。";
    BY_NONE: "{0} do not allow it.", "{0}未允许该操作。";
    BY_NONE_OF_ONE: "{0} does not allow it.", "{0}未允许该操作。";
    BY_OTHER: "account {0} decided that. Which of its policies did is for that account to see.", "由账号 {0} 决定，所依据的策略仅对方账号可见。";
    SUCCEEDED: "{0} called {1}, and it was allowed.", "{0} 调用了 {1}，已被允许。";
    SUCCEEDED_BY: "{0} called {1}: {2} allows it.", "{0} 调用了 {1}：{2}允许该操作。";
    FAILED: "{0} called {1}. No policy refused it; it failed for another reason: {2}.", "{0} 调用了 {1}。并非策略拒绝，失败的原因是：{2}。";
    SOMEBODY: "Somebody unknown", "未知身份";
    CALL: "The call", "该次调用";
    CALLER: "Caller", "调用者";
    ON_BEHALF: "Began as", "原始身份";
    ACTION: "Action", "操作";
    TIME: "Time", "时间";
    ADDRESS: "Address", "来源地址";
    NOW: "The same question now", "按当前策略重新判断";
    NOW_ALLOWED: "It would be allowed now: the policies have changed since.", "现在会被允许：策略在此之后已变更。";
    NOW_OWN_HALF: "Your account's policies allow it now; the other half is decided by the other account.", "您账号的策略现在允许该操作，另一半由对方账号决定。";
    NOW_SAME: "The policies decide the same now.", "按当前策略结果相同。";
    NOW_REFUSED: "It would be refused now, for another reason than then.", "现在仍会被拒绝，但原因不同。";
    NOT_ASKED: "It could not be asked again: whoever asked, or the role, no longer exists, or the record is not whole.", "无法重新判断：调用者或角色已不存在，或记录不完整。";
    TEST: "Change the circumstances", "更改条件再试";
    IN_ACTIVITY: "In the activity", "查看操作记录";
}
