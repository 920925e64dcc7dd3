//! The tests of the whole service live in `it/`: one binary, a folder a domain, every scenario on both databases.
