package geometry_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"molserve/preprocess/geometry"
)

// gas is n atoms at random in a periodic cube of 0.1 atoms/Å³.
func gas(n int) geometry.Structure {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	side := math.Cbrt(float64(n) / 0.1) // Å
	s := geometry.Structure{Cell: &geometry.Cell{{side, 0, 0}, {0, side, 0}, {0, 0, side}}, PBC: [3]bool{true, true, true}}
	for range n {
		s.Positions = append(s.Positions, [3]float64{side * rng.Float64(), side * rng.Float64(), side * rng.Float64()})
	}
	return s
}

// droplet is n atoms at random in a ball of 0.1 atoms/Å³, in the open.
func droplet(n int) geometry.Structure {
	rng := rand.New(rand.NewPCG(2, uint64(n)))
	radius := math.Cbrt(float64(n) / 0.1 / (4 * math.Pi / 3)) // Å
	var s geometry.Structure
	for len(s.Positions) < n {
		p := [3]float64{2*rng.Float64() - 1, 2*rng.Float64() - 1, 2*rng.Float64() - 1}
		if p[0]*p[0]+p[1]*p[1]+p[2]*p[2] < 1 {
			s.Positions = append(s.Positions, [3]float64{radius * p[0], radius * p[1], radius * p[2]})
		}
	}
	return s
}

func benchmarkBuild(b *testing.B, s geometry.Structure, o geometry.Options) {
	var n geometry.Neighbours
	if err := n.Build(s, o); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := n.Build(s, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n.Len()), "edges")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n.Len()), "ns/edge")
}

// The cost of an edge stays level from 1,000 to 100,000 atoms.
func BenchmarkNeighboursPeriodic(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			benchmarkBuild(b, gas(n), geometry.Options{Cutoff: 5, MaxEdges: 10_000_000})
		})
	}
}

func BenchmarkNeighboursMolecule(b *testing.B) {
	benchmarkBuild(b, droplet(25), geometry.Options{Cutoff: 5})
}

// Where the two algorithms cost the same is the threshold of Auto.
func BenchmarkNeighboursAlgorithms(b *testing.B) {
	for _, n := range []int{25, 50, 100, 200, 400, 800} {
		for a, name := range []string{"auto", "brute", "cells"} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				benchmarkBuild(b, droplet(n), geometry.Options{Cutoff: 5, Algorithm: geometry.Algorithm(a)})
			})
		}
	}
}
