import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** Makes one file that node can run, out of a source file of this package or out of a text. */
export async function bundle(
  outfile: string,
  source: { file: string } | { text: string },
): Promise<string> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  await build({
    ...('file' in source
      ? { entryPoints: [source.file], absWorkingDir: here }
      : { stdin: { contents: source.text, resolveDir: here } }),
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
    logLevel: 'error',
  });
  return outfile;
}
