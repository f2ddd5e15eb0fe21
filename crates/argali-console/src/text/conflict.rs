//! What two people change at the same time.

texts! {
    CHANGED: "Somebody changed this meanwhile.", "此内容在您编辑期间已被更改。";
    CHANGED_BY: "Changed by {0} {1}, while you were at it.", "{0} 在您编辑期间更改了此内容（{1}）。";
    NOT_SAVED: "Nothing of yours is saved yet. Save yours in its place, or take theirs.", "您的更改尚未保存。您可以用自己的版本覆盖，或采用对方的版本。";
    SAVE_MINE: "Save mine over it", "用我的版本覆盖";
    TAKE_THEIRS: "Take theirs", "采用对方的版本";
    BOTH: "Both versions", "两个版本";
    WHAT: "Field", "字段";
    THEIRS: "Now", "当前值";
    MINE: "Yours", "您的值";
    DIFFERENCE: "What differs, from what is in force now to yours", "当前生效的版本与您的版本之间的差异";
}
