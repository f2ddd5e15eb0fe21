//! What a form does, as calls.

texts! {
    TITLE: "What this form does", "此表单的 API 调用";
    LEDE: "Nothing was changed. Close this tab to go back to the form. Secrets are left out: put your own in their place.", "未做任何更改，关闭此标签页即可返回表单。机密信息已省略，请自行填写。";
    NOTHING: "This form changes nothing by a call.", "此表单不会产生变更调用。";
    COMMAND: "Command", "命令";
    REQUEST: "Request", "请求";
    REQUEST_NOTE: "It is signed with ACS3-HMAC-SHA256, as every SDK does.", "请求使用 ACS3-HMAC-SHA256 签名，SDK 会自动完成。";
    MNS_NOTE: "It is signed as Message Service has it, which its SDKs do: Authorization: MNS, with HMAC-SHA1.", "请求使用消息服务的签名方式（Authorization: MNS，HMAC-SHA1），SDK 会自动完成。";
    OSS_NOTE: "It is signed as object storage has it, which its SDKs and ossutil do: OSS4-HMAC-SHA256.", "请求使用对象存储的签名方式（OSS4-HMAC-SHA256），SDK 和 ossutil 会自动完成。";
    TERRAFORM: "Terraform", "Terraform 配置";
    NO_TERRAFORM: "The provider has no resource for this.", "没有对应的 Terraform 资源。";
}
