// Embeds the Redis client library in a plugin as compressed text. Only a plugin with the option `rest-redis` decompresses and
// compiles it: it is a third of the size of the rest, and the plugin process must stay small.
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { refuseOtherFiles } from './self-contained.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Optional packages that the library uses if they are installed. A plugin loads no other files. */
const OPTIONAL = /^(?:@opentelemetry\/api|@node-rs\/xxhash)$/;

const leaveOutOptional = {
  name: 'leave-out-optional',
  setup(bundler) {
    bundler.onResolve({ filter: OPTIONAL }, ({ path }) => ({ path, namespace: 'missing' }));
    bundler.onLoad({ filter: /.*/, namespace: 'missing' }, ({ path }) => ({
      contents: `throw Object.assign(new Error('${path} is not installed'), { code: 'MODULE_NOT_FOUND' });`,
      loader: 'js',
    }));
  },
};

/**
 * Replaces `client-library.ts` with a module that holds the library as compressed text.
 *
 * @param embedded receives the paths of the library's source files
 */
export function embedRedis(embedded) {
  return {
    name: 'embed-redis',
    setup(bundler) {
      bundler.onLoad(
        { filter: /gateway[\\/]src[\\/]redis[\\/]client-library\.ts$/ },
        async ({ path }) => {
          const { outputFiles, metafile } = await build({
            absWorkingDir: root,
            entryPoints: [relative(root, path)],
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
            plugins: [leaveOutOptional],
          });
          refuseOtherFiles(metafile);
          for (const file of Object.keys(metafile.inputs)) embedded.add(file);
          const text = brotliCompressSync(outputFiles[0].text).toString('base64');
          return {
            contents: `
              import { compileFunction } from 'node:vm';
              import { brotliDecompressSync } from 'node:zlib';
              const text = brotliDecompressSync(Buffer.from(${JSON.stringify(text)}, 'base64')).toString();
              const library = { exports: {} };
              compileFunction(text, ['require', 'module', 'exports'])(require, library, library.exports);
              export const { createClient, createCluster, createSentinel } = library.exports;`,
            loader: 'js',
          };
        },
      );
    },
  };
}
