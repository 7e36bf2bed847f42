#!/bin/sh
# Debian packages that the demo, the tests or the Windows package need: installs what is missing
# when root, else names it.
# Usage: installer/system.sh demo|test|package|window
set -eu

# To build pyscard (PC/SC) and run the program.
demo="python3 python3-venv python3-dev gcc pkg-config swig libpcsclite-dev libpcsclite1"
# For the window, once one is opened.
demo="$demo libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon-x11-0
      libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
      libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 fonts-noto-cjk"
# Virtual readers, hot-plug, system-call traces, a central database, a screen that nobody sees.
test="$demo git make pcscd vsmartcard-vpcd umockdev gir1.2-umockdev-1.0 python3-gi strace postgresql
      xvfb xdotool"
# Wine to run the Windows Python in, a compiler and a packer for Windows, signatures.
package="$demo git make wine wine64 nsis osslsigncode gcc-mingw-w64-x86-64-win32 mingw-w64-tools
         fonts-dejavu-core"
# A Debian of its own for Wine 10, with a screen and a reader of its own.
window="$package mmdebstrap iproute2"

case "${1:-}" in
  demo) wanted=$demo ;;
  test) wanted=$test ;;
  package) wanted=$package ;;
  window) wanted=$window ;;
  *) echo "usage: $0 demo|test|package|window" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is not Debian: nothing is installed here. The equivalents of these packages are needed:"
  echo $wanted
  exit 0
fi

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "Some system packages are missing. Install them, then run make again:" >&2
  echo >&2
  echo "    sudo apt-get install --no-install-recommends$missing" >&2
  echo >&2
  exit 1
fi

echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends $missing
