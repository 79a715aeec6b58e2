#!/bin/sh
':' /*
# lightningd starts this file. sh reads as far as the last exec below; what follows is the plugin, in
# JavaScript, to which all this is a comment. Nothing is taken from the file's surroundings: which kind of
# JavaScript a package.json beside it announces makes no difference.

# The oldest Node that will do. The bundler takes it, and the options, from where they are declared.
clnrest_major=@MAJOR@
clnrest_minor=@MINOR@
clnrest_manifest=@MANIFEST@

# Says in lightningd's log why the plugin can't run; lightningd goes on without it. The options are declared
# all the same: one that nobody declares keeps lightningd from starting.
clnrest_decline() {
  clnrest_why=$({ printf %s "$1" | tr '\n' ' ' | tr -cd ' !#-[]-~' | cut -c 1-600; } 2>/dev/null)
  # Where the PATH has neither tr nor cut, there is a word still.
  : "${clnrest_why:=$clnrest_need: $clnrest_help}"
  if [ -t 0 ]; then
    printf '%s\n' "$clnrest_why" >&2
    exit 1
  fi
  while IFS= read -r clnrest_request; do
    # An id is any JSON that the node's caller chose. In a string a quote is escaped, so that `,"` ends it.
    clnrest_id=${clnrest_request#*'"id":'}
    clnrest_id=${clnrest_id%%',"'*}
    clnrest_answer="{\"jsonrpc\":\"2.0\",\"id\":${clnrest_id%'}'},\"result\":"
    case $clnrest_request in
      *'"method":"getmanifest"'*)
        printf '%s%s}\n\n' "$clnrest_answer" "$clnrest_manifest"
        ;;
      *'"method":"init"'*)
        printf '{"jsonrpc":"2.0","method":"log","params":{"level":"unusual","message":"%s"}}\n\n' "$clnrest_why"
        printf '%s{"disable":"%s"}}\n\n' "$clnrest_answer" "$clnrest_why"
        ;;
    esac
  done
  exit 0
}

# Whether Node runs with these arguments. It is made to compile a regular expression to machine code, for which
# it needs memory that is both writable and executable. Where the system forbids that, V8 aborts.
clnrest_runs() {
  (
    ulimit -c 0
    exec "$clnrest_node" "$@" -e 'for (var i = 0; i < 9; i++) /(a|b)+c/.test("ababd")'
  ) </dev/null >/dev/null 2>&1
}

clnrest_need="Node $clnrest_major.$clnrest_minor or newer is needed"
clnrest_help='install it, or name the program by the environment variable CLNREST_NODE'

clnrest_node=${CLNREST_NODE:-$(command -v node || command -v nodejs)}
if [ -z "$clnrest_node" ]; then
  clnrest_decline "$clnrest_need, and there is none in the PATH, $PATH: $clnrest_help"
fi

# This much is told without V8: by a Node of any age, and where V8 can't run.
clnrest_version=$("$clnrest_node" --version </dev/null 2>/dev/null)
case $clnrest_version in
  v[0-9]*.[0-9]*) ;;
  *)
    clnrest_says=$("$clnrest_node" --version </dev/null 2>&1)
    clnrest_decline "$clnrest_need, and $clnrest_node does not run: $clnrest_says: $clnrest_help"
    ;;
esac
clnrest_is=${clnrest_version#v}
clnrest_is_minor=${clnrest_is#*.}
clnrest_is_minor=${clnrest_is_minor%%.*}
clnrest_is=${clnrest_is%%.*}
if [ "$clnrest_is" -lt "$clnrest_major" ] ||
  { [ "$clnrest_is" -eq "$clnrest_major" ] && [ "$clnrest_is_minor" -lt "$clnrest_minor" ]; }; then
  clnrest_decline "$clnrest_need, and $clnrest_node is $clnrest_version: $clnrest_help"
fi

# Before Node 24, --jitless warns of WebAssembly unless that is switched off, too; since then it must not be.
clnrest_jit=none
for clnrest_try in '' '--jitless --no-expose-wasm' --jitless; do
  if clnrest_runs $clnrest_try; then
    clnrest_jit=$clnrest_try
    break
  fi
done 2>/dev/null
if [ "$clnrest_jit" = none ]; then
  { clnrest_says=$(ulimit -c 0; exec "$clnrest_node" --jitless -e 0 </dev/null 2>&1); } 2>/dev/null
  clnrest_decline "$clnrest_node $clnrest_version does not run here, with its JIT compiler or without${clnrest_says:+: $clnrest_says}"
fi

# Only the first bytes of the file are read here. What serves HTTP comes after them; to compile that, too, would
# cost this process 10 MB. The process that serves HTTP gets the file as descriptor 4, by which it is still
# the same one if another version has taken its place.
exec "$clnrest_node" $clnrest_jit --input-type=commonjs -e 'var fs = require("fs"), file = process.argv[1], fd = process.argv.at(-1) === "--http-side" ? 4 : fs.openSync(file), text = Buffer.alloc(@BYTES@); fs.readSync(fd, text, 0, text.length, 0); require("vm").compileFunction(String(text), ["require", "programFile"], { filename: file })(require, fd);' -- "$0" "$@"
*/
