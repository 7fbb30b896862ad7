# Sourced. apt_install PACKAGE…: installs Debian packages as root or with a sudo that asks nothing; else fails silently.

apt_install() {
  local run=()
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    run=(sudo -n)
  fi
  echo "Installing $*" >&2
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null || true
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}
