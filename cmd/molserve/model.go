package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/onnx/library"
	"molserve/onnx/prove/child"
	"molserve/serve"
)

// startRuntime loads the ONNX Runtime library that the command line, the environment or a cache names.
func startRuntime(cmd *cobra.Command) error {
	flag, err := cmd.Flags().GetString("onnxruntime")
	if err != nil {
		return err
	}
	path, err := library.Find(flag)
	if err != nil {
		return err
	}
	return onnx.Start(path)
}

// openModel opens the model that ref names when it has proved itself, now or at an earlier start of which
// a certificate is kept. Its runs are of a fixed size, so that the same file gives the same bytes.
func openModel(ctx context.Context, cmd *cobra.Command, ref, state string, limits onnx.RecordLimits, how *computing) (*onnx.Model, error) {
	folder, err := findModel(cmd, ref)
	if err != nil {
		return nil, err
	}
	models, err := cmd.Flags().GetString("models")
	if err != nil {
		return nil, err
	}
	kept, err := openStore(state, models, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := how.start(cmd); err != nil {
		return nil, err
	}
	proof := serve.Proof{Child: child.Prover{Preparation: how.Preparation}, Store: kept, Log: slog.New(slog.DiscardHandler), Limits: limits, Untuned: true}
	m, certificate, err := proof.Open(ctx, folder)
	if certificate != nil && err != nil && context.Cause(ctx) == nil {
		err = fmt.Errorf("%s does not prove itself: see 'molserve check %s'", ref, ref)
	}
	return m, err
}

// readManifest reads what the model that ref names says of itself, without opening it, and its SHA-256.
func readManifest(cmd *cobra.Command, ref string) (m *onnx.Manifest, hash string, err error) {
	folder, err := findModel(cmd, ref)
	if err != nil {
		return nil, "", err
	}
	data, err := os.ReadFile(filepath.Join(folder.Dir, manifestName))
	if err != nil {
		return nil, "", err
	}
	m, err = onnx.ReadManifest(data)
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %s: %w", folder.Dir, manifestName, err)
	}
	return m, hashOf(data), nil
}

const manifestName = "manifest.json"

// findModel looks ref up among the folders under --models; without a version it takes the highest.
func findModel(cmd *cobra.Command, ref string) (found onnx.Folder, err error) {
	name, version, err := onnx.ParseRef(ref)
	if err != nil {
		return found, usageError{err}
	}
	root, err := cmd.Flags().GetString("models")
	if err != nil {
		return found, err
	}
	folders, err := discover(root)
	if err != nil {
		return found, err
	}
	for _, f := range folders {
		if f.Name == name && (version == f.Version || version == 0 && f.Version > found.Version) {
			found = f
		}
	}
	if found.Dir == "" {
		return found, fmt.Errorf("no model %s under %s; 'molserve models --models %s' lists them", ref, root, root)
	}
	return found, nil
}
