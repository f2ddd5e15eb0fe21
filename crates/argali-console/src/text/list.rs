//! Lists: what is around their rows.

texts! {
    PICKED_OF: "{0} of {1}", "显示 {0} 项，共 {1} 项";
    EXPORT: "Export CSV", "导出 CSV";
    DOWNLOAD: "Download CSV", "下载 CSV";
    APPLY: "Apply", "筛选";
    ANY: "Any", "不限";
    WITH_CHOSEN: "With those chosen", "对所选项";
    CHOOSE: "Choose {0}", "选择 {0}";
    CHOOSE_ALL: "Choose all of this page", "选择本页全部";
    TOTAL: "{0} in all", "共 {0} 项";
    NONE_CHOSEN_TITLE: "Nothing is chosen", "未选择任何项";
    NONE_CHOSEN: "Go back, tick the boxes of what it is about, and press the button again.", "请返回列表，勾选要操作的项后重试。";
    NOT_ALL_IN_ORDER: "Only the first {0} are put in order. Narrow the list to see the others.", "仅对前 {0} 项排序，请缩小筛选范围以查看其余项。";
    NOT_ALL_SEARCHED: "{0} were searched for this page. The next one searches on.", "本页搜索了 {0} 项，下一页将继续搜索。";
    NOTHING_YET: "Nothing was found yet, and there is more to search.", "尚未找到匹配项，可继续查找。";
    LOOK_FURTHER: "Look further", "继续查找";
    HIDDEN: "Some columns are empty, because you may not read what they show.", "由于缺少权限，部分列未显示内容。";
    RESULT_WHAT: "What", "对象";
    RESULT_STATE: "State", "状态";
    DONE: "Done", "成功";
    ALREADY: "Already so", "无需更改";
    FAILED: "Failed", "失败";
    TYPE_COUNT: "Type the number of them, {0}, to confirm", "请输入数量 {0} 以确认";
    COUNT_DIFFERS: "This is not how many they are: type {0}.", "数量不一致，请输入 {0}。";
    NOTHING_GOES: "Nothing else", "无";
    TAG: "Tag", "标签";
}
