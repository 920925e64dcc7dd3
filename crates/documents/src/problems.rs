//! Refusals of documents, custody and seals.

kernel::problems! {
    FILE_EMPTY = Invalid, "file_empty", "文件为空", "The file is empty";
    NOT_A_READER = Conflict, "not_a_reader", "该文件未传阅给您", "The document was not circulated to the caller";
    NOT_HOLDER = Conflict, "not_holder", "只有现保管人可以办理", "Only who holds the papers may do this";
    NOT_RECEIVER = Conflict, "not_receiver", "只有指定的接收人可以办理", "Only who was named as receiver may do this";
    COPIES_MISSING = Invalid, "copies_missing", "份数与移交的不符", "The counts differ from what was handed over";
    KEEPER_OF_ANOTHER_KIND = Conflict, "keeper_of_another_kind", "只能移交给同类岗位的保管人", "A transfer goes to a keeper of the same job role";
}
