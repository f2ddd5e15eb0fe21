//! What buttons lack.

texts! {
    LACKS: "You need permission for {0}. Ask your administrator.", "您缺少 {0} 权限，请联系管理员。";
    SOME_CLOSED: "Some buttons are disabled. {0}", "部分按钮不可用。{0}";
    SOME_DISABLED: "Some buttons are disabled, because you have no permission for", "部分按钮不可用，您缺少以下权限：";
}
