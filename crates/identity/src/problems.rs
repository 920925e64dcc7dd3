//! Refusals of signing in.

kernel::problems! {
    PASSWORD_CHANGE_REQUIRED = Forbidden, "password_change_required", "首次登录须先修改密码", "The password must be changed first";
    PASSWORD_WEAK = Invalid, "password_weak", "密码过弱:过短[(至少 {least} 个字符)]、过于常见、包含账号或与原密码相同", "The password is too short[ (at least {least} characters)], too common, the old one, or holds the login";
    ROLE_REQUIRED = Malformed, "role_required", "请选择岗位:{choices}", "Choose a job role: {choices}";
    ROLE_NOT_HELD = Forbidden, "role_not_held", "未担任该岗位[,可用:{choices}]", "This job role is not held[; held: {choices}]";
    INVALID_GRANT = Unauthenticated, "invalid_grant", "刷新令牌无效", "The refresh token is not valid";
    INVALID_CLIENT = Unauthenticated, "invalid_client", "客户端凭证无效", "The client credentials are not valid";
    INVALID_SCOPE = Malformed, "invalid_scope", "所请求的授权范围超出该客户端", "The scope asked for is beyond what the client has";
    UNSUPPORTED_GRANT_TYPE = Malformed, "unsupported_grant_type", "不支持的授权方式,可用 client_credentials 与 refresh_token", "This grant type is not offered; client_credentials and refresh_token are";
    INVALID_REQUEST = Malformed, "invalid_request", "缺少参数 {parameter}", "The parameter {parameter} is missing";
    WRONG_PASSWORD = Invalid, "wrong_password", "原密码不正确", "The old password is wrong";
    CODE_INVALID = Invalid, "code_invalid", "验证码无效或已过期", "The code is wrong or too old";
}
