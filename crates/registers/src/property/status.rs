//! Whether a register row is in use; master data is never deleted.

/// Whether a register row may be used anew (PF-05).
#[codes::code(name = "RegisterStatus")]
pub enum Status {
    /// 启用
    Active,
    /// 停用
    Inactive,
}
