// Embeds the facts about the node's commands in a bundle, as compressed text. The program decompresses it when it is first
// asked for its OpenAPI document.
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Replaces `read-facts.ts`, which collects the facts, with a module that holds them. */
export const embedFacts = {
  name: 'embed-facts',
  setup(bundler) {
    bundler.onLoad(
      { filter: /gateway[\\/]src[\\/]pages[\\/]openapi[\\/]facts[\\/]read-facts\.ts$/ },
      async ({ path }) => {
        const { outputFiles } = await build({
          absWorkingDir: root,
          entryPoints: [relative(root, path)],
          bundle: true,
          write: false,
          platform: 'node',
          format: 'esm',
          conditions: ['@clnrest/source'],
        });
        const program = Buffer.from(outputFiles[0].contents).toString('base64');
        const { readFacts } = await import(`data:text/javascript;base64,${program}`);
        const text = brotliCompressSync(JSON.stringify(readFacts())).toString('base64');
        // Inside the function, so that the text is not a value in memory before the first call.
        return {
          contents: `
            import { brotliDecompressSync } from 'node:zlib';
            export function readFacts() {
              const bytes = brotliDecompressSync(Buffer.from(${JSON.stringify(text)}, 'base64'));
              return JSON.parse(bytes.toString());
            }`,
          loader: 'js',
        };
      },
    );
  },
};
