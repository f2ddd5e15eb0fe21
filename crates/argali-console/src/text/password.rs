//! Words of the rules of passwords.

texts! {
    LENGTH: "{0} to 32 characters", "{0} 到 32 个字符";
    LOWER: "A lower-case letter", "包含小写字母";
    UPPER: "An upper-case letter", "包含大写字母";
    DIGIT: "A digit", "包含数字";
    SYMBOL: "A character that is neither letter nor digit", "包含符号";
    DIFFERENT: "{0} different characters or more", "至少包含 {0} 个不同字符";
    NOT_USER_NAME: "Without the user name", "不包含用户名";
    NOT_LATEST: "None of the last {0} passwords", "不得与最近 {0} 次密码相同";
}
