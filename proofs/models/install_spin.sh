#!/bin/sh
# See to it that SPIN and a C compiler are there: the models are checked by both.
#
# On Debian and Ubuntu they are installed, as root or with sudo where that asks for no password.
# Elsewhere this says how to get them. Exit status: 0 both are there; 1 something is missing.
set -u

missing() {
  found=""
  command -v spin >/dev/null 2>&1 || found="spin"
  # gcc compiles what SPIN writes, and needs the headers of the C library for it.
  if ! command -v gcc >/dev/null 2>&1; then
    found="$found gcc libc6-dev"
  elif ! echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1; then
    found="$found libc6-dev"
  fi
  echo "$found"
}

lacking=$(missing)
[ -z "$lacking" ] && exit 0
echo "The models need SPIN and a C compiler; missing here: $lacking" >&2

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    as_root="nobody"
  fi
fi
if command -v apt-get >/dev/null 2>&1 && [ "$as_root" != nobody ]; then
  echo "Installing them with apt-get ..." >&2
  # Standard output belongs to whoever asked.
  $as_root apt-get update -q >&2
  # shellcheck disable=SC2086  # A list of packages.
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $lacking >&2
  # A compiler that is quick to compile saves half of the time; gcc does where it is missing.
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends tcc >&2 || true
  lacking=$(missing)
  [ -z "$lacking" ] && exit 0
  echo "Still missing: $lacking" >&2
fi

cat >&2 <<'HOW'
Install them and run this again:
  Debian, Ubuntu   apt-get install spin gcc libc6-dev   (as root)
  Fedora           dnf install gcc, and SPIN from its source
  Arch             pacman -S gcc, and the package "spin" of the user repository
  macOS            brew install spin, and the command line tools of Xcode
  from source      SPIN 6.5.2 is at https://github.com/nimble-code/Spin; make, then put Src/spin on the PATH
HOW
exit 1
