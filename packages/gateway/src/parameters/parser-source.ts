import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let source: string | undefined;

/**
 * The program of the parser thread, as one script. In a bundle this module is replaced by one that
 * holds the script: nothing is built, nor read from the disk, there.
 */
export function parserSource(): string {
  source ??= build();
  return source;
}

function build(): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./parser-worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['source'],
  });
  return outputFiles[0]?.text ?? '';
}
