package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"molserve/preprocess/featurize"
	"molserve/preprocess/geometry"
	"molserve/preprocess/inspect"
	"molserve/preprocess/molecule"
	"molserve/preprocess/standardize"
)

// needs are flags that mean nothing without another one.
var needs = [][2]string{{"pbc", "neighbours"}, {"normalization", "spherical-harmonics"}, {"normalize", "spherical-harmonics"},
	{"fields", "batch"}, {"field", "batch"}, {"elements", "batch"}, {"pad-to", "batch"}}

// excludes are flags that mean nothing beside each other; harmonics those without --batch.
var (
	excludes  = [][2]string{{"features", "neighbours"}, {"hydrogens", "neighbours"}, {"normalize", "batch"}}
	harmonics = [][2]string{{"features", "spherical-harmonics"}, {"neighbours", "spherical-harmonics"},
		{"input", "spherical-harmonics"}, {"hydrogens", "spherical-harmonics"}}
)

func checkTogether(given func(flag string) bool) error {
	for _, n := range needs {
		if given(n[0]) && !given(n[1]) {
			return fmt.Errorf("--%s is of --%s, which is not there", n[0], n[1])
		}
	}
	wrong := excludes
	if !given("batch") {
		wrong = slices.Concat(excludes, harmonics)
	}
	for _, x := range wrong {
		if given(x[0]) && given(x[1]) {
			return fmt.Errorf("--%s and --%s do not go together", x[0], x[1])
		}
	}
	return nil
}

// mode is what the command line asks for.
func (p *inspectFlags) mode(cmd *cobra.Command, args []string) (func(io.Reader, io.Writer) error, error) {
	given := cmd.Flags().Changed
	if p.format != "jsonl" {
		return nil, fmt.Errorf("--format %q: only jsonl is written", p.format)
	}
	if err := checkTogether(given); err != nil {
		return nil, err
	}
	h := geometry.Harmonics{LMax: p.lmax, Normalisation: geometry.Normalisation(p.normalization), KeepLength: !p.normalize}
	if err := h.Validate(); err != nil {
		return nil, fmt.Errorf("--spherical-harmonics: %w", err)
	}
	if given("spherical-harmonics") && !given("batch") {
		return func(r io.Reader, w io.Writer) error { return inspect.Harmonics(r, w, h) }, nil
	}
	if err := p.readOptions(given, args); err != nil {
		return nil, err
	}
	if p.batch != "" {
		o, err := p.batchOptions()
		return func(r io.Reader, w io.Writer) error { return inspect.Batch(r, w, o) }, err
	}
	run := map[string]func(io.Reader, io.Writer, inspect.Options) error{inputSMILES: inspect.SMILES, inputXYZ: inspect.Structures,
		inputSDF: inspect.SDF, inputMol: inspect.Molfile}[p.input]
	return func(r io.Reader, w io.Writer) error { return run(r, w, p.Options) }, nil
}

// The values of --input.
const (
	inputSMILES = "smiles"
	inputXYZ    = "xyz"
	inputSDF    = "sdf"
	inputMol    = "mol"
)

var inputs = []string{inputSMILES, inputSDF, inputMol, inputXYZ}

// readOptions fills input and inspect.Options.
func (p *inspectFlags) readOptions(given func(flag string) bool, args []string) (err error) {
	if p.input == "" {
		p.input = inputOf(args, given("neighbours"))
	}
	switch {
	case !slices.Contains(inputs, p.input):
		return fmt.Errorf("--input %q is none of %s", p.input, strings.Join(inputs, ", "))
	case given("neighbours") && p.input != inputXYZ:
		return fmt.Errorf("--neighbours: structures have neighbours, and %s is none", p.input)
	case given("neighbours") && !(p.Cutoff > 0 && !math.IsInf(p.Cutoff, 1)):
		return fmt.Errorf("--neighbours %v is not a cutoff in Å", p.Cutoff)
	case p.input == inputXYZ && (given("features") || given("hydrogens") || given("standardize")):
		return fmt.Errorf("--features, --hydrogens and --standardize: a structure has no bonds, and bonds are never guessed")
	}
	if p.input == inputXYZ && !given("max-atoms") {
		p.MaxAtoms = 0 // inspect's own default
	}
	if p.input != inputSMILES && !given("max-bytes") {
		p.MaxBytes = 0
	}
	if p.Hydrogens, err = molecule.ParseHydrogens(p.hydrogens); err != nil {
		return err
	}
	if p.Standardize, err = standardize.Parse(p.standardize); err != nil {
		return fmt.Errorf("--standardize: %w", err)
	}
	if p.Features != "" {
		if _, err := featurize.Named(p.Features); err != nil {
			return err
		}
	}
	if err := checkBudget(p.Budget); err != nil {
		return err
	}
	if given("pbc") {
		p.PBC, err = parsePBC(p.pbc)
	}
	return err
}

// inputOf guesses the input by what is asked of it, then by the suffix of the file.
func inputOf(args []string, neighbours bool) string {
	suffix := ""
	if len(args) > 0 {
		suffix = strings.ToLower(filepath.Ext(args[0]))
	}
	switch {
	case neighbours, suffix == ".xyz", suffix == ".extxyz":
		return inputXYZ
	case suffix == ".sdf", suffix == ".sd":
		return inputSDF
	case suffix == ".mol", suffix == ".mdl":
		return inputMol
	}
	return inputSMILES
}

// parsePBC reads three of T and F, in any case, separated by commas.
func parsePBC(text string) (*[3]bool, error) {
	words := strings.Split(strings.ToUpper(text), ",")
	pbc := new([3]bool)
	for a, word := range words {
		if len(words) != 3 || word != "T" && word != "F" {
			return nil, fmt.Errorf("--pbc %q is not three of T and F, such as T,T,F", text)
		}
		pbc[a] = word == "T"
	}
	return pbc, nil
}
