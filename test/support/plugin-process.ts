import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FakeLightningd, type PluginFrame } from '@clnrest/lightningd/testing';

/** A plugin process that a fake lightningd controls. */
export interface PluginProcess {
  readonly pid: number | undefined;
  readonly lightningd: FakeLightningd;
  /** Returns its stderr so far. */
  readonly errors: () => string;
  /** Closes its stdin. Resolves with the exit status. */
  end(): Promise<unknown>;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a plugin as lightningd does: by its path, in the node's directory. */
export function launchPlugin(
  file: string,
  settings: { cwd: string; env?: NodeJS.ProcessEnv; args?: readonly string[] },
): PluginProcess {
  const child = spawn(file, settings.args ?? [], {
    cwd: settings.cwd,
    env: {
      ...process.env,
      LIGHTNINGD_PLUGIN: '1',
      LIGHTNINGD_VERSION: 'v26.06.8',
      ...settings.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  child.stdin.on('error', () => undefined);
  const end = async (): Promise<unknown> => {
    child.stdin.end();
    const [status] = (await closed) as unknown[];
    return status;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  return {
    pid: child.pid,
    lightningd: new FakeLightningd(child.stdin, child.stdout),
    errors: () => errors,
    end,
    kill,
  };
}

/** Sends `getmanifest` and `init` with these options and the defaults of others. Resolves with both replies. */
export async function initialise(
  { lightningd }: PluginProcess,
  lightningDir: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly manifest: PluginFrame; readonly init: PluginFrame }> {
  return lightningd.start(options, { 'lightning-dir': lightningDir });
}
