#!/usr/bin/env bash
# A container engine with Compose and the base images of this project, for the container suites.
#
#   engine.sh        finds the engine that runs, or starts one, and prints its address
#   engine.sh down   stops the engine that this script has started; images and volumes stay
#
# An engine that runs is taken as it is, and pulls its images. Only where none runs, root on Debian
# gets one: the newest packages of Debian, unpacked in .cache/engine beside the system's own, with
# iptables, runc and tini installed. Only there, images that cannot be pulled are made from packages.
set -euo pipefail
# A shell of an ordinary user has no path to iptables, which the engine calls by its name.
PATH=$PATH:/usr/sbin:/sbin

socket=unix:///var/run/docker.sock
cache=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.cache/engine
node_image=node:24-bookworm-slim
nats_image=nats:2.15-alpine
debian_image=slipstream-debian:bookworm

say() { printf '[engine] %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
answers() { docker info >/dev/null 2>&1; }
is_debian_root() { [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; }

up() {
  if ! answers; then
    { is_debian_root && [ "${DOCKER_HOST:-$socket}" = $socket ]; } || die "no container engine answers\
${DOCKER_HOST:+ at DOCKER_HOST=$DOCKER_HOST}: start Docker 25 or newer with its Compose plugin, or set
  DOCKER_HOST; as root on Debian this script starts one by itself. Or set SKIP_CONTAINERS=1, which
  leaves the container suites out."
    one_at_a_time
    answers || start_engine
  fi
  docker compose version >/dev/null 2>&1 || die 'an engine runs, but "docker compose" does not'
  local image
  for image in "$node_image" "$nats_image"; do
    docker image inspect "$image" >/dev/null 2>&1 && continue
    docker pull --quiet "$image" >&2 && continue
    is_debian_root || die "$image is missing, and this engine cannot pull it"
    one_at_a_time
    docker image inspect "$image" >/dev/null 2>&1 || make_image "$image"
  done
  echo "${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}')}"
}

down() {
  local pid
  pid=$(cat "$cache/dockerd.pid" 2>/dev/null) || die 'no engine was started by this script'
  kill "$pid"
  while [ -e "$cache/dockerd.pid" ]; do sleep 0.25; done # it takes the file away at its end
  say 'engine stopped'
}

# Suites that run side by side wait for the one that came first. What outlives this script (9>&-)
# must not hold the lock.
one_at_a_time() { mkdir -p "$cache"; exec 9>"$cache/lock"; flock 9; }

### the engine, from Debian's packages

start_engine() {
  install_missing ca-certificates iptables runc tini
  unpack docker.io
  unpack containerd
  unpack docker-compose
  unpack docker-buildx
  local plugin
  mkdir -p "$HOME/.docker/cli-plugins"
  for plugin in docker-compose docker-buildx; do
    ln -sf "$cache/$plugin/usr/libexec/docker/cli-plugins/$plugin" "$HOME/.docker/cli-plugins/"
  done
  if ! command -v docker >/dev/null; then
    unpack docker-cli
    ln -sf "$cache/docker-cli/usr/bin/docker" /usr/local/bin/docker
  fi
  if ! mountpoint -q /sys/fs/cgroup; then mount -t cgroup2 none /sys/fs/cgroup; fi
  rm -f "$cache/dockerd.pid"
  PATH=$cache/docker.io/usr/sbin:$cache/containerd/usr/bin:$PATH \
    setsid nohup dockerd --pidfile "$cache/dockerd.pid" --init-path /usr/bin/tini-static \
    >"$cache/dockerd.log" 2>&1 </dev/null 9>&- &
  local tries=0
  until answers; do
    tries=$((tries + 1))
    [ $tries -le 120 ] || { tail -n 20 "$cache/dockerd.log" >&2; die 'the engine does not start'; }
    sleep 0.25
  done
  say "engine $(docker version --format '{{.Server.Version}}') started; its log is $cache/dockerd.log"
}

install_missing() {
  local missing=() name
  for name in "$@"; do dpkg -s "$name" >/dev/null 2>&1 || missing+=("$name"); done
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A package of Debian's newest suite, by an apt with folders of its own.
unpack() (
  local folder=$cache/$1 apt=$cache/apt
  [ -e "$folder/.done" ] && return
  local options=(-qq -oDir::Etc::SourceList="$apt/sources.list" -oDir::Etc::SourceParts=/dev/null
    -oDir::State::Lists="$apt/lists" -oDir::Cache="$apt" -oAPT::Sandbox::User=root)
  if [ -z "$(find "$apt/.done" -mmin -720 2>/dev/null)" ]; then
    [ -n "$(mirror)" ] || apt-get update -qq
    mkdir -p "$apt/lists/partial" "$apt/archives/partial"
    local key=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb [signed-by=$key] $(mirror) sid main" >"$apt/sources.list"
    apt-get "${options[@]}" update
    touch "$apt/.done"
  fi
  say "unpacking $1"
  rm -rf "$folder"
  mkdir -p "$folder"
  cd "$folder"
  apt-get "${options[@]}" download "$1"
  dpkg -x ./*.deb .
  rm ./*.deb
  touch .done
)

# Where this machine's apt gets Debian itself.
mirror() {
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $codename" |
    awk 'NR == 1'
}

### the images, where there is no registry

make_image() {
  local context
  say "making $1 from packages"
  context=$(mktemp -d)
  docker image inspect $debian_image >/dev/null 2>&1 || make_debian_image "$context"
  case $1 in
    node:*) put_node_into "$context" ;;
    nats:*) put_nats_into "$context" ;;
  esac
  docker build --quiet --tag "$1" "$context" >/dev/null
  rm -rf "$context"
}

# Like debian:bookworm-slim, with this machine's certificates: behind a proxy that reads TLS, npm in
# a build needs them too.
make_debian_image() {
  install_missing mmdebstrap
  mmdebstrap --quiet --variant=minbase --mode=root --include=ca-certificates,libstdc++6 \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs' \
    bookworm "$1/debian.tar" "$(mirror)"
  docker import "$1/debian.tar" $debian_image >/dev/null
  rm "$1/debian.tar"
}

put_node_into() {
  local arch
  arch=$(node --print process.arch)
  (
    cd "$1"
    npm pack --silent "node-linux-$arch@24" npm@11 >/dev/null
    mkdir node npm
    tar xzf node-linux-*.tgz -C node --strip-components=1
    tar xzf npm-*.tgz -C npm --strip-components=1
    rm ./*.tgz
  )
  cat >"$1/Dockerfile" <<END
FROM $debian_image
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
COPY npm /usr/local/lib/node_modules/npm
COPY --chmod=0755 node/bin/node /usr/local/bin/node
RUN cd /usr/local/bin && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm && chmod +x npm && npm --version
CMD ["node"]
END
}

# Busybox gives it the wget of the official image, for health checks.
put_nats_into() {
  install_missing busybox-static
  unpack nats-server
  cp "$(command -v busybox)" "$cache/nats-server/usr/sbin/nats-server" "$1/"
  cat >"$1/Dockerfile" <<END
FROM $debian_image
COPY --chmod=0755 busybox nats-server /usr/local/bin/
RUN ln -s busybox /usr/local/bin/wget
EXPOSE 4222 6222 8222
CMD ["nats-server"]
END
}

case ${1:-up} in
  up) up ;;
  down) down ;;
  *) die "engine.sh does up or down, not '$1'" ;;
esac
