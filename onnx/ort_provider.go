package onnx

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"
)

// This file knows the binding's execution providers.

// Providers lists ONNX Runtime's execution providers by their full names, sorted: those that it was built
// with, and those of libraries that were registered.
func Providers() ([]string, error) {
	names, err := tell(nil)
	if err != nil {
		return nil, fmt.Errorf("list execution providers: %w", err)
	}
	devices, err := ort.GetEpDevices()
	if err != nil {
		return nil, fmt.Errorf("list execution providers: %w", err)
	}
	for _, d := range devices {
		names = append(names, d.EpName())
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// RegisterProviders loads a library of execution providers, once a process. Start must have been called.
func RegisterProviders(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("load execution providers: %w", err)
	}
	start.Lock()
	defer start.Unlock()
	if start.path == "" {
		return errors.New("load execution providers: ONNX Runtime is not started")
	}
	if slices.Contains(start.providers, path) {
		return nil
	}
	if err := ort.RegisterExecutionProviderLibrary(filepath.Base(path), path); err != nil {
		return fmt.Errorf("load execution providers: %s: %w", path, err)
	}
	start.providers = append(start.providers, path)
	return nil
}

// ProviderLibraries lists what RegisterProviders loaded, in its order.
func ProviderLibraries() []string {
	start.Lock()
	defer start.Unlock()
	return slices.Clone(start.providers)
}

// appendProvider gives a provider to session options.
func appendProvider(o *ort.SessionOptions, p Provider) error {
	if err := known(p); err != nil {
		return err
	}
	devices, err := pluginDevices(p)
	if err != nil {
		return err
	}
	settings := p.settings()
	switch {
	case len(devices) > 0:
		delete(settings, deviceOption)
		err = o.AppendExecutionProviderV2(devices, settings)
	case p.short() == cuda:
		err = appendCUDA(o, settings)
	case p.short() == tensorRT:
		err = appendTensorRT(o, settings)
	case p.short() == openVINO:
		err = o.AppendExecutionProviderOpenVINO(settings)
	default:
		err = o.AppendExecutionProvider(spelling(p), settings)
	}
	if err != nil {
		return fmt.Errorf("provider %s: %w; it may need a driver or libraries that the loader does not find (LD_LIBRARY_PATH)", p.Name, err)
	}
	return nil
}

// known refuses a provider that the library does not have, and says which it has.
func known(p Provider) error {
	all, err := Providers()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(name string) bool { return (Provider{Name: name}).short() == p.short() }) {
		return nil
	}
	more := "--onnxruntime names another build, --provider-library a library of providers"
	if brought := ProviderLibraries(); len(brought) > 0 {
		more = "no device of it was found by " + strings.Join(brought, ", ")
	}
	return fmt.Errorf("provider %s: ONNX Runtime %s at %s does not have it, but %s; %s", p.Name, ort.GetVersion(), Library(), strings.Join(all, ", "), more)
}

// pluginDevices returns the device to use of a provider that a registered library brought; none: the
// provider is ONNX Runtime's own.
func pluginDevices(p Provider) ([]ort.EpDevice, error) {
	if len(ProviderLibraries()) == 0 {
		return nil, nil
	}
	all, err := ort.GetEpDevices()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(d ort.EpDevice) bool { return (Provider{Name: d.EpName()}).short() != p.short() })
	if len(all) == 0 {
		return nil, nil
	}
	at := 0
	if text, ok := p.Options[deviceOption]; ok {
		if at, err = strconv.Atoi(text); err != nil || at < 0 || at >= len(all) {
			return nil, fmt.Errorf("provider %s: device %q: want 0 to %d", p.Name, text, len(all)-1)
		}
	}
	return all[at : at+1], nil
}

func appendCUDA(o *ort.SessionOptions, settings map[string]string) error {
	c, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return err
	}
	defer c.Destroy()
	if err := c.Update(settings); err != nil {
		return err
	}
	return o.AppendExecutionProviderCUDA(c)
}

func appendTensorRT(o *ort.SessionOptions, settings map[string]string) error {
	t, err := ort.NewTensorRTProviderOptions()
	if err != nil {
		return err
	}
	defer t.Destroy()
	if err := t.Update(settings); err != nil {
		return err
	}
	return o.AppendExecutionProviderTensorRT(t)
}

// spelling is how ONNX Runtime's own call spells a provider, which is not how it names it.
func spelling(p Provider) string {
	for _, name := range []string{"QNN", "XNNPACK", "WEBNN", "WebGPU", "AZURE", "JS", "VitisAI", "CoreML", "DML", "SNPE", "NvTensorRtRtx", "MIGraphX"} {
		if strings.EqualFold(name, p.short()) {
			return name
		}
	}
	return strings.TrimSuffix(p.Name, providerSuffix)
}

// recordPlacement makes a session remember which provider computes which node.
const recordPlacement = "session.record_ep_graph_assignment_info"

// placement reads which provider computes which node. The binding keeps the session that C knows to itself.
func placement(s *ort.DynamicAdvancedSession) (*Placement, error) {
	inner := reflect.ValueOf(s).Elem().FieldByName("s")
	if inner.Kind() != reflect.Pointer || inner.IsNil() {
		return nil, errors.New("which provider computes what: the binding is another")
	}
	session := inner.Elem().FieldByName("ortSession")
	if session.Kind() != reflect.Pointer {
		return nil, errors.New("which provider computes what: the binding is another")
	}
	words, err := tell(unsafe.Pointer(session.UnsafePointer()))
	if err != nil {
		return nil, fmt.Errorf("which provider computes what: %w", err)
	}
	return placementOf(words), nil
}
