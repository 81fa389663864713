#!/bin/sh
# Makes sure of the programs that tests start: Chromium, a Chinese font, PDF tools and PostgreSQL 15 or newer.
# Further programs, which are packages of the same name, can be named. Installs what is missing where that is allowed, and says what to
# install where it is not.
set -eu

missing=""
need() { missing="$missing $1"; }

command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || need chromium
fc-list 2>/dev/null | grep -qi "Noto.*CJK" || need "fonts-noto-cjk fontconfig"
command -v pdftotext >/dev/null 2>&1 || need poppler-utils
ls /usr/lib/postgresql/1[5-9]/bin/initdb /usr/lib/postgresql/[2-9][0-9]/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || need postgresql
for program in "$@"; do
    command -v "$program" >/dev/null 2>&1 || need "$program"
done

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "What you started needs these Debian packages, or what your system calls them:$missing" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "What you started needs packages that only an administrator can install: sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing$missing ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq </dev/null
# shellcheck disable=SC2086  # The names are words of their own.
$as_root apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
