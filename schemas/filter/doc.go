// Package filter is the one filter language: lists, searches, role scopes,
// boards and flow conditions all say "which documents" in it. It parses to a
// typed tree, checks a tree against a form, and matches documents in memory;
// store drivers translate the same tree to their query language. It must not
// know forms, stores or people.
//
// # JSON
//
//	{}  or  null                                   everything
//	{"all": [E, …]}                                every E holds; [] is everything
//	{"any": [E, …]}                                some E holds; [] is nothing
//	{"not": E}                                     E does not hold
//	{"field": "customer.tier", "op": "eq", "value": "A"}
//
// A field is a dotted path of object keys: letters, digits, "_" and "-",
// at most 16 keys and 200 bytes. A path never enters a list.
//
// # Meaning
//
// Every expression is true or false for a document, nothing in between:
//
//   - A missing field equals null, and so does a path that leads through
//     something that is not an object. "exists" is false for both.
//   - eq and ne compare null, booleans, numbers and text. Values of different
//     types are never equal; an object or a list equals nothing.
//   - lt, lte, gt and gte compare numbers with numbers and text with text
//     (byte by byte, which for UTF-8 is by code point); anything else is
//     false. So gt and lte are not each other's negation.
//   - Numbers compare by value: 1 equals 1.0. Integers within 64 bits are exact,
//     also against fractions; beyond that they are 64-bit floating point.
//   - in is true when eq is true for one value of the list.
//   - ne and nin are exactly the negations of eq and in: they include documents
//     without the field, unless null is what they exclude.
//   - contains: the text holds this text; ASCII letters match in either case,
//     all other characters only themselves.
//   - startsWith: the text begins with this text, byte for byte.
//   - has: the field is a list with an element equal to the value (boolean,
//     number or text); hasAny: to one of the values. Elements that are lists
//     are not looked into.
//   - exists: value true (the default) or false.
//
// Dates and instants are text of a fixed width ("2025-03-31",
// "2025-03-31T16:00:00Z"), whose byte order is their order in time.
//
// # Days
//
// Where ParseTimed reads (conditions of flows, views of boards), the operand of
// eq, ne, lt, lte, gt and gte may be a day in the reader's place:
//
//	{"field": "customer.contractEnds", "op": "lte", "value": {"today": 30}}
//	{"field": "customer.createdAt", "op": "lt", "value": {"wholeDay": -7}}
//	{"field": "customer.createdAt", "op": "lte", "value": {"wholeDay": "2026-03-31"}}
//
// today counts from today, for dates; wholeDay does for instants, or names a
// date: an instant is before a day (lt), not after it (lte), after it (gt) or
// not before it (gte), but never equal to one. OnDay replaces both by text
// before anything is compared; a Day that was not replaced equals nothing.
//
// # Limits of Parse
//
// 1 MiB of JSON, 12 levels, 200 comparisons, 1000 values in a list, 1000
// characters in a text.
package filter
