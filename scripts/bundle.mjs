// Bundles the single-file plugins `dist/rest` and `dist/clnrest`, the command in packages/clnrest/dist, and the program of
// `startSandbox` in packages/sandbox/dist/program.
// Does not check types: run `npm run typecheck`.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { build } from 'esbuild';
import { toAscii } from './ascii.mjs';
import { withLauncher } from './launcher.mjs';
import { licences } from './licences.mjs';
import { publish } from './publish.mjs';
import { removeLeftovers, replaceFile } from './replace-file.mjs';
import { embedFacts } from './embed-facts.mjs';
import { embedParser } from './parser-program.mjs';
import { embedRedis } from './embed-redis.mjs';
import { secondPart } from './second-part.mjs';
import { leaveOut, refuseOtherFiles } from './self-contained.mjs';

const compress = promisify(brotliCompress);

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(join(root, 'packages/gateway/package.json'));

/** The mode of a plugin's file. */
const EXECUTABLE = 0o755;

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  conditions: ['@clnrest/source'],
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
};

/** Paths, from the repository, of the files in the pages and the parser thread. */
const embedded = new Set();

/** Embeds the compressed files of the pages, because the plugin must run without other files. */
const embedAssets = {
  name: 'embed-assets',
  setup(build) {
    build.onLoad({ filter: /gateway[\\/]src[\\/]pages[\\/]asset-files\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const files = /ASSET_FILES = (\[[^\]]*\])/.exec(source)?.[1];
      if (files === undefined) throw new Error(`${path} does not define ASSET_FILES`);
      const names = JSON.parse(files.replaceAll("'", '"').replace(/,\s*\]/, ']'));
      const entries = await Promise.all(
        names.map(async (name) => {
          const file = require.resolve(name);
          embedded.add(relative(root, file));
          const bytes = await readFile(file);
          // The best quality, which is the default: a plugin must be less than 2 MB.
          return [name, (await compress(bytes)).toString('base64')];
        }),
      );
      return {
        contents: `
          import { brotliDecompressSync } from 'node:zlib';
          const FILES = ${JSON.stringify(Object.fromEntries(entries))};
          export const ASSET_FILES = Object.keys(FILES);
          export function readAssetFile(name) {
            return brotliDecompressSync(Buffer.from(FILES[name], 'base64'));
          }`,
        loader: 'js',
      };
    });
  },
};

/** Bundles the scripts and styles of the pages for browsers. The plugins embed them. */
async function bundlePages() {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    conditions: ['@clnrest/source'],
    charset: 'utf8',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    entryPoints: [
      { in: 'packages/pages/src/look/look.css', out: 'look' },
      { in: 'packages/pages/src/api/look.css', out: 'api' },
      { in: 'packages/pages/src/api/main.ts', out: 'api' },
      { in: 'packages/pages/src/commands/main.ts', out: 'commands' },
      { in: 'packages/pages/src/look/icon.svg', out: 'icon' },
      { in: 'packages/pages/src/look/icon.png', out: 'icon' },
      { in: 'packages/pages/src/runes/main.ts', out: 'runes' },
      { in: 'packages/pages/src/events/main.ts', out: 'events' },
    ],
    outdir: 'packages/pages/dist',
    loader: { '.png': 'copy', '.svg': 'copy' },
    metafile: true,
    write: false,
  });
  for (const { path, contents } of outputFiles) await replaceFile(path, contents);
  for (const file of Object.keys(metafile.inputs)) embedded.add(file);
}

/** A script that needs nothing but Node. */
async function bundleScript(entryPoint, plugins = []) {
  const { metafile, outputFiles } = await build({
    ...common,
    entryPoints: [entryPoint],
    outfile: 'dist/script.cjs',
    format: 'cjs',
    minify: true,
    keepNames: true,
    plugins: [
      ...plugins,
      embedAssets,
      embedParser(embedded),
      embedRedis(embedded),
      embedFacts,
      leaveOut,
    ],
    define: {
      'import.meta.url': '"file:///"',
      // ws searches for these modules next to the plugin, which must not load other files.
      'process.env.WS_NO_BUFFER_UTIL': '"1"',
      'process.env.WS_NO_UTF_8_VALIDATE': '"1"',
    },
  });
  refuseOtherFiles(metafile);
  const script = nameOnlyWhileLoading(outputFiles[0].text);
  return { script, inputs: Object.keys(metafile.inputs) };
}

/** esbuild's helper for `keepNames`, which sets the name of a function. */
const NAME_HELPER = /\b(\w+)=\((\w+),(\w+)\)=>(\w+\(\2,"name",\{value:\3,configurable:!0\}\));/;

/**
 * Names functions for stack traces only while the script loads. Naming each closure of each request took 5 %
 * of the time of a request.
 */
function nameOnlyWhileLoading(script) {
  if (!NAME_HELPER.test(script)) throw new Error('the helper of keepNames has another form');
  const helper = script.replace(
    NAME_HELPER,
    'isLoadingScript=!0,$1=($2,$3)=>isLoadingScript?$4:$2;',
  );
  return `${helper.trimEnd()}\nisLoadingScript=!1;\n`;
}

/** Writes a plugin's file: the launcher, the script of the plugin process, and that of the HTTP process. */
async function bundlePlugin(name, httpBundle) {
  const pluginBundle = await bundleScript(`packages/gateway/src/${name}.ts`, [secondPart]);
  const { script } = pluginBundle;
  const file = join(root, 'dist', name);
  const { engines, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const plugin = await withLauncher(script, {
    node: engines.node.replace('>=', ''),
    // The plugin makes no TLS connections. If this is set, each Node reads all authorities as it starts.
    unset: ['NODE_EXTRA_CA_CERTS'],
    second: { argument: '--http-process', script: httpBundle.script },
  });
  const packages = [...pluginBundle.inputs, ...httpBundle.inputs, ...embedded];
  // `clnrest install-plugin` reads the version from the last line.
  const end = `// clnrest ${version}\n`;
  await replaceFile(file, plugin + (await licences(root, packages)) + end, EXECUTABLE);
  return file;
}

/** Writes an ES module for Node, the licences of its packages, and copies of plugins. */
async function bundleProgram({ entryPoint, outdir, plugins }) {
  const result = await build({
    ...common,
    entryPoints: [entryPoint],
    outdir,
    format: 'esm',
    splitting: true,
    // Node keeps the text of each module in memory.
    minifyWhitespace: true,
    external: ['libsql', '@sqlite.org/sqlite-wasm'],
    // CommonJS packages in an ES module call require for Node's built-in modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const licenceText = await licences(root, Object.keys(result.metafile.inputs));
  await replaceFile(join(outdir, 'LICENSES.txt'), licenceText);
  await markAsCommonJs(join(outdir, 'plugins'));
  for (const plugin of plugins) {
    await replaceFile(
      join(outdir, 'plugins', basename(plugin)),
      await readFile(plugin),
      EXECUTABLE,
    );
  }
  const files = result.outputFiles.map(({ path, text }) => [basename(path), toAscii(text)]);
  await publish(outdir, Object.fromEntries(files), basename(entryPoint).replace('.ts', '.js'));
}

/** Marks files without an extension as CommonJS: Node reads their type from the nearest package.json. */
async function markAsCommonJs(directory) {
  await replaceFile(join(directory, 'package.json'), '{ "type": "commonjs" }\n');
}

const COMMAND = join(root, 'packages/clnrest/dist');
const SANDBOX = join(root, 'packages/sandbox/dist/program');
const written = [COMMAND, SANDBOX].flatMap((folder) => [folder, join(folder, 'plugins')]);
for (const folder of [join(root, 'dist'), join(root, 'packages/pages/dist'), ...written])
  await removeLeftovers(folder);
await markAsCommonJs(join(root, 'dist'));
await bundlePages();
const httpBundle = await bundleScript('packages/gateway/src/processes/http-process-main.ts');
const plugins = await Promise.all(
  ['rest', 'clnrest'].map((name) => bundlePlugin(name, httpBundle)),
);
await bundleProgram({ entryPoint: 'packages/clnrest/src/cli.ts', outdir: COMMAND, plugins });
await bundleProgram({
  entryPoint: 'packages/sandbox/src/child-process/main.ts',
  outdir: SANDBOX,
  plugins: plugins.slice(0, 1),
});
