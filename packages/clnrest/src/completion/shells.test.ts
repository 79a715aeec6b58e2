import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { completion } from '../commands/completion.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** Returns the lines that a shell offers for a command line, in a directory with a file and a directory. */
const COMPLETE: Readonly<Record<Shell, (line: string, script: string, cwd: string) => string[]>> = {
  bash: (line, script, cwd) => {
    // As readline does, `=` separates words.
    const words = line.split(/ |(?==)|(?<==)/);
    const program = `source ./script
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _clnrest; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return runShell('bash', ['--norc', '-c', program], script, cwd);
  },
  zsh: (line, script, cwd) => {
    // A second zsh in a pseudo-terminal, whose completion lists the words instead of showing a menu.
    const program = `zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z 'PROMPT=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -d ./dump; source ./script
        compadd () { if [[ \${@[(I)-(O|A|D)]} -gt 0 ]]; then builtin compadd "$@"; return; fi
          typeset -a offered; builtin compadd -O offered "$@"; print -l -- "offered:"$^offered >> ./offers; builtin compadd "$@"; }
        comp_ () { _main_complete; zle -I; print "finished" }; zle -C comp_ complete-word comp_
        bindkey "^T" comp_; print ready'
      zpty -r z out '*ready'; zpty -r z out $'*\\n'
      zpty -w -n z ${JSON.stringify(line)}$'\\x14'; zpty -r z out '*finished'; zpty -d z; cat ./offers 2>/dev/null`;
    const lines = runShell('zsh', ['-f', '-c', program], script, cwd);
    // zsh looks for several kinds of matches.
    return [...new Set(lines.flatMap((text) => /^offered:(.*)/.exec(text)?.[1] ?? []))];
  },
  fish: (line, script, cwd) =>
    runShell(
      'fish',
      ['--no-config', '-c', `source ./script; complete -C '${line}'`],
      script,
      cwd,
    ).map((text) => text.split('\t')[0] ?? ''),
};

function runShell(shell: Shell, args: readonly string[], script: string, cwd: string): string[] {
  writeFileSync(join(cwd, 'script'), script);
  const { stdout, stderr } = spawnSync(shell, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: cwd, TERM: 'xterm' },
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

async function scriptFor(shell: string): Promise<string> {
  let out = '';
  const terminal = {
    out: (text: string) => void (out += text),
    error: () => undefined,
    input: () => Promise.resolve(''),
    isInteractive: false,
  };
  expect(await completion([shell], terminal)).toBe(0);
  return out;
}

function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  const complete = async (line: string): Promise<string[]> => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'rune one.txt'), '');
    mkdirSync(join(cwd, 'rune-directory'));
    return COMPLETE[shell](line, await scriptFor(shell), cwd);
  };

  test.skipIf(!isInstalled(shell))('completes subcommands, options and files', async () => {
    expect(await complete('clnrest c')).toEqual(
      expect.arrayContaining(['cli', 'call', 'completion']),
    );
    expect(await complete('clnrest rune r')).toEqual(['restrict']);
    expect(await complete('clnrest rune check --no')).toEqual(['--nodeid']);
    expect(await complete('clnrest call --rune-')).toEqual(['--rune-file']);
    expect(await complete('clnrest start --rest-po')).toEqual(['--rest-port']);
    expect(await complete('clnrest cli --network reg')).toEqual(['regtest']);
    expect(await complete('clnrest cli --regtest getin')).toEqual(['getinfo']);
    expect(await complete('clnrest rune check --last-used=n')).toEqual([
      shell === 'fish' ? '--last-used=never' : 'never',
    ]);
    const files = await complete('clnrest call --rune-file rune');
    expect(files.map((name) => name.replace(/\/$/, '').replaceAll('\\ ', ' '))).toEqual(
      expect.arrayContaining(['rune one.txt', 'rune-directory']),
    );
    const directories = await complete('clnrest cli --lightning-dir rune');
    expect(directories.map((name) => name.replace(/\/$/, ''))).toEqual(['rune-directory']);
    expect(await complete('clnrest call --url ')).toEqual([]);
  });
});

test.each(['bash', 'zsh', 'fish'])('the script for %s does not run clnrest', async (shell) => {
  const lines = (await scriptFor(shell)).split('\n').filter((line) => !line.startsWith('#'));
  expect(lines.filter((line) => /\$\(clnrest|`/.test(line))).toEqual([]);
});
