//! Passkeys.

texts! {
    PASSKEYS: "Passkeys", "通行密钥";
    LEDE: "A passkey is kept by your device or security key, which asks for your fingerprint, face or PIN. After the password it stands in place of a code, and no page of another address can use it.", "通行密钥保存在您的设备或安全密钥中，使用时需验证指纹、面容或 PIN。输入密码后可用它代替验证码，其他地址的页面无法使用。";
    NAME: "Name", "名称";
    NAME_HINT: "By which you know it again, such as the device that keeps it. Up to 64 characters.", "便于识别的名称，例如保存它的设备，最多 64 个字符。";
    DEFAULT_NAME: "My passkey", "我的通行密钥";
    CREATED: "Registered", "注册时间";
    LAST_USED: "Last used", "最后使用";
    NEVER_USED: "Never", "从未使用";
    EMPTY: "No passkey yet. Register one to log on without typing codes.", "暂无通行密钥。注册后登录时无需输入验证码。";
    USER_EMPTY: "This user has no passkeys.", "该用户没有通行密钥。";
    REGISTER: "Register a passkey", "注册通行密钥";
    REGISTER_WHAT: "Give it a name; then your browser asks where to keep it.", "请输入名称，随后浏览器会询问保存位置。";
    CONTINUE: "Continue in the browser", "在浏览器中继续";
    NOT_REGISTERED: "The passkey was not registered: it took too long, the device did not verify who you are, or it has been registered before. Begin again.", "通行密钥未注册：操作超时、设备未验证您的身份，或该密钥已注册。请重新开始。";
    RENAME: "Rename", "重命名";
    RENAME_TITLE: "Rename passkey", "重命名通行密钥";
    USE: "Use a passkey", "使用通行密钥";
    USE_WHAT: "Your device or security key confirms that it is you.", "请使用您的设备或安全密钥确认身份。";
    NEEDS_SCRIPT: "A passkey needs script, and a browser that knows passkeys.", "通行密钥需要启用脚本，并使用支持通行密钥的浏览器。";
    NO_ANSWER: "The device did not answer, or the request was cancelled: try again.", "设备未响应或请求已取消，请重试。";
    FAILED: "The passkey was not accepted: it took too long, or is not one of yours. Try again.", "通行密钥未被接受：操作超时或不是您的通行密钥，请重试。";
    ELSEWHERE: "Your passkeys cannot be used here: they belong to the address at which they were registered, which has a name and https.", "您的通行密钥无法在此使用：它们属于注册时的地址，该地址须为域名并使用 https。";
    NO_HOST: "Passkeys need https and an address that has a name; at localhost they work without https. This page is at {0}.", "通行密钥需要 https 和域名地址（localhost 除外）。当前页面地址为 {0}。";
    OWNER: "Passkeys are for RAM users. The account owner uses an MFA device.", "通行密钥仅适用于 RAM 用户，云账号请使用 MFA 设备。";
}
