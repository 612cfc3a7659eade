// Package child proves a model in a process of its own, so that a network that ends its process, never
// ends, or takes all memory ends that process and not the server.
//
// Prover.Prove starts the running program once more, through /proc/self/exe, with one argument, Command.
// Dispatch, the first call of main, recognizes it. The model goes over a pipe, bytes and hashes, never a
// path. The certificate comes back over another and is read as hostile. Between them stands:
//
//   - an environment that names the ONNX Runtime library and, beside another provider than the CPU's, its devices,
//     and nothing else of the server's;
//   - no descriptor but the pipes; no file can be written, no core is dumped;
//   - a process group, killed as a whole at the deadline and when the proof is over, and a death signal
//     for when the server ends first;
//   - RLIMIT_AS at what the idle child has plus the limit of memory, the server's own eye on the child's
//     resident size, and a control group where one can be made;
//   - low priority, and one child at a time.
//
// Off Linux the death signal, the limits of memory and the look for inherited descriptors are missing.
package child
