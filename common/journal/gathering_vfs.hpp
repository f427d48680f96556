// How SQLite reaches the disk here: as it would by itself, but what it appends to the write-ahead log is
// gathered and written at once before it is synced. By itself it makes two calls for every page.
#pragma once

namespace tvh::journal {

// The name of the VFS to open a database with, over whatever is SQLite's default one now. Only for connections
// with synchronous=FULL, whose commits sync the log before anybody may look for them in it: without that
// another process would look too early.
//
// Order is kept: what is gathered reaches the file before anything that follows it in the file, before a sync,
// a read, a truncation, a look at its size, and before it is closed. At most 1 MiB waits. A write that fails
// when it is carried out fails the call that waited for it.
//
// The log is longer than what is in it: where it grows, zeros are written half a MiB ahead.
const char* gathering_vfs();

}  // namespace tvh::journal
