import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The options of a plugin in its reply to getmanifest. */
interface Manifest {
  readonly options: readonly object[];
  readonly dynamic?: boolean;
}

const GETMANIFEST = '{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n';
const TIMEOUT_MS = 30_000;

/** Runs a plugin until it has declared its options. Returns a manifest with these only, as one line of JSON. */
export async function declaredOptions(script: string): Promise<string> {
  const { options, dynamic } = await manifestOf(script);
  return JSON.stringify({ options, rpcmethods: [], subscriptions: [], hooks: [], dynamic });
}

async function manifestOf(script: string): Promise<Manifest> {
  const directory = await mkdtemp(join(tmpdir(), 'plugin-'));
  try {
    const program = join(directory, 'plugin.cjs');
    await writeFile(program, script);
    const answer = promisify(execFile)(process.execPath, [program], {
      timeout: TIMEOUT_MS,
      // A plugin can refuse to run without lightningd.
      env: { ...process.env, LIGHTNINGD_PLUGIN: '1' },
    });
    answer.child.stdin?.on('error', () => {});
    answer.child.stdin?.end(GETMANIFEST);
    return readManifest((await answer).stdout);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The plugin can write log messages, too. */
function readManifest(output: string): Manifest {
  for (const text of output.split('\n\n')) {
    if (text.trim() === '') continue;
    const { result } = JSON.parse(text) as { readonly result?: Manifest };
    if (result !== undefined) return result;
  }
  throw new Error(
    `the plugin does not respond to getmanifest: it must end with \`void plugin.run()\`. Its output: ${output}`,
  );
}
