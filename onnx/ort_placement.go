package onnx

/*
#cgo LDFLAGS: -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// ONNX Runtime's C API is a table of functions that only grows, so that the place of one never changes.
// These are the few that the binding does not pass on.
enum {
	api_version = 29,
	get_error_message = 2,
	release_status = 93,
	get_available_providers = 125,
	release_available_providers = 126,
	get_assignment = 407, // of nodes to providers
	subgraph_provider = 408,
	subgraph_nodes = 409,
	node_name = 410,
	node_operator = 412,
};

typedef void *status; // NULL: no error
typedef status (*about1)(const void *, const void *);
typedef status (*about2)(const void *, const void *, const void *);
typedef struct {
	void **(*get)(uint32_t);
	const char *(*version)(void);
} base;

// teller writes texts, each with a zero byte behind it, until a call fails.
typedef struct {
	void **api;
	FILE *out;
	char fault[512]; // what the failed call says; empty: none
} teller;

static int failed(teller *t, status s) {
	if (s == NULL) return 0;
	snprintf(t->fault, sizeof t->fault, "%s", ((const char *(*)(status))t->api[get_error_message])(s));
	((void (*)(status))t->api[release_status])(s);
	return 1;
}

static void put(teller *t, const char *text) {
	fputs(text == NULL ? "" : text, t->out);
	fputc(0, t->out);
}

// put_of writes what a function says of an object.
static int put_of(teller *t, int function, const void *object) {
	const char *text = NULL;
	if (failed(t, ((about1)t->api[function])(object, &text))) return 0;
	put(t, text);
	return 1;
}

// put_nodes writes provider, operator and name of each node of a session.
static void put_nodes(teller *t, const void *session) {
	const void *const *parts = NULL, *const *nodes = NULL;
	size_t n = 0, m = 0;
	if (failed(t, ((about2)t->api[get_assignment])(session, &parts, &n))) return;
	for (size_t i = 0; i < n; i++) {
		if (failed(t, ((about2)t->api[subgraph_nodes])(parts[i], &nodes, &m))) return;
		for (size_t k = 0; k < m; k++)
			if (!put_of(t, subgraph_provider, parts[i]) || !put_of(t, node_operator, nodes[k]) || !put_of(t, node_name, nodes[k])) return;
	}
}

// put_providers writes the names of the providers that a library was built with.
static void put_providers(teller *t) {
	char **names = NULL;
	int n = 0;
	if (failed(t, ((about1)t->api[get_available_providers])(&names, &n))) return;
	for (int i = 0; i < n; i++) put(t, names[i]);
	failed(t, ((status (*)(char **, int))t->api[release_available_providers])(names, n));
}

// base_of returns where a library's C API begins, or NULL.
static base *base_of(void *library) {
	base *(*get)(void) = library == NULL ? NULL : (base *(*)(void))dlsym(library, "OrtGetApiBase");
	return get == NULL ? NULL : get();
}

// table returns the functions of a library that is loaded, or NULL.
static void **table(const char *path) {
	void *library = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
	base *b = base_of(library);
	if (library != NULL) dlclose(library); // this handle; the library stays
	return b == NULL ? NULL : b->get(api_version);
}

// read_version writes the version of a library that need not be loaded; nothing, where there is none.
static void read_version(const char *path, char *out, size_t size) {
	void *library = dlopen(path, RTLD_LAZY);
	base *b = base_of(library);
	if (b != NULL) snprintf(out, size, "%s", b->version());
	if (library != NULL) dlclose(library);
}

// tell returns the nodes of a session, or without one the providers of the library, to be freed.
static char *tell(const char *path, const void *session, size_t *size, teller *t) {
	char *text = NULL;
	t->api = table(path);
	t->out = t->api == NULL ? NULL : open_memstream(&text, size);
	if (t->out == NULL) {
		snprintf(t->fault, sizeof t->fault, "the library is not loaded");
		return NULL;
	}
	if (session != NULL) put_nodes(t, session);
	else put_providers(t);
	fclose(t->out);
	return text;
}
*/
import "C"

import (
	"fmt"
	"strings"
	"unsafe"
)

// This file reads the C API where the binding does not: what providers a library was built with, and which
// of them computes which node.

// tell returns the nodes of a session, three texts each, or of no session the providers of the library.
func tell(session unsafe.Pointer) ([]string, error) {
	path := C.CString(Library())
	defer C.free(unsafe.Pointer(path))
	var t C.teller
	var size C.size_t
	text := C.tell(path, session, &size, &t)
	defer C.free(unsafe.Pointer(text))
	if fault := C.GoString(&t.fault[0]); fault != "" {
		return nil, fmt.Errorf("ask ONNX Runtime: %s", fault)
	}
	words := strings.Split(string(C.GoBytes(unsafe.Pointer(text), C.int(size))), "\x00")
	return words[:len(words)-1], nil
}

// versionOf reads the version of a library, also of one that the binding has given up; "": it tells none.
func versionOf(library string) string {
	path := C.CString(library)
	defer C.free(unsafe.Pointer(path))
	var version [64]C.char
	C.read_version(path, &version[0], C.size_t(len(version)))
	return C.GoString(&version[0])
}
