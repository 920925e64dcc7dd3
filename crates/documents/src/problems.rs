//! Refusals of documents.

kernel::problems! {
    FILE_EMPTY = Invalid, "file_empty", "文件为空", "The file is empty";
}
