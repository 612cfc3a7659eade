#!/usr/bin/env bash
# Generates the Go stubs of inference.proto beside it. Needs pip for protoc, and Go: make proto.
set -euo pipefail
cd "$(dirname "$0")"
tools=${XDG_CACHE_HOME:-$HOME/.cache}/molserve/proto
if ! "$tools/bin/python" -c 'import grpc_tools' 2>/dev/null; then
  "${PYTHON:-python3}" -m venv "$tools"
  "$tools/bin/pip" --quiet install grpcio-tools==1.85.1
fi
plugins=$(mktemp -d)
trap 'rm -rf "$plugins"' EXIT
for plugin in protoc-gen-go=google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12 protoc-gen-go-grpc=google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2; do
  printf '#!/bin/sh\nexec go run %s "$@"\n' "${plugin#*=}" > "$plugins/${plugin%%=*}"
  chmod +x "$plugins/${plugin%%=*}"
done
PATH=$plugins:$PATH "$tools/bin/python" -m grpc_tools.protoc -I . \
  --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative inference.proto
