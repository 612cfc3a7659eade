package child

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"molserve/onnx"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

// job is the first frame that a child gets.
type job struct {
	Level  int           `json:"level"`
	Budget time.Duration `json:"budget_ns"`
	Memory int64         `json:"memory"` // bytes beyond the idle child
	Nice   int           `json:"nice"`

	Preparation onnx.Preparation `json:"preparation"` // the server's
	Libraries   []string         `json:"libraries"`   // of execution providers, absolute paths
}

// reply is all that a child says: a certificate and what computed, or a refusal.
type reply struct {
	Certificate json.RawMessage `json:"certificate,omitempty"`
	Mapped      mapped.Report   `json:"mapped,omitzero"`
	Refused     string          `json:"refused,omitempty"` // why the model does not open
}

// Bounds of what goes over the pipes, bytes.
const (
	maxJob     = 256 << 10
	maxText    = 1 << 20                                          // of manifest.json
	maxReply   = prove.MaxCertificate + 2*mapped.MaxPaths + 1<<10 // its JSON
	maxRefused = 16 << 10
)

// A frame is its size as 8 bytes, big end first, its bytes, and their SHA-256. A child gets a job, the
// manifest's text, and the files in the order of their names, which the manifest has.

// send writes the frames of a proof.
func send(w io.Writer, j job, b *onnx.Bundle) error {
	head, err := json.Marshal(j)
	if err != nil {
		return err
	}
	frames := [][]byte{head, b.ManifestText()}
	for _, name := range b.Names() {
		frames = append(frames, b.File(name))
	}
	for _, f := range frames {
		if err := writeFrame(w, f); err != nil {
			return err
		}
	}
	return nil
}

func writeFrame(w io.Writer, data []byte) error {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(data)))
	sum := sha256.Sum256(data)
	for _, part := range [][]byte{size[:], data, sum[:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// readFrame reads a frame of at most limit bytes.
func readFrame(r io.Reader, limit int64) ([]byte, error) {
	var size [8]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint64(size[:])
	if n > uint64(limit) {
		return nil, fmt.Errorf("a frame of %d bytes, at most %d are expected", n, limit)
	}
	data, sum := make([]byte, n), make([]byte, sha256.Size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(r, sum); err != nil {
		return nil, err
	}
	if want := sha256.Sum256(data); !bytes.Equal(sum, want[:]) {
		return nil, errors.New("a frame has another SHA-256 than it says")
	}
	return data, nil
}

// receiveJob reads the first frame.
func receiveJob(r io.Reader) (j job, err error) {
	head, err := readFrame(r, maxJob)
	if err != nil {
		return j, err
	}
	return j, json.Unmarshal(head, &j)
}

// receiveBundle reads the frames after the job.
func receiveBundle(r io.Reader) (*onnx.Bundle, error) {
	text, err := readFrame(r, maxText)
	if err != nil {
		return nil, err
	}
	m, err := onnx.ReadManifest(text)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range m.FileNames() {
		if files[name], err = readFrame(r, m.Files[name].Bytes); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return onnx.NewBundle(text, files)
}

// readReply reads what a child says, which may be anything. What it has mapped is looked at later.
func readReply(data []byte, m *onnx.Manifest, plan prove.Plan, computing string) (*prove.Certificate, mapped.Report, error) {
	var r reply
	if err := r.read(data); err != nil {
		return nil, r.Mapped, fmt.Errorf("%w: %w", ErrReply, err)
	}
	if r.Refused != "" {
		return nil, r.Mapped, errors.New(r.Refused)
	}
	c, err := prove.ReadCertificate(r.Certificate, m, plan)
	switch {
	case err != nil:
	case c.Computing != computing:
		err = fmt.Errorf("it computed with %.200q, this process does with %q", c.Computing, computing)
	case len(c.Libraries) > 0:
		err = errors.New("its certificate has libraries, which this process reads")
	}
	if err != nil {
		return nil, r.Mapped, fmt.Errorf("%w: %w", ErrReply, err)
	}
	c.Where, c.Source, c.Key = prove.Child, prove.Fresh, ""
	return c, r.Mapped, nil
}

// read reads a reply as it must look.
func (r *reply) read(data []byte) error {
	if len(data) == 0 {
		return errors.New("it said nothing")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows it")
	}
	if (r.Certificate == nil) == (r.Refused == "") || len(r.Refused) > maxRefused || strings.ContainsFunc(r.Refused, isControl) {
		return errors.New("neither a certificate nor a reason")
	}
	return r.Mapped.Check()
}
