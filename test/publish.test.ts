import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';

type Write = (path: string, text: string) => Promise<void>;
type Publish = (
  folder: string,
  files: Readonly<Record<string, string>>,
  entry: string,
  write?: Write,
) => Promise<void>;

/** The scripts have no types. */
function script(name: string): Promise<unknown> {
  return import(new URL(`../scripts/${name}`, import.meta.url).href);
}

const { publish } = (await script('publish.mjs')) as { readonly publish: Publish };
const { removeLeftovers } = (await script('replace-file.mjs')) as {
  readonly removeLeftovers: (folder: string) => Promise<void>;
};

const OLD = { 'cli.js': 'a-1.js b-1.js', 'a-1.js': '', 'b-1.js': '' };
const NEW = { 'cli.js': 'a-2.js b-1.js', 'a-2.js': '', 'b-1.js': '' };

/** Whether the folder has the entry and all files that the entry loads. */
function works(folder: string): boolean {
  const names = readdirSync(folder);
  if (!names.includes('cli.js')) return false;
  const loaded = readFileSync(join(folder, 'cli.js'), 'utf8').split(' ');
  return loaded.every((name) => names.includes(name));
}

test('Ctrl-C at any moment of the bundling leaves a program that works', async () => {
  for (let stopAt = 0; stopAt <= 3; stopAt++) {
    const folder = temporaryDirectory();
    await publish(folder, OLD, 'cli.js');
    let written = 0;
    const write = async (path: string, text: string): Promise<void> => {
      if (written++ === stopAt) throw new Error('interrupted');
      await writeFile(path, text);
      expect(works(folder), `after ${basename(path)}`).toBe(true);
    };
    await publish(folder, NEW, 'cli.js', write).catch(() => undefined);
    expect(works(folder)).toBe(true);
    await publish(folder, NEW, 'cli.js');
    expect(readdirSync(folder).toSorted()).toEqual(['a-2.js', 'b-1.js', 'cli.js']);
  }
});

test('Ctrl-C in the first bundling leaves no entry, which the command reports', async () => {
  const folder = temporaryDirectory();
  let written = 0;
  const write = async (path: string, text: string): Promise<void> => {
    if (written++ === 2) throw new Error('interrupted');
    await writeFile(path, text);
  };
  await expect(publish(folder, OLD, 'cli.js', write)).rejects.toThrow('interrupted');
  expect(readdirSync(folder)).not.toContain('cli.js');
});

test('the next bundling removes the unfinished files of an interrupted one', async () => {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'kept'));
  // Linux has no process of this id: its largest is 2^22.
  for (const name of ['cli.js', 'cli.js.4194305.new', `cli.js.${process.pid}.new`])
    writeFileSync(join(folder, name), '');
  await removeLeftovers(folder);
  expect(readdirSync(folder).toSorted()).toEqual(['cli.js', `cli.js.${process.pid}.new`, 'kept']);
});
