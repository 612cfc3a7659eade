# molserve with ONNX Runtime and the shipped models. docs/docker.md says which of these steps were tried, and how.
FROM golang:1.26-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -o /out/bin/molserve ./cmd/molserve
# The library lies beside the executable, where molserve looks before it looks in caches.
RUN XDG_CACHE_HOME=/tmp/cache /out/bin/molserve runtime install \
 && mkdir -p /out/bin/lib \
 && cp "$(find /tmp/cache -name 'libonnxruntime*' -type f)" /out/bin/lib/libonnxruntime.so

# cc: glibc, libstdc++ and libgcc, which ONNX Runtime needs; no shell; user 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/bin /opt/molserve
COPY exported_models /models
EXPOSE 8080
USER nonroot
ENTRYPOINT ["/opt/molserve/molserve"]
CMD ["serve", "--models", "/models", "--addr", "0.0.0.0:8080"]
