#!/usr/bin/env bash
# Builds the real kube-apiserver that the contract tests use when it is there. Needs Go 1.25; takes minutes the first time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$(dirname "$0")"
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
nice -n 19 go build -p 1 -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" \
  -o "$root/.tools/kube-apiserver" .
