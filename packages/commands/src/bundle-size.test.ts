import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Returns the minified size of a program in bytes, and the files of this package that it contains. */
async function bundled(program: string): Promise<{ bytes: number; files: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    conditions: ['@clnrest/source'],
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  return {
    bytes: outputFiles[0]?.contents.length ?? 0,
    files: inputs.map(([file]) => file).filter((file) => file !== '<stdin>'),
  };
}

test('types add nothing to a program', async () => {
  const program = `import type { CommandResults } from '@clnrest/commands';
    export const first = (result: CommandResults['listinvoices']) => result.invoices[0];`;
  expect((await bundled(program)).files).toEqual([]);
});

test('a program contains only the schemas that it uses', async () => {
  const program = `import { check } from '@clnrest/commands/check';
    import { listinvoicesResult } from '@clnrest/commands/schemas';
    export const fits = (value: unknown) => check(listinvoicesResult, value).length === 0;`;
  const { bytes, files } = await bundled(program);
  expect(files.filter((file) => file.includes('/schemas/'))).toEqual([
    expect.stringMatching(/schemas\/listinvoices\.ts$/),
  ]);
  expect(bytes).toBeLessThan(8_000);
});

test('the module of one command holds its schemas only', async () => {
  const program = "export { invoiceParams } from '@clnrest/commands/schemas/invoice';";
  expect((await bundled(program)).files).toEqual([expect.stringMatching(/schemas\/invoice\.ts$/)]);
});

test('one constant adds neither schemas nor texts', async () => {
  const program = "export { LIGHTNINGD_VERSION } from '@clnrest/commands';";
  expect((await bundled(program)).bytes).toBeLessThan(100);
});
