# Two targets do everything on a fresh machine: make serve, make test. "make help" lists the rest.
# Needed: Go 1.26, a C compiler, and pip or npm to get ONNX Runtime from.

SHELL  := bash
ADDR   ?= 127.0.0.1:8080
MODELS ?= exported_models
PYTHON ?= python3
DATA   ?=
FILE   ?=
CHECKS ?=
BIN    := bin/molserve

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.DEFAULT_GOAL := help
# The tests of V2 use Triton's own client, in a folder of the user's cache.
OPENVINO := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/molserve/openvino
INTEROP := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/molserve/interop

.PHONY: help proto docs-model docs-record interop openvino serve build runtime test unit race race-all soak load load-speed lint bench fuzz export parity parity-records parity-smiles parity-chemistry parity-geometry clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: build runtime ## build, get ONNX Runtime if needed, serve the shipped models on ADDR
	$(BIN) serve --models $(MODELS) --addr $(ADDR)

build: ## build bin/molserve
	go build -trimpath -o $(BIN) ./cmd/molserve

runtime: build ## get ONNX Runtime into the user's cache, if it is not there
	@$(BIN) runtime doctor >/dev/null 2>&1 || $(BIN) runtime install

proto: ## generate the stubs of the Open Inference Protocol: serve/v2/pb
	serve/v2/pb/generate.sh

test: lint unit interop race ## everything that must hold: lint, all tests, Triton's client, race detector

unit: runtime ## all tests
	go test ./...

docs-model: runtime ## docs/bring-your-own-model.md with its Python, torch and all: make docs-model [PYTHON=…]
	DOCS_PYTHON=$$(command -v $(PYTHON)) go test -count=1 ./tests -run BringYourOwnModel

docs-record: runtime ## the same, and keep what its Python writes for 'make test'
	rm -rf tests/testdata/bring/*.py-*
	DOCS_RECORD=1 DOCS_PYTHON=$$(command -v $(PYTHON)) go test -count=1 ./tests -run BringYourOwnModel

interop: runtime ## Triton's own client against a running server
	@PYTHONPATH=$(INTEROP) $(PYTHON) -c 'import grpc_reflection, tritonclient.grpc, tritonclient.http.aio' 2>/dev/null || \
	  $(PYTHON) -m pip --quiet --disable-pip-version-check install --target $(INTEROP) 'tritonclient[http,grpc]==2.73.0' grpcio-reflection
	PYTHONPATH=$(INTEROP) MOLSERVE_INTEROP_PYTHON=$(PYTHON) go test -count=1 ./tests/interop

openvino: runtime ## the shipped models on OpenVINO's execution provider, which pip gets
	@test -d $(OPENVINO) || $(PYTHON) -m pip --quiet --disable-pip-version-check install --no-deps --target $(OPENVINO) onnxruntime-ep-openvino==1.8.1
	MOLSERVE_OPENVINO_LIBRARY=$(OPENVINO)/onnxruntime_ep_openvino/libonnxruntime_providers_openvino_plugin.so \
	  go test -count=1 ./tests -run OpenVINO -v

race: runtime ## the concurrent packages under the race detector
	go test -race -short ./onnx ./onnx/prove/child ./onnx/prove/store ./serve/...
	go test -race -short -run 'Swaps' ./tests

race-all: runtime ## all tests under the race detector, in short
	go test -race -short -timeout 60m ./...

soak: runtime ## a thousand swaps at half of the saturation load: no failed request, no mixed versions, memory given back
	MOLSERVE_SOAK=1 go test ./tests -run SwapsAtHalfTheSaturationLoad -count 1 -timeout 60m -v

LOAD ?=
load: runtime ## ten times saturation for five minutes, clients that leave or dawdle, SIGTERM at 200 moments: make load [LOAD="-minutes 1"]
	go build -o bin/load ./tests/load
	bin/load $(LOAD) load

load-speed: runtime ## the server beside ONNX Runtime alone and the sum of its stages, in turns: make load-speed [LOAD="-rounds 40"]
	go build -o bin/load ./tests/load
	bin/load $(LOAD) speed

lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not gofmt'ed: $$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

bench: runtime ## stage benchmarks and the table of docs/benchmarks.md
	go test -run '^$$' -bench . -benchmem ./preprocess/... ./onnx ./serve ./tests

FUZZTIME ?= 30s
fuzz: ## fuzz every parser for FUZZTIME each
	@set -e; for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	  echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; done; done

export: ## train and export the shipped models again: make export DATA=DIR [PYTHON=…]
	@test -n "$(DATA)" || { echo "make export DATA=DIR: the folder with delaney-processed.csv and geometry/*.extxyz.gz; see export/README.md"; exit 2; }
	$(PYTHON) -m export.run --data $(DATA) --out $(MODELS)
	OMP_NUM_THREADS=1 $(PYTHON) -m export.geometry.run --data $(DATA) --out $(MODELS)

parity: build ## compare every feature with the libraries' own: make parity DATA=DIR [FEATURES="NAME …"] [PYTHON=…]
	@test -n "$(DATA)" || { echo "make parity DATA=DIR: the folder with delaney-processed.csv, SAMPL.csv, Lipophilicity.csv"; exit 2; }
	$(PYTHON) tests/parity/features.py --molserve $(BIN) $(if $(FEATURES),--features $(FEATURES)) -- $(addprefix $(DATA)/,delaney-processed.csv SAMPL.csv Lipophilicity.csv)

parity-records: build ## compare every field of inspect with RDKit's: make parity-records FILE=X.smi [PYTHON=…]
	@test -n "$(FILE)" || { echo "make parity-records FILE=X.smi: SMILES, one a line"; exit 2; }
	@out=$$(mktemp -d); trap 'rm -rf $$out' EXIT; $(PYTHON) tests/parity/dump_rdkit.py $(FILE) $$out/rdkit.jsonl && \
	  $(BIN) inspect $(FILE) > $$out/molserve.jsonl && $(PYTHON) tests/parity/compare.py $$out/rdkit.jsonl $$out/molserve.jsonl $(FILE)

parity-smiles: ## compare canonical ranks with RDKit's and check written SMILES: make parity-smiles FILE=X.smi [PYTHON=…]
	@test -n "$(FILE)" || { echo "make parity-smiles FILE=X.smi: SMILES, one a line"; exit 2; }
	$(PYTHON) tests/parity/ranks.py $(FILE)
	$(PYTHON) tests/parity/written.py $(FILE) --rewrites 2000

parity-chemistry: build ## all of chemistry beside RDKit's and the libraries' own: make parity-chemistry DATA=DIR [CHECKS="NAME …"] [PYTHON=…]
	@test -n "$(DATA)" || { echo "make parity-chemistry DATA=DIR: a folder of .csv, .smi and .tsv files with SMILES"; exit 2; }
	$(PYTHON) tests/parity/chemistry.py --molserve $(BIN) --data $(DATA) $(if $(CHECKS),--checks $(CHECKS))

parity-geometry: build ## compare neighbours, harmonics, bases and readers with ASE's and e3nn's: make parity-geometry DATA=DIR [PYTHON=…]
	@test -n "$(DATA)" || { echo "make parity-geometry DATA=DIR: the folder with geometry/*.extxyz.gz and atoms/*.extxyz.gz"; exit 2; }
	$(PYTHON) tests/parity/neighbours.py --data $(DATA)/geometry
	$(PYTHON) tests/parity/harmonics.py
	$(PYTHON) tests/parity/bases.py
	$(PYTHON) tests/parity/xyz.py compare $(DATA)/geometry/*.extxyz.gz $(DATA)/atoms/*.extxyz.gz

clean: ## remove what was built
	rm -rf bin
