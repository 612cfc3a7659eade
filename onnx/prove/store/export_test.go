package store

// What tests of package store_test may see.

// Linked lists a library and what it links to beside it.
var Linked = linked

// SumLinked is the hash of Linked, read anew.
var SumLinked = sumLinked
