#!/bin/bash
# Installs the Debian packages that `make demo` or `make test` needs and this machine lacks.
# usage: deploy/debian-packages.sh demo|test
set -eu

demo="ca-certificates gettext python3-venv"
# Browser, foreign RTSP servers and clients, a second database, a token in software: for tests only.
# (libatomic1: Playwright's own Node needs it.)
test="$demo chromium ffmpeg fonts-dejavu-core gir1.2-gst-rtsp-server-1.0 glib-networking
  gstreamer1.0-plugins-bad gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly gstreamer1.0-rtsp
  libatomic1 mount openssl postgresql python3-gi softhsm2 util-linux vlc-bin vlc-plugin-base"

case "${1:-}" in
  demo) wanted=$demo ;;
  test) wanted=$test ;;
  *) echo "usage: deploy/debian-packages.sh demo|test" >&2; exit 2 ;;
esac

# A Python of one's own (pyenv, uv) brings venv along; Debian's needs the package.
python=${PYTHON:-$(command -v python3.11 || command -v python3)}
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then wanted=${wanted/python3-venv/}; fi

missing=()
for package in $wanted; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "== Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "couldn't install Debian packages: run as root: apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
# Services must not start by being installed: tests start their own.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
