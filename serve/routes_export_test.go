package serve

import (
	"maps"
	"slices"
)

// Routes lists every route of both listeners as METHOD /path.
func Routes() (public, admin []string) {
	s := New(Config{})
	for _, r := range s.routes().Routes() {
		public = append(public, r.Method+" "+r.Path)
	}
	for _, r := range s.adminRoutes().Routes() {
		admin = append(admin, r.Method+" "+r.Path)
	}
	return public, admin
}

// Methods lists the full name of every method of gRPC.
func Methods() []string {
	g := &grpcService{server: New(Config{})}
	defer g.newServer().Stop()
	return slices.Sorted(maps.Keys(g.methods))
}
