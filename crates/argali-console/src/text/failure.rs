//! What pages say when something went wrong.

texts! {
    NOT_FOUND: "There is no such page", "页面不存在";
    NOT_FOUND_WHAT: "Check the address, or begin at Home.", "请检查地址，或从首页开始。";
    ABSENT: "This is not here", "找不到该对象";
    ABSENT_WHAT: "It may have been deleted or renamed, or belong to another account.", "它可能已被删除或重命名，或属于其他账号。";
    DENIED: "You may not do this", "您没有权限";
    DENIED_WHAT: "Ask an administrator of this account, and give this request ID.", "请联系账号管理员，并提供以下请求 ID。";
    NEEDED_ACTION: "Action", "操作";
    WHY: "Why", "拒绝原因";
    REQUEST_ID: "Request ID", "请求 ID";
    FAILED: "This did not work", "操作未成功";
    FORM_EXPIRED: "This form has expired", "表单已过期";
    FORM_EXPIRED_WHAT: "It was filled in before you logged on, or on a page that is not ours. Nothing was changed: go back, reload the page and send it again.", "该表单在您登录之前填写，或来自其他网站。未做任何更改：请返回并刷新页面后重新提交。";
    SENT_TWICE: "This form was sent before", "该表单已提交过";
    SENT_TWICE_WHAT: "Nothing was done again. If something is left to change, open its page anew and fill it in there.", "本次未重复执行。如仍需修改，请重新打开相应页面填写。";
    SHOWN_ONCE: "This was shown before", "该内容已显示过";
    SHOWN_ONCE_WHAT: "Secrets are shown once. If you did not keep them, make new ones.", "密钥等机密信息仅显示一次。如未保存，请重新创建。";
    HTTPS_NEEDED: "https is needed here", "此处需要使用 https";
    HTTPS_NEEDED_WHAT: "Passwords would travel in clear. Open the console over https, or on the machine that it runs on.", "密码会以明文传输。请通过 https 访问控制台，或在其所在的机器上访问。";
    TO_HOME: "Go to Home", "前往首页";
    IN_SHORT: "In short", "简要说明";
    NO_PERMISSION_ON: "You have no permission for this on {0}.", "您没有对资源 {0} 执行该操作的权限。";
    NO_PERMISSION: "You have no permission for this.", "您没有执行该操作的权限。";
    TAKEN: "There is one of this name already: choose another name.", "名称已被使用，请换一个名称。";
    GONE: "It does not exist, or no longer.", "对象不存在或已被删除。";
    TOO_MANY: "There are as many as there may be: delete one first.", "已达到数量上限，请先删除一个。";
    IN_USE: "Something is still attached to it: remove that first.", "仍有关联对象，请先解除。";
    INVALID: "This value is not accepted.", "该值不符合要求。";
    REFUSED: "The server refused this: its words stand below.", "服务器拒绝了该请求，原因见下方原文。";
    BUSY: "The server is busy: try again in a moment.", "服务器繁忙，请稍后重试。";
}
