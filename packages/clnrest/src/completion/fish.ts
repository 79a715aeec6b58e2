import type { Completes } from '../command-table/entry.ts';
import {
  type CompletedCommand,
  type CompletedOption,
  type Described,
  quoted,
} from './shell-words.ts';

/** Returns the script for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const groups = commands.filter(({ commands }) => commands.length > 0);
  return `# fish completion for clnrest: clnrest completion fish > ~/.config/fish/completions/clnrest.fish
function __clnrest_path
    set -l path ''
    for word in (commandline -opc)[2..-1]
        switch "$path/$word"
${groups.map(pathCase).join('\n')}
            case '/help' ${groups.map(({ path }) => quoted(`${path}/-*`)).join(' ')}
            case ${groups.map(({ path }) => quoted(`${path}/*`)).join(' ')}
                set path '?'
        end
    end
    test "$path" = "$argv"
end
complete -c clnrest -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function pathCase({ path, commands }: CompletedCommand): string {
  const names = commands.map(({ word }) => quoted(`${path}/${word}`)).join(' ');
  return `            case ${names}
                set path ${path === '' ? '$word' : `"${path} $word"`}`;
}

function linesOf({ path, words, options }: CompletedCommand): string[] {
  const when = `complete -c clnrest -n ${quoted(`__clnrest_path ${quoted(path).replaceAll("'", '"')}`)}`;
  return [
    ...words.map((word) => `${when} ${wordLine(word)}`),
    ...options.map((option) => `${when} ${optionLine(option)}`),
  ];
}

function wordLine({ word, text }: Described): string {
  return `-a ${quoted(word)}${text === '' ? '' : ` -d ${quoted(text)}`}`;
}

function optionLine({ name, short, takesValue, completes, text }: CompletedOption): string {
  const letter = short === undefined ? '' : ` -s ${short}`;
  const value = takesValue ? ` -x${offer(completes)}` : '';
  return `-l ${name}${letter}${value}${text === '' ? '' : ` -d ${quoted(text)}`}`;
}

function offer(completes: Completes | undefined): string {
  if (completes === undefined) return '';
  if (completes === 'file') return ` -a '(__fish_complete_path)'`;
  if (completes === 'directory') return ` -a '(__fish_complete_directories)'`;
  return ` -a ${quoted(completes.join(' '))}`;
}
