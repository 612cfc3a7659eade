package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"molserve/onnx"
)

// foldersOf finds the folders that the arguments mean: all under --models when there are none. An argument
// is a model's name, or the path of a folder with a manifest.json, wherever it is and whatever it is called.
func foldersOf(cmd *cobra.Command, refs []string) ([]onnx.Folder, error) {
	if len(refs) == 0 {
		root, err := cmd.Flags().GetString("models")
		if err != nil {
			return nil, err
		}
		return discover(root)
	}
	folders := make([]onnx.Folder, len(refs))
	for i, ref := range refs {
		f, err := folderOf(cmd, ref)
		if err != nil {
			return nil, err
		}
		folders[i] = f
	}
	return folders, nil
}

// discover lists the models under --models.
func discover(root string) ([]onnx.Folder, error) {
	folders, err := onnx.Discover(root)
	if err != nil {
		return nil, fmt.Errorf("%w; name the folder of models with --models", err)
	}
	return folders, nil
}

// folderOf prefers a folder to a name.
func folderOf(cmd *cobra.Command, ref string) (onnx.Folder, error) {
	_, missing := os.Stat(filepath.Join(ref, "manifest.json"))
	info, err := os.Stat(ref)
	switch isPath := strings.ContainsRune(ref, filepath.Separator) || ref == "." || ref == ".."; {
	case missing == nil:
		return onnx.Folder{Dir: ref}, nil
	case isPath && err != nil:
		return onnx.Folder{}, err
	case isPath && info.IsDir():
		return onnx.Folder{}, fmt.Errorf("%s has no manifest.json; a model is a folder <name>/<version>, and --models names a folder of models", ref)
	case isPath:
		return onnx.Folder{}, fmt.Errorf("%s is no folder; a model is a folder with a manifest.json", ref)
	}
	return findModel(cmd, ref)
}
