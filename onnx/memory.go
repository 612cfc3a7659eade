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
// __attribute__((constructor)) static void keep(void) {
// #ifdef __GLIBC__
//   mallopt(M_MMAP_THRESHOLD, 32 << 20);
//   mallopt(M_TRIM_THRESHOLD, 128 << 20);
// #endif
// }
import "C"

// The constructor has the C heap keep what runs free: they take their tensors from it, and would otherwise give pages
// back to the kernel and take them again at every run. ReleaseMemory is how they go back.

// ReleaseMemory gives the C heap's free pages back to the kernel. A closed session's weights were
// allocated there, and glibc keeps them for later. With another C library it does nothing.
func ReleaseMemory() { C.release() }
