// Bundles a plugin into one executable file that finds Node on its own:
//   node scripts/bundle-plugin.mjs examples/paid-total.ts paid-total
// The plugin must end with `void plugin.run()`: the file has no top-level await.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { withLauncher } from './launcher.mjs';
import { replaceFile } from './replace-file.mjs';
import { refuseOtherFiles } from './self-contained.mjs';

const EXECUTABLE = 0o755;

/** Bundles the plugin of a source file, and writes it with the launcher in front. */
export async function bundlePlugin(source, file) {
  const { metafile, outputFiles } = await build({
    entryPoints: [resolve(source)],
    outdir: '.',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    conditions: ['@clnrest/source'],
    legalComments: 'inline',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  refuseOtherFiles(metafile);
  await replaceFile(file, await withLauncher(outputFiles[0].text), EXECUTABLE);
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const [source, file] = process.argv.slice(2);
  if (source === undefined || file === undefined) {
    console.error('usage: node scripts/bundle-plugin.mjs SOURCE FILE');
    process.exitCode = 1;
  } else {
    await bundlePlugin(source, resolve(file));
  }
}
