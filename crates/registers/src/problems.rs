//! Refusals of the registers.

kernel::problems! {
    CYCLE = Invalid, "cycle", "机构不能移到自己的下级", "A unit cannot come below itself";
    DELEGATION_INVALID = Invalid, "delegation_invalid", "代理授权无效", "This delegation is not possible";
    UNIT_EXISTS = Conflict, "unit_exists", "该楼栋内已有相同房号", "The building has a unit of this number already";
    UNMERGE_WINDOW_CLOSED = Conflict, "unmerge_window_closed", "合并已超过撤销期限", "The merge is too old to be undone";
    CUSTOMER_IN_USE = Conflict, "customer_in_use", "该客户仍有未了事项,不能删除", "Something of this customer still runs";
    SUPPLIER_NOT_ACTIVE = Conflict, "supplier_not_active", "供应商已停用或在黑名单中", "The supplier is inactive or blacklisted";
    MERGE_INTO_ITSELF = Invalid, "merge_into_itself", "不能合并到自身", "A file cannot be merged into itself";
    IMMUTABLE = Invalid, "immutable", "该字段不能修改", "This field cannot be changed";
}
