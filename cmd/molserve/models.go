package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"molserve/onnx"
)

func modelsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "models [NAME[@VERSION] | FOLDER] …",
		Short: "List models: what they take and give, and whether their folders are whole",
		Long: `List the models of --models, or those that are named. A FOLDER with a manifest.json may be anywhere.
State "ok" means that the manifest holds together and that every file has the size that the manifest says;
'molserve check' proves a model.`,
		Example: `  molserve models
  molserve models --json esol-dmpnn ./my-model/1`,
		Args: cobra.ArbitraryArgs,
	}
	asJSON := c.Flags().Bool("json", false, "write JSON")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		folders, err := foldersOf(cmd, args)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			sayOverlooked(cmd.ErrOrStderr(), cmd.Flag("models").Value.String(), len(folders))
		}
		list := make([]listing, 0, len(folders))
		for _, f := range folders {
			list = append(list, look(f))
		}
		if *asJSON {
			return writeListingJSON(cmd.OutOrStdout(), list)
		}
		return writeListing(cmd.OutOrStdout(), list)
	}
	return c
}

// sayOverlooked names what under root looks like a model and is none.
func sayOverlooked(w io.Writer, root string, models int) {
	if models == 0 {
		fmt.Fprintf(w, "molserve: %s\n", noModels(root))
	}
	for _, text := range onnx.Overlooked(root) {
		fmt.Fprintf(w, "molserve: not a model: %s\n", text)
	}
}

func noModels(root string) string {
	return fmt.Sprintf("no models in %s: a model is a folder <name>/<version> with a manifest.json; --models names the folder of all", root)
}

// listing is a line of 'molserve models'.
type listing struct {
	Name    string          `json:"name"`
	Version string          `json:"version"` // as HTTP and manifests write it; empty: nobody says it
	State   string          `json:"state"`   // ok, or broken
	Faults  onnx.Faults     `json:"faults,omitempty"`
	Task    *onnx.Task      `json:"task,omitempty"`
	Accepts []string        `json:"accepts,omitempty"`
	Outputs []listingOutput `json:"outputs,omitempty"`
	Bytes   int64           `json:"bytes"` // of the files that the manifest lists
}

type listingOutput struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Per  string `json:"per"`
}

// look reads a folder's manifest and the sizes of its files, without opening the model.
func look(f onnx.Folder) listing {
	l := listing{Name: cmp.Or(f.Name, f.Dir), Version: versionOf(f), State: "broken"}
	data, err := os.ReadFile(filepath.Join(f.Dir, "manifest.json"))
	if err != nil {
		l.Faults = onnx.Faults{{Message: err.Error()}}
		return l
	}
	m, err := onnx.ReadManifest(data)
	if faults, ok := err.(onnx.Faults); ok {
		l.Faults = faults
		return l
	}
	l.Task, l.Accepts = &m.Task, m.Accepts
	for _, o := range m.Served() {
		l.Outputs = append(l.Outputs, listingOutput{o.Name, o.Unit, o.Per})
	}
	for name, file := range m.Files {
		l.Bytes += file.Bytes
		info, err := os.Lstat(filepath.Join(f.Dir, name))
		if err != nil || info.Size() != file.Bytes {
			l.Faults = append(l.Faults, onnx.Fault{Pointer: "/files/" + name, Message: "the file is missing or has another size"})
		}
	}
	if f.Name == "" { // any folder may hold any model
		l.Name, l.Version = m.Name, m.Version
	} else if says := m.Name + "@" + m.Version; says != f.String() {
		l.Faults = append(l.Faults, onnx.Fault{Pointer: "/name", Message: "the manifest is of " + says})
	}
	if len(l.Faults) == 0 {
		l.State = "ok"
	}
	return l
}

func writeListingJSON(w io.Writer, list []listing) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

func writeListing(w io.Writer, list []listing) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MODEL\tVERSION\tTASK\tINPUTS\tOUTPUTS\tSIZE\tSTATE")
	for _, l := range list {
		task := "-"
		if l.Task != nil {
			task = l.Task.Level + " " + l.Task.Kind
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Name, dash(l.Version), task, dash(strings.Join(l.Accepts, ",")),
			dash(outputsInWords(l.Outputs)), size(l.Bytes), l.State)
		for _, f := range l.Faults {
			fmt.Fprintf(t, "  %s\n", f)
		}
	}
	return t.Flush()
}

func outputsInWords(outputs []listingOutput) string {
	var words []string
	for _, o := range outputs {
		words = append(words, fmt.Sprintf("%s (%s per %s)", o.Name, dash(o.Unit), o.Per))
	}
	return strings.Join(words, ", ")
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// size writes bytes in MB, as file managers do.
func size(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
