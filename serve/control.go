package serve

import (
	"context"
	"errors"

	"molserve/onnx"
)

// latest stands for a version in activate: the model follows its folder again.
const latest = "latest"

// activate makes a version serve and pins the model to it: at once when the version is in memory,
// otherwise after it has proved itself. The version "latest" takes the pin away. When it fails, what
// served serves on and the pin is what it was.
func (g *registry) activate(ctx context.Context, name, number string) error {
	e, err := g.find(name)
	if err != nil {
		return err
	}
	if number == latest {
		return g.follow(ctx, e)
	}
	return g.bringAndTurn(ctx, e, number, causeActivate)
}

// rollback makes the version serve that served before the active one, and pins the model to it. Called
// again it goes back further.
func (g *registry) rollback(ctx context.Context, name string) error {
	e, err := g.find(name)
	if err != nil {
		return err
	}
	g.mu.RLock()
	number := ""
	if n := len(e.past); n > 0 {
		number = spell(e.past[n-1])
	}
	g.mu.RUnlock()
	if number == "" {
		return refuse(codeNoPrevious, "no version of %s served before the one that does", name)
	}
	return g.bringAndTurn(ctx, e, number, causeRollback)
}

// bringAndTurn has a version serve, loading it first when it is not in memory.
func (g *registry) bringAndTurn(ctx context.Context, e *entry, number string, why cause) error {
	return g.bring(ctx, e, number, func(v *version, s *snapshot) {
		e.pin = v.number
		g.turn(e, s, why)
	})
}

// follow takes the pin away, and has the latest version serve that proves itself.
func (g *registry) follow(ctx context.Context, e *entry) error {
	return g.submit(ctx, func(ctx context.Context) error {
		g.mu.Lock()
		e.pin, e.held = 0, false
		g.mu.Unlock()
		return g.resettle(ctx, e)
	})
}

// load brings a model back that was unloaded, and tries again what was refused. The error says why the
// version that should serve does not; another may serve in its place.
func (g *registry) load(ctx context.Context, name string) error {
	e, err := g.find(name)
	if err != nil {
		return err
	}
	return g.submit(ctx, func(ctx context.Context) error {
		g.mu.Lock()
		e.held = false
		for _, v := range e.versions {
			if v.state == stateRefused {
				v.print = ""
			}
		}
		g.mu.Unlock()
		return g.resettle(ctx, e)
	})
}

// resettle is settle of one model, by what is in the folder now.
func (g *registry) resettle(ctx context.Context, e *entry) error {
	folders, err := onnx.Discover(g.cfg.Models)
	if err != nil {
		g.cfg.Log.Error("the folder of models cannot be read", "cause", err)
		return refuse(codeVersionRefused, "the folder of models cannot be read; the server's log says why")
	}
	return g.settle(ctx, e, g.note(folders)[e.name])
}

// unload takes every version of a model out of memory. It stays out, whatever comes into its folder,
// until it is loaded or one of its versions is activated.
func (g *registry) unload(ctx context.Context, name string) error {
	e, err := g.find(name)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed.Load() {
		return errStopping
	}
	e.held = true
	for _, v := range e.versions {
		v.unloads++
	}
	g.empty(e, "unloaded by call")
	g.cfg.Log.Info("model unloaded by call", "model", name, "request_id", callOf(ctx).id)
	return nil
}

// loadVersion brings a version into memory beside the one that serves. It stays until it is unloaded by
// call, or has served and others served after it.
func (g *registry) loadVersion(ctx context.Context, name, number string) error {
	e, err := g.find(name)
	if err != nil {
		return err
	}
	return g.bring(ctx, e, number, func(v *version, _ *snapshot) { v.asked = true })
}

// unloadVersion takes a version out of memory that does not serve.
func (g *registry) unloadVersion(_ context.Context, name, number string) error {
	e, err := g.find(name)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	v, err := e.version(number)
	if err != nil {
		return err
	}
	s := e.loaded[v.number]
	if a := e.active.Load(); a != nil && a == s {
		return refuse(codeVersionActive, "version %d of %s serves; activate another first", v.number, name)
	}
	v.unloads++
	if s != nil {
		g.retire(e, s, "unloaded by call")
	}
	return nil
}

// bring has a version in memory because a call asked for it, and then does with it what the call wants, under mu: at
// once when it is there, otherwise after it has proved itself. A call that unloads the version meanwhile has the last
// word.
func (g *registry) bring(ctx context.Context, e *entry, number string, then func(*version, *snapshot)) error {
	v, unloads, done, err := g.have(e, number, then)
	if done {
		return err
	}
	return g.submit(ctx, func(ctx context.Context) error {
		if _, _, done, err := g.have(e, number, then); done {
			return err
		}
		if err := g.open(ctx, e, onnx.Folder{Name: e.name, Version: v.number, Dir: v.dir}, true); err != nil {
			return err
		}
		return g.keep(e, v, unloads, then)
	})
}

// have does then with a version that is in memory; done is false when it is not, but may be brought.
func (g *registry) have(e *entry, number string, then func(*version, *snapshot)) (v *version, unloads int, done bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed.Load() {
		return nil, 0, true, errStopping
	}
	if v, err = e.version(number); err != nil {
		return nil, 0, true, err
	}
	s := e.loaded[v.number]
	if s != nil {
		then(v, s)
	}
	return v, v.unloads, s != nil, nil
}

// keep does then with a version that was brought, or takes it out of memory when a call has unloaded it meanwhile.
func (g *registry) keep(e *entry, v *version, unloads int, then func(*version, *snapshot)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := e.loaded[v.number]
	if s != nil && v.unloads == unloads {
		then(v, s)
		return nil
	}
	if s != nil {
		g.retire(e, s, "unloaded by call")
	}
	return refuse(codeUnloaded, "version %d of %s was unloaded by another call meanwhile", v.number, e.name)
}

// refusals joins the reasons of versions into what a caller may read.
func refusals(errs []error) error {
	if err := errors.Join(errs...); err != nil {
		return refuse(codeVersionRefused, "%s", err)
	}
	return nil
}
