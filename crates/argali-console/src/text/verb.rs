//! What buttons say of operations: the first word of an operation's name is a verb, which has a name in Chinese.

use super::Text;
use crate::language::Language;

texts! {
    ACTIVATE: "Activate", "激活";
    ADD: "Add", "添加";
    ATTACH: "Attach", "挂载";
    CANCEL: "Cancel", "取消";
    CONNECT: "Connect", "连接";
    CREATE: "Create", "创建";
    DEACTIVATE: "Deactivate", "冻结";
    DELETE: "Delete", "删除";
    DEPLOY: "Deploy", "部署";
    DETACH: "Detach", "卸载";
    DISABLE: "Disable", "停用";
    ENABLE: "Enable", "启用";
    GRANT: "Grant", "授权";
    MODIFY: "Modify", "修改";
    REBOOT: "Reboot", "重启";
    RECOVER: "Recover", "恢复";
    REMOVE: "Remove", "移除";
    RESET: "Reset", "重置";
    RESTART: "Restart", "重启";
    RUN: "Create and start", "创建并启动";
    SET: "Set", "设置";
    START: "Start", "启动";
    STOP: "Stop", "停止";
    TERMINATE: "Terminate", "终止";
}

const VERBS: [(&str, Text); 24] = [
    ("Activate", ACTIVATE),
    ("Add", ADD),
    ("Attach", ATTACH),
    ("Cancel", CANCEL),
    ("Connect", CONNECT),
    ("Create", CREATE),
    ("Deactivate", DEACTIVATE),
    ("Delete", DELETE),
    ("Deploy", DEPLOY),
    ("Detach", DETACH),
    ("Disable", DISABLE),
    ("Enable", ENABLE),
    ("Grant", GRANT),
    ("Modify", MODIFY),
    ("Reboot", REBOOT),
    ("Recover", RECOVER),
    ("Remove", REMOVE),
    ("Reset", RESET),
    ("Restart", RESTART),
    ("Run", RUN),
    ("Set", SET),
    ("Start", START),
    ("Stop", STOP),
    ("Terminate", TERMINATE),
];

/// What a button says of an operation whose name is made of these words. What has no name of its own is called as the
/// operation is.
pub(crate) fn label(language: Language, words: &[String]) -> String {
    let Some((first, rest)) = words.split_first() else { return String::new() };
    let known = VERBS.iter().find(|(word, _)| word == first);
    let first = known.map_or(first.as_str(), |(_, text)| text.in_language(language));
    let rest = rest.iter().map(|word| match language {
        Language::English if word.chars().skip(1).any(char::is_uppercase) => word.clone(),
        Language::English => word.to_lowercase(),
        Language::Chinese => word.clone(),
    });
    std::iter::once(first.to_owned()).chain(rest).collect::<Vec<_>>().join(" ")
}
