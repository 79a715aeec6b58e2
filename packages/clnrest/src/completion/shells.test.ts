import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { need } from '@clnrest/testing/programs';
import { expect, test } from 'vitest';
import { completion } from '../commands/completion.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** Returns what a shell offers for each command line, in one process. */
const COMPLETE: Readonly<Record<Shell, (lines: readonly string[], cwd: string) => string[][]>> = {
  bash: (lines, cwd) => {
    const programs = lines.map((line) => {
      // As readline does, `=` separates words.
      const words = line.split(/ |(?==)|(?<==)/);
      return `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
        COMP_CWORD=${words.length - 1}; _clnrest; printf '%s\n' "\${COMPREPLY[@]}"; echo ${END}`;
    });
    return runShell('bash', ['--norc', '-c', ['source ./script', ...programs].join('\n')], cwd);
  },
  zsh: (lines, cwd) => {
    // A second zsh in a pseudo-terminal, whose Ctrl-T writes the words that it offers for the line of Ctrl-Y.
    const start = `zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z 'PROMPT=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source ./script
        compadd () { if [[ \${@[(I)-(O|A|D)]} -gt 0 ]]; then builtin compadd "$@"; return; fi
          typeset -a offered; builtin compadd -O offered "$@"; print -l -- $offered >> ./offers; builtin compadd "$@"; }
        comp_ () { _main_complete; print -- ${END} >> ./offers; zle -I; print finished }
        zle -C comp_ complete-word comp_; bindkey "^T" comp_
        line_ () { BUFFER=$(<./line); CURSOR=$#BUFFER }; zle -N line_; bindkey "^Y" line_; print ready'
      zpty -r z out '*ready'; zpty -r z out $'*\n'`;
    const each = lines.map(
      (line) =>
        `print -rn -- ${JSON.stringify(line)} > ./line; zpty -w -n z $'\x19\x14'; zpty -r z out '*finished'`,
    );
    const program = [start, ...each, 'zpty -d z; cat ./offers'].join('\n');
    // zsh looks for several kinds of matches.
    return runShell('zsh', ['-f', '-c', program], cwd).map((words) =>
      words.filter((word, index) => words.indexOf(word) === index),
    );
  },
  fish: (lines, cwd) => {
    const programs = lines.map((line) => `complete -C '${line}'; echo ${END}`);
    const program = ['source ./script', ...programs].join('\n');
    return runShell('fish', ['--no-config', '-c', program], cwd).map((words) =>
      words.map((word) => word.split('\t')[0] ?? ''),
    );
  },
};

/** Follows the words for one command line. */
const END = '-end-';

function runShell(shell: Shell, args: readonly string[], cwd: string): string[][] {
  const { stdout, stderr } = spawnSync(shell, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: cwd, TERM: 'xterm' },
  });
  expect(stderr).toBe('');
  const parts = stdout.split(`${END}\n`).slice(0, -1);
  return parts.map((part) => part.split('\n').filter((line) => line !== ''));
}

async function scriptFor(shell: string): Promise<string> {
  let out = '';
  const terminal = {
    out: (text: string) => void (out += text),
    error: () => undefined,
    input: () => Promise.resolve(''),
  };
  expect(await completion([shell], terminal)).toBe(0);
  return out;
}

/** Command lines with what a shell offers. */
const OFFERED: readonly (readonly [string, readonly string[]])[] = [
  ['clnrest comp', ['completion']],
  ['clnrest rune r', ['restrict']],
  ['clnrest rune check --no', ['--nodeid']],
  ['clnrest call --rune-', ['--rune-file']],
  ['clnrest start --rest-po', ['--rest-port']],
  ['clnrest cli --network reg', ['regtest']],
  ['clnrest cli --regtest getin', ['getinfo']],
  ['clnrest call --rune-file rune', ['rune one.txt', 'rune-directory']],
  ['clnrest cli --lightning-dir rune', ['rune-directory']],
  ['clnrest rune check --last-used=n', ['never']],
  ['clnrest call --url ', []],
  ['clnrest c', ['call', 'cli', 'completion']],
  ['clnrest foo ', []],
  ['clnrest foo --', []],
  ['clnrest rune foo ', []],
  ['clnrest help comp', ['completion']],
  ['clnrest rune lint --js', ['--json']],
];

test.for(['bash', 'zsh', 'fish'] as const)(
  '%s completes words and files',
  async (shell, context) => {
    need(context, shell);
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'rune one.txt'), '');
    mkdirSync(join(cwd, 'rune-directory'));
    writeFileSync(join(cwd, 'script'), await scriptFor(shell));
    const offered = COMPLETE[shell](
      OFFERED.map(([line]) => line),
      cwd,
    );
    // fish offers the whole option, and marks directories.
    const plain = (word: string): string =>
      word
        .replace(/^--last-used=/, '')
        .replace(/\/$/, '')
        .replaceAll('\\ ', ' ');
    expect(offered.map((words) => words.map(plain).toSorted())).toEqual(
      OFFERED.map(([, words]) => words),
    );
  },
);

test.each(['bash', 'zsh', 'fish'])('the script for %s does not run clnrest', async (shell) => {
  const lines = (await scriptFor(shell)).split('\n').filter((line) => !line.startsWith('#'));
  expect(lines.filter((line) => /\$\(clnrest|`/.test(line))).toEqual([]);
});
