import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@clnrest/testing';
import { need, runSync } from '@clnrest/testing/programs';
import { TestProcess } from './support/process.ts';

/** `clnrest start` twice, with a directory and addresses of its own. The lines that it prints are pasted into a shell. */
const PROGRAM = new URL('../packages/clnrest/bin/clnrest.js', import.meta.url).pathname;

let home: string;
let directory: string;
const messages: string[] = [];
let running: TestProcess;

async function start(port: number): Promise<TestProcess> {
  const words = [`--lightning-dir=${directory}`, '--rest-host=0.0.0.0', `--rest-port=${port}`];
  const started = new TestProcess(process.execPath, [PROGRAM, 'start', ...words], { HOME: home });
  await started.line(/^Stop it with/);
  messages.push(started.lines.join('\n'));
  return started;
}

/** Runs a line in another directory, as pasted into another terminal. */
function paste(line: string): string {
  return runSync('bash', ['-c', line], { HOME: home }, '/');
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'clnrest-start-'));
  directory = join(home, "a node's directory");
  const port = await freePort();
  const first = await start(port);
  await first.stop();
  running = await start(port);
}, 60_000);

afterAll(async () => {
  await running?.stop();
  await rm(home, { recursive: true, force: true });
});

const last = (): string => messages.at(-1) ?? '';

describe('clnrest start', { shuffle: false }, () => {
  test('prints the same message again, with the same rune', () => {
    const [first, second] = messages.map((text) => /\n {2}REST [^]*/.exec(text)?.[0]);
    expect(first).toBe(second);
    expect(second).toMatch(/^ {2}rune {7}[\w-]+=*$/m);
  });

  test('prints a request that works', (context) => {
    need(context, 'curl');
    const [line = ''] = /curl [^]*?--header 'Rune: [^']+'/.exec(last()) ?? [];
    expect(line).not.toContain('0.0.0.0');
    expect(JSON.parse(paste(`${line} --silent`))).toHaveProperty('alias');
  });

  test('prints a command that works, and creates one rune only', () => {
    const [line = ''] = /^ {2}node .*createrune.*$/m.exec(last()) ?? [];
    expect(JSON.parse(paste(line))).toMatchObject({ unique_id: '1' });
    const list = line.replace(/createrune.*/, 'showrunes');
    const { runes } = JSON.parse(paste(list)) as { runes: unknown[] };
    expect(runes).toHaveLength(2);
  });

  test('prints how to trust the authority', async (context) => {
    need(context, 'certutil');
    const [, line = ''] = /^ {2}Linux +(mkdir .*)$/m.exec(last()) ?? [];
    paste(line);
    expect(paste('certutil -d sql:$HOME/.pki/nssdb -L')).toMatch(/^clnrest +C,,/m);
  });

  test('creates another rune after its own was revoked', async () => {
    const [line = ''] = /^ {2}node .*createrune.*$/m.exec(last()) ?? [];
    paste(line.replace(/createrune.*/, 'blacklistrune 0'));
    const rune = /^ {2}rune +(\S+)$/m.exec(last())?.[1];
    await running.stop();
    running = await start(await freePort());
    const other = /^ {2}rune +(\S+)$/m.exec(last())?.[1];
    expect(other).toMatch(/^[\w-]+=*$/);
    expect(other).not.toBe(rune);
  });
});
