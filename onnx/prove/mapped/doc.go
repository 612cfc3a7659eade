// Package mapped knows which shared libraries a process has in its memory, and what is in their files.
//
// A library that another opens by name while it runs, as a plugin does with its devices, stands in no
// table of what a program links to. That it was used is seen afterwards: its code is mapped.
package mapped
