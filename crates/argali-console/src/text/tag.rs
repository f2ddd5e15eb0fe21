//! Tags.

texts! {
    TITLE: "Tags", "标签";
    KEY: "Tag key", "标签键";
    VALUE: "Tag value", "标签值";
    ADD: "Add tag", "添加标签";
    REMOVE: "Remove", "移除";
    EMPTY: "There are no tags yet. They help to find what belongs together, and policies can ask for them.", "还没有标签。标签便于查找，也可在策略条件中使用。";
    HINT: "Up to 20, with keys of up to 128 characters that do not begin with aliyun or acs:", "最多 20 个，标签键最长 128 个字符，不能以 aliyun 或 acs: 开头";
    KEY_MISSING: "Give this value a key, or empty both.", "请填写标签键，或清空标签值。";
    TOO_LONG: "Keys and values have at most 128 characters.", "标签键和标签值最长 128 个字符。";
    KEY_TWICE: "Another tag has this key.", "该标签键重复。";
    RESERVED: "Tags do not begin with aliyun or acs:, and hold neither http:// nor https://.", "标签不能以 aliyun 或 acs: 开头，也不能包含 http:// 或 https://。";
}
