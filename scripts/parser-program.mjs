// Embeds the program of the parser thread in a bundle, because the plugin is one file.
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { refuseOtherFiles } from './self-contained.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const directory = join(root, 'packages/gateway/src/parameters');

/**
 * Replaces `parser-source.ts`, which builds the program of the parser thread when tests run from source,
 * with a module that holds the program as a string.
 *
 * @param embedded receives the paths of the program's source files
 */
export function embedParser(embedded = new Set()) {
  return {
    name: 'embed-parser',
    setup(bundler) {
      bundler.onLoad(
        { filter: /gateway[\\/]src[\\/]parameters[\\/]parser-source\.ts$/ },
        async () => {
          const { outputFiles, metafile } = await build({
            absWorkingDir: root,
            entryPoints: [relative(root, join(directory, 'parser-worker.ts'))],
            bundle: true,
            write: false,
            metafile: true,
            platform: 'node',
            target: 'node20',
            format: 'cjs',
            conditions: ['@clnrest/source'],
            legalComments: 'none',
            minify: true,
            keepNames: true,
          });
          refuseOtherFiles(metafile);
          for (const file of Object.keys(metafile.inputs)) embedded.add(file);
          const program = JSON.stringify(outputFiles[0].text);
          return { contents: `export const parserSource = () => ${program};`, loader: 'js' };
        },
      );
    },
  };
}
