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
import "C"

// ReleaseMemory gives the C heap's free pages back to the kernel. A closed session's weights were
// allocated there, and glibc keeps them for later. With another C library it does nothing.
func ReleaseMemory() { C.release() }
