// Package cgroup makes control groups (cgroup v2) that bound the memory of a process and of what it starts.
//
// A group is made below the one that this process is in, where that can be written and has the memory
// controller: as root of a container whose hierarchy is not read-only, or in a unit of systemd with
// Delegate=memory. A group with processes in it cannot hand a controller on, so a process that is alone in its
// group first moves one level down, into Leaf. Everywhere else, and off Linux, Make says why there is none.
package cgroup
