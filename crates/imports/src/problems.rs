//! Refusals of imports.

kernel::problems! {
    FILE_UNREADABLE = Invalid, "file_unreadable", "文件无法读取,须为 .xlsx 或 CSV", "The file cannot be read: .xlsx or CSV is expected";
    NOT_UTF8 = Invalid, "not_utf8", "CSV 须为 UTF-8 编码", "A CSV file has to be UTF-8";
    NO_ROWS = Invalid, "no_rows", "文件没有数据行", "The file has no rows below its heading";
    UNKNOWN_COLUMN = Invalid, "unknown_column", "第 {column} 列的标题不是此类导入的列名;列名见 /v1/import-kinds,列间用逗号", "The heading of column {column} is none of this kind; /v1/import-kinds names them, commas stand between";
    REPEATED_COLUMN = Invalid, "repeated_column", "列 {column} 重复", "The column {column} comes twice";
    MISSING_COLUMN = Invalid, "missing_column", "缺少列 {column}", "The column {column} is missing";
    SURPLUS_CELLS = Invalid, "surplus_cells", "该行的单元格多于标题", "The row has more cells than the heading";
    OLD_SPREADSHEET = UnsupportedMedia, "old_spreadsheet", "不支持 .xls,请另存为 .xlsx", "Files of the old .xls kind are not read: save as .xlsx";
    IMPORT_REFUSED = Conflict, "import_refused", "有 {refused} 行未通过,全部未导入", "{refused} rows were refused, so none was taken over";
}
