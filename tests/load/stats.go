package main

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"
)

// estimate is the median of ratios and the interval that holds it, at 95 %.
type estimate struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Pairs  int     `json:"pairs"`
}

func median(v []float64) float64 { return quantile(v, 0.5) }

// quantile interpolates between the two nearest values; NaN of none.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	at := q * float64(len(v)-1)
	low := int(at)
	high := min(low+1, len(v)-1)
	return v[low] + (at-float64(low))*(v[high]-v[low])
}

// resamples of the bootstrap.
const resamples = 2000

// estimated takes the median of ratios and bootstraps its interval: medians of samples drawn with replacement.
func estimated(ratios []float64) estimate {
	random := rand.New(rand.NewPCG(1, 2))
	medians := make([]float64, resamples)
	drawn := make([]float64, len(ratios))
	for k := range medians {
		for i := range drawn {
			drawn[i] = ratios[random.IntN(len(ratios))]
		}
		medians[k] = median(drawn)
	}
	return estimate{median(ratios), quantile(medians, 0.025), quantile(medians, 0.975), len(ratios)}
}

// percentile of latencies, q between 0 and 1: the least that a share of q is not above.
func percentile(v []time.Duration, q float64) time.Duration {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[max(int(math.Ceil(q*float64(len(v))))-1, 0)]
}

// loadAverage is the machine's of the last minute, "?" where it does not tell.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
