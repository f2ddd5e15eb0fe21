//! Tags.

texts! {
    TITLE: "Tags", "标签";
    KEY: "Tag key", "标签键";
    VALUE: "Tag value", "标签值";
    ADD: "Add tag", "添加标签";
    REMOVE: "Remove", "移除";
    EMPTY: "There are no tags yet. They help to find what belongs together, and policies can ask for them.", "还没有标签。标签便于查找，也可在策略条件中使用。";
    HINT: "Up to 20, with keys of up to 128 characters that do not begin with aliyun or acs:", "最多 20 个，标签键最长 128 个字符，不能以 aliyun 或 acs: 开头";
}
