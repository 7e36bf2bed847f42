#!/bin/sh
# Prints a Python that can run the program (3.11 or newer, with venv); fails and says so if none can.
set -eu
for name in python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
  path=$(command -v "$name" 2>/dev/null) || continue
  if "$path" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$path"
    exit 0
  fi
done
echo "No Python 3.11 or newer with its venv module was found." >&2
exit 1
