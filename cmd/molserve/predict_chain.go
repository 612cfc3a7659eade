package main

import (
	"context"
	"errors"
	"sync"

	"molserve/onnx"
	"molserve/preprocess"
)

// chain opens the models of which others take auxiliary numbers when they are first asked, each once.
type chain struct {
	open func(ref string) (*onnx.Model, error)

	mu     sync.Mutex
	models map[string]*onnx.Model
}

// predict is PredictRecords of m, number depth of its chain, counted from 1.
func (c *chain) predict(ctx context.Context, m *onnx.Model, recs []preprocess.Record, o onnx.Options, depth int) ([]onnx.Row, error) {
	find := func(name, version string) (onnx.Asked, error) {
		if depth == onnx.LongestChain {
			return onnx.Asked{}, onnx.ErrLongChain
		}
		source, err := c.model(name + "@" + version)
		if err != nil {
			return onnx.Asked{}, err
		}
		a := onnx.AskedOf(source.Manifest(), source.Outputs())
		a.Predict = func(ctx context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
			return c.predict(ctx, source, recs, onnx.Options{}, depth+1)
		}
		return a, nil
	}
	return m.Manifest().Chain(ctx, recs, find, func(ctx context.Context, recs []preprocess.Record) ([]onnx.Row, error) {
		return m.PredictRecords(ctx, recs, o)
	})
}

func (c *chain) model(ref string) (*onnx.Model, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.models[ref]; m != nil {
		return m, nil
	}
	m, err := c.open(ref)
	if err != nil {
		return nil, err
	}
	if c.models == nil {
		c.models = map[string]*onnx.Model{}
	}
	c.models[ref] = m
	return m, nil
}

func (c *chain) close() error {
	var errs []error
	for _, m := range c.models {
		errs = append(errs, m.Close())
	}
	return errors.Join(errs...)
}
