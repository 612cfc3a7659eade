package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/onnx/library"
)

func runtimeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "runtime",
		Short: "Get ONNX Runtime, or see which one is used",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(installCommand(), doctorCommand())
	return c
}

func installCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "install",
		Short: "Fetch ONNX Runtime " + library.Pinned + " into your cache, with pip or npm, and check its SHA-256",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := library.Install(cmd.Context(), cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), path)
			return err
		},
	}
}

// diagnosis is what 'runtime doctor' says.
type diagnosis struct {
	library.Report
	Version   string   `json:"version,omitempty"`
	Providers []string `json:"providers,omitempty"`
}

func doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say which ONNX Runtime is used, from where, what is wrong with it, and whether providers work",
		Args:  noArguments,
	}
	asJSON := c.Flags().Bool("json", false, "write JSON")
	var how computing
	providerFlags(c, &how)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		flag, err := cmd.Flags().GetString("onnxruntime")
		if err != nil {
			return err
		}
		d := diagnose(flag, &how)
		if err := d.write(cmd.OutOrStdout(), *asJSON); err != nil {
			return err
		}
		if d.Fault != "" {
			return fmt.Errorf("%s", d.Fault)
		}
		return nil
	}
	return c
}

// diagnose loads the library that would be used, and tries providers. It sets Fault when that does not work.
func diagnose(flag string, how *computing) diagnosis {
	d := diagnosis{Report: library.Doctor(flag)}
	if d.Path == "" {
		return d
	}
	if err := onnx.Start(d.Path); err != nil {
		d.Fault = err.Error()
		return d
	}
	d.Version = onnx.Version()
	tried := how.load()
	var err error
	if d.Providers, err = onnx.Providers(); err == nil {
		err = tried
	}
	if err != nil {
		d.Fault = err.Error()
	}
	return d
}

func (d *diagnosis) write(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(d)
	}
	var b strings.Builder
	if d.Path != "" {
		origin := d.Origin
		if origin == "" {
			origin = "not a file that molserve pins"
		}
		fmt.Fprintf(&b, "library    %s\nfrom       %s\nSHA-256    %s\nfile       %s\n", d.Path, d.From, d.SHA256, origin)
	}
	if d.Version != "" {
		fmt.Fprintf(&b, "version    %s\nproviders  %s\n", d.Version, strings.Join(d.Providers, ", "))
	}
	b.WriteString("searched, in this order\n")
	for _, p := range d.Places {
		fmt.Fprintf(&b, "  %s: %s%s\n", p.Name, p.Path, p.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
