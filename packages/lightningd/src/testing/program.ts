import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** Bundles a source file of this package, or a text, into one file that Node can run. */
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
    conditions: ['@clnrest/source'],
    logLevel: 'error',
  });
  return outfile;
}
