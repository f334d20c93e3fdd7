// Package store keeps JSON documents: a portable Collection with the checks,
// limits, cursors and faults that every caller relies on, over a small Driver
// that talks to one database. It knows workspaces, ids, versions and indexes;
// it must not know forms, roles, ledgers or HTTP.
//
// # Documents
//
// A document is an id, a version and a JSON object. The version starts at 1
// and grows by one with every Replace; a Replace or Delete that names a version
// succeeds only while the document still has it. That compare-and-set on one
// document is the only consistency there is: no transaction spans documents.
// A write has been answered only after it would survive a kill or power cut.
// A deleted id may be inserted again and then starts at version 1.
//
// Bodies come back equal as JSON, not byte for byte: white space may go and
// 1.0 may become 1. Integers of 64 bits and longer numbers keep every digit.
// Member names must not repeat within an object.
//
// # Order, cursors, missing values
//
// Find sorts by the keys given and then by id, in the direction of the last
// key. A missing value, null, an object and a list sort before everything else
// when ascending, after it when descending. A field that is sorted by should
// be declared in an index: without one, every page sorts the whole collection.
// It should hold one type only; between types the order is the driver's own,
// and MongoDB, which sorts objects and lists after text, may pass over some of
// those at the turn of a page.
// A cursor is opaque, belongs to the sort it came from, and names a position
// between documents, so that writes in between neither repeat nor skip the
// documents that stay where they were.
//
// # Search
//
// Search finds documents whose searchable fields (text, numbers, lists of
// them) hold every space-separated term. Text is compared word by word without
// regard to case, accents and width; each Han, kana or Hangul character
// is a word of its own, so 王芳 finds 小王芳菲; punctuation only separates. The
// words of one term must follow each other, and the last of them may be the
// beginning of a longer word: INV-10 finds INV-1001. The first 5000 words of a
// document count.
package store
