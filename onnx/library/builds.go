package library

import "runtime"

// Pinned is the version that Install fetches: the newest that both PyPI and npm carry, so that a
// model's numbers do not depend on the installer.
const Pinned = "1.30.0"

// build is the pinned library of one platform. PyPI and npm carry different files.
type build struct {
	file   string // its name in the cache
	wheel  string // platform tag of the wheel
	member string // path in the npm package's bin/napi-v6
	sha256 map[string]string
}

// The registries, as the keys of sha256.
const (
	pypi = "PyPI"
	npm  = "npm"
)

// builds holds SHA-256 computed from the packages onnxruntime and onnxruntime-node, both 1.30.0.
var builds = map[string]build{
	"linux/amd64": {"libonnxruntime.so.1.30.0", "manylinux_2_28_x86_64", "linux/x64/libonnxruntime.so.1", map[string]string{
		pypi: "c902c70b3003c0e99fada202f37478c515ae9bba7944c2b2abd0017bae0c82ed",
		npm:  "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23"}},
	"linux/arm64": {"libonnxruntime.so.1.30.0", "manylinux_2_28_aarch64", "linux/arm64/libonnxruntime.so.1", map[string]string{
		pypi: "8a218e1e446880131115c368ec7005969a5022af9a15a26173de648fef0b7789",
		npm:  "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76"}},
	"darwin/arm64": {"libonnxruntime.1.30.0.dylib", "macosx_14_0_arm64", "darwin/arm64/libonnxruntime.1.30.0.dylib", map[string]string{
		pypi: "8f54aa3989f2d4b2f9fbe8af298b1c147978ec899a8c28e20d0d35edc0005027",
		npm:  "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d"}},
}

func platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

// origin names where a file with this hash comes from, "" when it is not a pinned one.
func origin(hash string) string {
	for on, b := range builds {
		for registry, known := range b.sha256 {
			if known == hash {
				return Pinned + " for " + on + " from " + registry
			}
		}
	}
	return ""
}
