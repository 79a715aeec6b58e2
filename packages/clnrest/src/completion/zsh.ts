import type { Completes } from '../command-table/entry.ts';
import {
  type CompletedCommand,
  type CompletedOption,
  quoted,
  unknownCases,
} from './shell-words.ts';

/** Returns the script for zsh. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const groups = commands.filter(({ commands }) => commands.length > 0);
  return `#compdef clnrest
# zsh completion for clnrest. Add to ~/.zshrc, after compinit: eval "$(clnrest completion zsh)"
_clnrest() {
  local path_='' i
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    case "$path_/\${words[i]}" in
${groups.map(pathCase).join('\n')}
${unknownCases(groups, 'path_')}
    esac
  done
  local option=\${words[CURRENT-1]}
  # --url=x is one word.
  if [[ $PREFIX == --*=* ]]; then option=\${PREFIX%%=*}; compset -P '*='; fi
  case "$path_:$option" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path_" in
${commands.map(wordCase).join('\n')}
  esac
}
if [ "$funcstack[1]" = '_clnrest' ]; then _clnrest "$@"; else compdef _clnrest clnrest; fi
`;
}

function pathCase({ path, commands }: CompletedCommand): string {
  const names = commands.map(({ word }) => quoted(`${path}/${word}`)).join('|');
  const next = path === '' ? '${words[i]}' : `${path} \${words[i]}`;
  return `      ${names}) path_="${next}" ;;`;
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
  if (completes === 'file') return '_files';
  if (completes === 'directory') return '_files -/';
  return `compadd -- ${completes.map(quoted).join(' ')}`;
}

function wordCase({ path, options, words }: CompletedCommand): string {
  const offered = words.map(({ word, text }) => described(word, text));
  const dashed = options.map(({ name, text }) => described(`--${name}`, text));
  return `    ${quoted(path)})
      if [[ $PREFIX == -* ]]; then offered=(${dashed.join(' ')}); _describe option offered
      else offered=(${offered.join(' ')}); _describe word offered; fi ;;`;
}

/** `_describe` reads the text after a colon. */
function described(word: string, text: string): string {
  return quoted(text === '' ? word : `${word}:${text.replaceAll(':', ' ')}`);
}
