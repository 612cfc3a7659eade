package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/onnx/prove/store"
	"molserve/preprocess/standardize"
	"molserve/preprocess/stream"
)

// predictFile reads what is named, holds it against the manifest and against a mark to go on from, and then proves
// and runs the model: what can be refused without computing is.
func predictFile(ctx context.Context, cmd *cobra.Command, p predictFlags, args []string) error {
	format, err := p.settle(args)
	if err != nil {
		return err
	}
	in, err := openSource(ctx, args, cmd.InOrStdin())
	if err != nil {
		return err
	}
	defer in.Close()
	if err := p.checkOutput(in); err != nil {
		return err
	}
	manifest, hash, err := readManifest(cmd, p.model)
	if err != nil {
		return err
	}
	items, err := p.feedOf(in, format, manifest)
	if err != nil {
		return err
	}
	if err := p.how.start(cmd); err != nil {
		return err
	}
	program, err := store.Program()
	if err != nil {
		return err
	}
	id := modelID{manifest.Name + "@" + manifest.Version, hash, onnx.Version(), program, sourcesOf(cmd, manifest)}
	at, err := p.goOn(&items, p.identityOf(format, items.Columns(), id))
	if err != nil {
		return err
	}
	return p.run(ctx, cmd, items, at)
}

// settle holds the flags against each other and returns the format of the input.
func (p *predictFlags) settle(args []string) (stream.Format, error) {
	format, err := p.inputFormat(args)
	if err != nil {
		return "", usageError{err}
	}
	if err := cmp.Or(p.checkColumn(format), checkLimits(p.limits), checkRow(p.maxRow), p.checkRows()); err != nil {
		return "", err
	}
	if p.steps, err = standardize.Parse(p.standardize); err != nil {
		return "", usagef("--standardize: %v", err)
	}
	return format, nil
}

// feedOf reads the items of an input that the model of the manifest takes.
func (p *predictFlags) feedOf(in *source, format stream.Format, manifest *onnx.Manifest) (feed, error) {
	if err := p.checkKinds(format, manifest); err != nil {
		return feed{}, err
	}
	if err := p.checkFolder(); err != nil {
		return feed{}, err
	}
	reader, err := stream.Open(in, format, stream.Options{SMILESColumn: p.smilesColumn, MaxBytes: p.longest(format), MaxAtoms: manifest.Chemistry.MaxAtoms})
	if err != nil {
		return feed{}, usageError{err}
	}
	return feed{Reader: kindReader{reader, manifest.Accepts}, ledger: newLedger(in.read.Load), size: in.size}, nil
}

// goOn brings the items to where an earlier run of this identity stopped, with --resume, and returns the state of
// this one; nil: it has none.
func (p *predictFlags) goOn(items *feed, id identity) (*resumption, error) {
	at, err := p.resumption(id)
	if err != nil || at == nil {
		return nil, err
	}
	return at, items.skip(at.mark)
}

// run proves the model and predicts the items with it.
func (p *predictFlags) run(ctx context.Context, cmd *cobra.Command, items feed, at *resumption) error {
	open := func(ref string) (*onnx.Model, error) { return openModel(ctx, cmd, ref, p.state, p.limits, &p.how) }
	m, err := open(p.model)
	if err != nil {
		return err
	}
	defer m.Close()
	p.chain = &chain{open: open}
	defer p.chain.close()
	t, err := p.write(ctx, cmd, m, items, at)
	if err == nil && p.strict && t.failed > 0 {
		return t
	}
	return err
}

// tally counts rows; it is the error of --strict.
type tally struct{ total, failed int }

func (t tally) Error() string { return fmt.Sprintf("%d of %d rows failed", t.failed, t.total) }

func (t *tally) count(r onnx.Row) {
	t.total++
	if r.Err != nil {
		t.failed++
	}
}
