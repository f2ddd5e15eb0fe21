//! Resources of declared services.

texts! {
    REGION: "Region", "地域";
    GROUP: "Resource group", "资源组";
    EVERYTHING: "All", "全部";
    STATE: "Status", "状态";
    SEARCH_FOR: "Name or ID", "名称或 ID";
    ID: "ID", "资源 ID";
    NAME: "Name", "名称";
    CREATED: "Created", "创建时间";
    EMPTY: "There are none in this region yet. What your account makes of this kind is listed here, region by region.", "当前地域暂无资源。您的账号在各地域创建的此类资源会列在这里。";
    PART_OF: "Part of {0}", "属于 {0}";
    DETAILS: "Details", "详情";
    RELATED: "Related resources", "关联资源";
    RELATED_EMPTY: "Nothing else refers to it.", "暂无关联资源。";
    TAGS: "Tags", "标签";
    TAG_KEY: "Key", "标签键";
    TAG_VALUE: "Value", "标签值";
    TAGS_EMPTY: "It has no tags yet. They help to find what belongs together, and policies can ask for them.", "暂无标签。标签便于查找，也可在策略条件中使用。";
    ADD_TAG: "Add tag", "添加标签";
    REMOVE: "Remove", "移除";
    MOVE: "Move to another group", "转移资源组";
    MOVE_HINT: "Grants that count in a group alone reach it once it is there.", "转移后，目标资源组内的授权对该资源生效。";
    MOVE_DO: "Move", "转移";
    ASK: "{0}: {1}", "确认{0}：{1}";
    ASK_DELETE: "What is deleted is gone for good: this cannot be undone.", "删除后无法恢复。";
    ASK_ACT: "It takes effect as soon as you confirm.", "确认后立即生效。";
    OPTIONS: "More options", "更多选项";
    DEFAULT: "If empty: {0}", "留空时为 {0}";
    PRESENT: "Now: {0}", "当前：{0}";
    LINES: "One a line", "每行一个";
    AS_JSON: "As JSON", "JSON 格式";
    AS_JSON_SUCH: "As JSON, such as {0}", "JSON 格式，例如 {0}";
    RANGE: "{0} to {1}", "{0} 至 {1}";
    LONGEST: "Up to {0} characters", "最多 {0} 个字符";
    NOT_NOW: "Not while it is {0}: only while it is {1}.", "当前状态为 {0}，仅在 {1} 状态下可执行。";
    DONE: "{0} was carried out.", "{0} 已执行。";
    YES: "Yes", "是";
    NO: "No", "否";
    CLOSED: "{0} resources cannot be accessed from another account by default. Ask the operator of this service.", "默认不允许其他账号访问{0}资源，请联系本服务的运维人员。";
    SERVICE_LEVEL: "Authorization is for the whole service: policies cannot tell its resources apart.", "该服务仅支持服务级别授权，权限策略无法区分具体资源。";
}
