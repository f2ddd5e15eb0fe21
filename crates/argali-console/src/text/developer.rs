//! For those who write programs.

texts! {
    TITLE: "Developer", "开发者";
    LEDE: "Official SDKs and tools work unmodified: only their endpoint changes.", "官方 SDK 和工具无需修改，只需更改接入点。";
    ENDPOINTS: "Endpoints", "接入点";
    TOOLS: "SDKs and tools", "SDK 与工具";
    CREDENTIALS: "Temporary credentials", "临时凭证";
    EXPLORER: "API explorer", "API 调试";
    ALL_PRODUCTS: "Every product answers here; calls are told apart by action and version.", "所有产品使用同一接入点，通过 Action 和 Version 区分。";
    ENDPOINT: "Endpoint", "接入点";
    PROTOCOL: "Protocol", "协议";
    PRODUCT: "Product", "产品";
    VERSION: "Version", "版本";
    OPERATIONS: "Operations", "操作数";
    CLEAR: "This page came in clear: clients that insist on https need the https address of the server.", "当前页面使用 http：强制使用 https 的客户端需使用服务的 https 地址。";
    OBJECTS: "Endpoint of object storage (OSS)", "对象存储（OSS）接入点";
    FORWARD: "A gateway or a program of your own can ask this server whether a call is allowed, by the operation TestAccess of product Argali.", "网关或您的程序可通过产品 Argali 的 TestAccess 操作查询是否允许某次调用。";
    KEYS_FROM: "Credentials come from the environment, so that no secret stands in a program:", "凭证从环境变量读取，避免将机密信息写入程序：";
    NO_ROLE: "Switch to a role first: temporary credentials are those of a role. For programs of your own, create an AccessKey of a user.", "请先切换到角色：临时凭证属于角色。您自己的程序请使用用户的 AccessKey。";
    SWITCH: "Switch to a role", "切换到角色";
    GET: "Get temporary credentials", "获取临时凭证";
    GET_WHAT: "They are the role's, for as long as you say and no longer than your logon, and end with it. They are shown once.", "凭证属于当前角色，有效期不超过所选时长和您的登录会话，随登录会话结束而失效，仅显示一次。";
    DURATION: "Valid for", "有效期";
    MINUTES: "{0} min", "{0} 分钟";
    EXTERNAL_ID: "External ID", "外部 ID";
    EXTERNAL_ID_HINT: "Only if the role asks for one", "仅当角色要求时填写";
    ISSUED: "Temporary credentials", "临时凭证";
    SHOWN_ONCE: "These are shown only now. Whoever has them works as the role until they expire.", "仅显示一次。持有者在到期前可以该角色身份操作。";
    UNTIL: "Valid until", "有效期至";
    AS_ENVIRONMENT: "For a shell", "用于 Shell";
    AS_JSON: "As JSON", "JSON 格式";
    CHOOSE_PRODUCT: "Choose a product, then an operation.", "请选择产品，然后选择操作。";
    CHOOSE_OPERATION: "Operation", "操作";
    SHOW: "Show", "显示";
    MORE: "More parameters", "更多参数";
    MORE_HINT: "One a line, such as Tag.1.Key=team. Fields that are left empty are not sent.", "每行一个，例如 Tag.1.Key=team。留空的字段不会发送。";
    CALL: "Call", "调用";
    CHANGES: "It changes something, and is carried out for real.", "该操作会产生更改，将实际执行。";
    READS: "It only reads.", "该操作仅读取。";
    ACTION: "Action in policies", "策略中的操作";
    ANSWER: "Answer", "返回结果";
    ANSWER_ONCE: "The answer is shown once, as it may hold secrets.", "返回结果可能包含机密信息，仅显示一次。";
    STATUS: "HTTP status", "HTTP 状态码";
    CODE: "Error code", "错误码";
    AGAIN: "Call again", "再次调用";
    COMMAND: "The same as a command", "对应的命令";
    NO_PARAMETERS: "It takes no parameters.", "该操作没有参数。";
}
