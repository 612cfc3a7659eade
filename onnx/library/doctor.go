package library

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// Report says which library would be used, and why not another.
type Report struct {
	Path   string  `json:"path"`             // empty: none
	From   string  `json:"from"`             // the place
	SHA256 string  `json:"sha256"`           //
	Origin string  `json:"origin,omitempty"` // "1.30.0 for linux/amd64 from PyPI"; empty: not a pinned file
	Places []Place `json:"places"`
	Fault  string  `json:"fault,omitempty"` // why there is none
}

// Doctor searches every place and hashes the file that would be used.
func Doctor(explicit string) Report {
	r := Report{Places: Search(explicit)}
	path, err := Find(explicit)
	if err != nil {
		r.Fault = err.Error()
		return r
	}
	r.Path = path
	for _, p := range r.Places {
		if p.Path == path && r.From == "" {
			r.From = p.Name
		}
	}
	if r.SHA256, err = hashFile(path); err != nil {
		r.Fault = err.Error()
	}
	r.Origin = origin(r.SHA256)
	if r.Origin == "" && r.From == cached().Name {
		r.Fault = fmt.Sprintf("%s is not the file that was installed; remove it and run 'molserve runtime install'", path)
	}
	return r
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
