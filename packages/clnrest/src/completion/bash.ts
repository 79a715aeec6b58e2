import type { Completes } from '../command-table/entry.ts';
import {
  type CompletedCommand,
  type CompletedOption,
  quoted,
  unknownCases,
} from './shell-words.ts';

/** Returns the script for bash 3.2 or newer. It needs no other scripts. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const groups = commands.filter(({ commands }) => commands.length > 0);
  return `# bash completion for clnrest. Add to ~/.bashrc: eval "$(clnrest completion bash)"
_clnrest() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' i
  # bash splits words at =, so that --url=x is three words.
  if [ "$cur" = '=' ]; then cur=''; elif [ "$prev" = '=' ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
${groups.map(pathCase).join('\n')}
${unknownCases(groups, 'path')}
    esac
  done
  COMPREPLY=()
  case "$path:$prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${commands.map(wordCase).join('\n')}
  esac
}
# Offers words.
_clnrest_words() {
  COMPREPLY=($(compgen -W "$2" -- "$1"))
}
# Offers files or directories, whose names can have blanks.
_clnrest_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -A "$2" -- "$1")
}
complete -F _clnrest clnrest
`;
}

function pathCase({ path, commands }: CompletedCommand): string {
  const names = commands.map(({ word }) => quoted(`${path}/${word}`)).join('|');
  const next = path === '' ? '${COMP_WORDS[i]}' : `${path} \${COMP_WORDS[i]}`;
  return `      ${names}) path="${next}" ;;`;
}

function valueCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map((option) => `    ${patternOf(path, option)}) ${offer(option.completes)}; return ;;`);
}

function patternOf(path: string, { name, short }: CompletedOption): string {
  const long = quoted(`${path}:--${name}`);
  return short === undefined ? long : `${long}|${quoted(`${path}:-${short}`)}`;
}

function offer(completes: Completes | undefined): string {
  if (completes === undefined) return ':';
  if (typeof completes === 'string') return `_clnrest_files "$cur" ${completes}`;
  return `_clnrest_words "$cur" ${quoted(completes.join(' '))}`;
}

function wordCase({ path, options, words }: CompletedCommand): string {
  const offered = quoted(words.map(({ word }) => word).join(' '));
  const dashed = quoted(options.map(({ name }) => `--${name}`).join(' '));
  return `    ${quoted(path)}) case "$cur" in -*) _clnrest_words "$cur" ${dashed} ;; *) _clnrest_words "$cur" ${offered} ;; esac ;;`;
}
