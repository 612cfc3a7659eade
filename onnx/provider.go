package onnx

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Provider is an execution provider of ONNX Runtime with its options, which are passed through.
type Provider struct {
	Name    string            `json:"name"` // cuda, tensorrt, openvino, … in any case, with or without "ExecutionProvider"
	Options map[string]string `json:"options,omitempty"`
}

// providerSuffix ends the full name of every provider.
const providerSuffix = "ExecutionProvider"

// cpuProvider computes what no other provider takes.
const cpuProvider = "CPU" + providerSuffix

// The short names of providers that ONNX Runtime has calls of their own for.
const (
	cuda     = "cuda"
	tensorRT = "tensorrt"
	openVINO = "openvino"
	cpu      = "cpu"
)

// providerDefaults are options that hold unless they are set: products in whole float32. CUDA's TF32 keeps ten
// bits of a factor, OpenVINO takes bfloat16 with seven where a processor has it, and every check that compares
// numbers fails then.
var providerDefaults = map[string]map[string]string{
	cuda:     {"use_tf32": "0"},
	openVINO: {"load_config": `{"CPU":{"INFERENCE_PRECISION_HINT":"f32"},"GPU":{"INFERENCE_PRECISION_HINT":"f32"}}`},
}

// deviceOption chooses among the devices of a provider's own library, counted from 0; it is not passed on.
const deviceOption = "device"

var (
	providerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,63}$`)
	optionKey    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,127}$`)
)

// ParseProviders reads providers in the order of preference: NAME[,key=value…], one after the other with
// commas between. A comma within a value is written \, and a backslash \\.
func ParseProviders(text string) ([]Provider, error) {
	var out []Provider
	for _, word := range splitWords(text) {
		key, value, isOption := strings.Cut(word, "=")
		switch {
		case !isOption && providerName.MatchString(word):
			out = append(out, Provider{Name: word})
		case !isOption:
			return nil, fmt.Errorf("provider %q: want NAME[,key=value…]", word)
		case len(out) == 0:
			return nil, fmt.Errorf("provider %q: an option stands before the name", word)
		case !optionKey.MatchString(key):
			return nil, fmt.Errorf("provider %s: option %q: want key=value", out[len(out)-1].Name, word)
		default:
			if err := out[len(out)-1].set(key, value); err != nil {
				return nil, err
			}
		}
	}
	return out, CheckProviders(out)
}

// splitWords cuts at commas that no backslash stands before, and takes the backslashes out.
func splitWords(text string) []string {
	var words []string
	var word strings.Builder
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ',':
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	return append(words, word.String())
}

func (p *Provider) set(key, value string) error {
	if _, twice := p.Options[key]; twice {
		return fmt.Errorf("provider %s: option %s is set twice", p.Name, key)
	}
	if strings.ContainsRune(value, 0) {
		return fmt.Errorf("provider %s: option %s holds a zero byte", p.Name, key)
	}
	if p.Options == nil {
		p.Options = map[string]string{}
	}
	p.Options[key] = value
	return nil
}

// mostSettings bounds what all providers are told, bytes: a child process gets it too.
const mostSettings = 16 << 10

// CheckProviders refuses a list that names a provider twice, or the CPU before others, or that is endless.
func CheckProviders(list []Provider) error {
	var faults []error
	size := 0
	for i, p := range list {
		if slices.ContainsFunc(list[:i], func(q Provider) bool { return q.short() == p.short() }) {
			faults = append(faults, fmt.Errorf("provider %s is named twice", p.Name))
		}
		size += len(p.String())
		if p.short() == cpu && (i < len(list)-1 || len(p.Options) > 0) {
			faults = append(faults, errors.New("provider cpu: it is the last by itself, and takes no options"))
		}
	}
	if size > mostSettings {
		faults = append(faults, fmt.Errorf("providers and their options have %d bytes, at most %d are taken", size, mostSettings))
	}
	return errors.Join(faults...)
}

// short is the name in lower case without the suffix that all have.
func (p Provider) short() string {
	return strings.TrimSuffix(strings.ToLower(p.Name), strings.ToLower(providerSuffix))
}

// settings are the options with the defaults of those that are not set.
func (p Provider) settings() map[string]string {
	out := maps.Clone(providerDefaults[p.short()])
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, p.Options)
	return out
}

// String spells the provider as ParseProviders reads it, with all options that hold.
func (p Provider) String() string {
	words := []string{p.short()}
	escape := strings.NewReplacer(`\`, `\\`, `,`, `\,`)
	settings := p.settings()
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		words = append(words, key+"="+escape.Replace(settings[key]))
	}
	return strings.Join(words, ",")
}

// beyondCPU are the providers other than the CPU's.
func beyondCPU(list []Provider) []Provider {
	return slices.DeleteFunc(slices.Clone(list), func(p Provider) bool { return p.short() == cpu })
}
