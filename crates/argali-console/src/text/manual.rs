//! The manual; its chapters are files in `manual`.

texts! {
    TITLE: "Manual", "使用手册";
    LEDE: "What each part of the console is for, and how things are done. It is part of this server and needs no other.", "控制台各部分的用途和操作方法。本手册随服务提供，可离线使用。";
    BEGIN: "Begin", "入门";
    HELP: "Help", "帮助";
    LEARN_MORE: "Learn more", "了解更多";
    LOG_ON: "Log On", "登录";
}
