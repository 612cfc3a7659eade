package mapped

import "os"

// Known tells that Here can see anything.
const Known = true

// Here lists the files of the libraries that this process has mapped, by absolute paths, sorted: those that have their
// place yet, and those that were removed or replaced since they were mapped. The program itself is none of them.
func Here() (there, gone []string, err error) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return parse(f, program)
}
