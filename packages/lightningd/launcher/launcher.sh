#!/bin/sh
':' /*
# lightningd starts this file. sh reads up to the last exec below. The plugin follows in JavaScript, for which
# this script is a comment. The file needs nothing beside it: the module type of a package.json in its
# directory has no effect.

# The oldest supported Node version, and the options. The launcher's program inserts both from their declarations.
clnrest_major=@MAJOR@
clnrest_minor=@MINOR@
clnrest_manifest=@MANIFEST@

# Logs why the plugin cannot run, and disables it. It still declares the options: lightningd does not start
# with an undeclared option.
clnrest_decline() {
  clnrest_reason=$({ printf %s "$1" | tr '\n' ' ' | tr -cd ' !#-[]-~' | cut -c 1-600; } 2>/dev/null)
  # The PATH has neither tr nor cut.
  : "${clnrest_reason:=$clnrest_need: $clnrest_help}"
  if [ -t 0 ]; then
    printf '%s\n' "$clnrest_reason" >&2
    exit 1
  fi
  while IFS= read -r clnrest_request; do
    # An id is any JSON. A string in it has escaped quotes, so `,"` is its end.
    clnrest_id=${clnrest_request#*'"id":'}
    clnrest_id=${clnrest_id%%',"'*}
    clnrest_response="{\"jsonrpc\":\"2.0\",\"id\":${clnrest_id%'}'},\"result\":"
    case $clnrest_request in
      *'"method":"getmanifest"'*)
        printf '%s%s}\n\n' "$clnrest_response" "$clnrest_manifest"
        ;;
      *'"method":"init"'*)
        printf '{"jsonrpc":"2.0","method":"log","params":{"level":"unusual","message":"%s"}}\n\n' "$clnrest_reason"
        printf '%s{"disable":"%s"}}\n\n' "$clnrest_response" "$clnrest_reason"
        ;;
    esac
  done
  exit 0
}

# Prints the version of Node, and succeeds if it runs with these arguments. The script makes V8 compile a
# regular expression to machine code, which needs memory that is both writable and executable. If the system
# forbids that, V8 aborts.
clnrest_run() {
  (
    ulimit -c 0
    exec "$clnrest_node" "$@" --input-type=commonjs -e 'for (var i = 0; i < 9; i++) /(a|b)+c/.test("ababd"); require("fs").writeSync(1, process.version)'
  ) </dev/null 2>/dev/null
}

clnrest_need="Node.js $clnrest_major.$clnrest_minor or newer is required"
clnrest_help='install it, or set the environment variable CLNREST_NODE to the path of node'

@UNSET@

clnrest_node=${CLNREST_NODE:-$(command -v node || command -v nodejs)}
if [ -z "$clnrest_node" ]; then
  clnrest_decline "$clnrest_need, but the PATH $PATH has no node: $clnrest_help"
fi

# On most systems, this is the only process before the plugin.
clnrest_jit=
{ clnrest_version=$(clnrest_run) || clnrest_version=; } 2>/dev/null
if [ -z "$clnrest_version" ]; then
  clnrest_jit=none
  # Node prints its version without starting V8.
  clnrest_version=$("$clnrest_node" --version </dev/null 2>/dev/null)
fi
case $clnrest_version in
  v[0-9]*.[0-9]*) ;;
  *)
    clnrest_output=$("$clnrest_node" --version </dev/null 2>&1)
    clnrest_decline "$clnrest_need, but $clnrest_node does not run: $clnrest_output: $clnrest_help"
    ;;
esac
clnrest_found=${clnrest_version#v}
clnrest_found_minor=${clnrest_found#*.}
clnrest_found_minor=${clnrest_found_minor%%.*}
clnrest_found=${clnrest_found%%.*}
if [ "$clnrest_found" -lt "$clnrest_major" ] ||
  { [ "$clnrest_found" -eq "$clnrest_major" ] && [ "$clnrest_found_minor" -lt "$clnrest_minor" ]; }; then
  clnrest_decline "$clnrest_need, but $clnrest_node is $clnrest_version: $clnrest_help"
fi

if [ "$clnrest_jit" = none ]; then
  # Before Node 24, --jitless prints a warning without --no-expose-wasm. From Node 24 on, it must be omitted.
  for clnrest_options in '--jitless --no-expose-wasm' --jitless; do
    if clnrest_run $clnrest_options >/dev/null; then
      clnrest_jit=$clnrest_options
      break
    fi
  done 2>/dev/null
fi
if [ "$clnrest_jit" = none ]; then
  { clnrest_output=$(ulimit -c 0; exec "$clnrest_node" --jitless -e 0 </dev/null 2>&1); } 2>/dev/null
  clnrest_decline "$clnrest_node $clnrest_version does not run here, with or without its JIT compiler${clnrest_output:+: $clnrest_output}"
fi

# Node compiles only the text that it runs.
exec "$clnrest_node" $clnrest_jit --input-type=commonjs -e '@RUN@' -- "$0" "$@"
*/
