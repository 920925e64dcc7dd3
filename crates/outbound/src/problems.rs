//! Refusals of calling out.

kernel::problems! {
    UNKNOWN_PLACEHOLDER = Invalid, "unknown_placeholder", "含有该类通知没有的变量", "Holds a variable this kind of notification does not have";
    ADDRESS_REFUSED = Invalid, "address_refused", "不允许向该地址推送(内网、本机或非加密地址)", "This address is not called: private, local, or without encryption";
}
