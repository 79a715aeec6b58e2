import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { ensureWritable } from './ensure-writable.ts';

test('creates a directory and its parents for this user only', () => {
  const directory = join(temporaryDirectory(), 'a', 'b');
  ensureWritable(directory, [join(directory, 'absent')]);
  ensureWritable(directory, []);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test.each([
  ['/dev/null/x/y', '/dev/null/x', 'a part of the path is not a directory (ENOTDIR)'],
  // Where /proc exists, mkdir returns ENOENT in it.
  ...(existsSync('/proc')
    ? [['/proc/x/y', '/proc/x', 'nothing can be created there (ENOENT)']]
    : []),
])('%s is refused with the reason and the fix', (directory, path, reason) => {
  expect(() => ensureWritable(directory ?? '', [])).toThrow(
    expect.objectContaining({
      code: 'unusable_directory',
      message: `cannot write ${path}: ${reason}. Choose another directory with --lightning-dir`,
    }) as Error,
  );
});

test('a file without write permission is refused', (context) => {
  if (process.getuid?.() === 0) context.skip('the superuser can write every file');
  const directory = temporaryDirectory();
  const file = join(directory, 'sandbox.lock');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  mkdirSync(join(directory, 'other'));
  expect(() => ensureWritable(directory, [file])).toThrow(
    /cannot write .*sandbox\.lock: permission/,
  );
});
