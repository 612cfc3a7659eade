package onnx

// #include <stdlib.h>
// #ifdef __GLIBC__
// #include <malloc.h>
// #endif
// static void release(void) {
// #ifdef __GLIBC__
//   malloc_trim(0);
// #endif
// }
// __attribute__((constructor)) static void one_arena(void) {
// #ifdef __GLIBC__
//   mallopt(M_ARENA_MAX, 1);
// #endif
// }
import "C"

// The constructor has all threads allocate from one heap, and comes before the threads. Sessions are made
// and closed on any thread; with a heap for each, what is left of old ones is scattered over all of them and
// cannot go back. ONNX Runtime takes tensors from its own pool, so that runs do not wait here.

// ReleaseMemory gives the C heap's free pages back to the kernel. A closed session's weights were
// allocated there, and glibc keeps them for later. With another C library it does nothing.
func ReleaseMemory() { C.release() }
