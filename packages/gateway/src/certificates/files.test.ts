import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { run } from '@clnrest/testing/programs';
import { writeFiles } from './files.ts';

test('a failed rename leaves no temporary file', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'ca.pem'));
  const contents = { 'ca-key.pem': 'key', 'ca.pem': 'certificate', 'server.pem': 'later' };
  await expect(writeFiles(directory, contents)).rejects.toThrow('EISDIR');
  expect(readdirSync(directory).toSorted()).toEqual(['ca-key.pem', 'ca.pem']);
});

test.skipIf(process.platform === 'win32')(
  'a failed write leaves no temporary file and keeps the old file',
  async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'ca-key.pem'), 'as before');
    const program = join(temporaryDirectory(), 'write.mjs');
    await build({
      stdin: {
        contents: `
          import { writeFiles } from './files.ts';
          const large = { 'ca-key.pem': 'x'.repeat(100_000) };
          await writeFiles(process.argv[2], large).catch(({ code }) => console.log(code));`,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    // Limits files to 8 or 16 KiB and ignores the signal, so that a write fails midway, as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`;
    const printed = await run('/bin/sh', '-c', limited, process.execPath, program, directory);
    expect(printed.trim()).toBe('EFBIG');
    expect(readdirSync(directory)).toEqual(['ca-key.pem']);
    expect(readFileSync(join(directory, 'ca-key.pem'), 'utf8')).toBe('as before');
  },
);
