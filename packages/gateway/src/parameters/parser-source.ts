import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

let source: string | undefined;

/**
 * Returns the program of the parser thread as one script. A bundle replaces this module by one that
 * contains the script, so that the plugin neither builds it nor reads it from the disk.
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
    conditions: ['@clnrest/source'],
  });
  return outputFiles[0]?.text ?? '';
}
