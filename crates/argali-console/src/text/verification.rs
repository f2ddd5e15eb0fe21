//! Showing that one is still the same.

texts! {
    TITLE: "Security verification", "安全验证";
    WHAT: "This action is sensitive: show again that it is you. What you entered is kept and then carried out.", "该操作较为敏感，请再次验证身份。您输入的内容已保留，验证后将继续执行。";
    PASSWORD: "Your password", "您的密码";
    OR_CODE: "or an MFA code", "或 MFA 验证码";
    CONTINUE: "Verify and continue", "验证并继续";
    FAILED: "Password or code is wrong, or there were too many tries.", "密码或验证码错误，或尝试次数过多。";
    GONE: "This form has waited too long: fill it in again.", "表单等待时间过长，请重新填写。";
}
