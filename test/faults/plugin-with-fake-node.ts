import { FakeNode } from '../../packages/gateway/src/testing/fake-node.ts';
import { freePort } from '../../packages/gateway/src/testing/ports.ts';
import { RUNE } from '../../packages/gateway/src/testing/rune.ts';
import { type Answer, ask } from '../../packages/gateway/src/testing/http-client.ts';
import { descendants, memoryOf } from '../support/process-tree.ts';
import { initialise, type PluginProcess } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { BUILD, pluginFile } from '../support/under-test.ts';

/** The built plugin, as lightningd runs it, over a node that does what a test needs. */
export interface PluginWithFakeNode {
  readonly node: FakeNode;
  readonly plugin: PluginProcess;
  readonly port: number;
  readonly url: string;
  /** Calls a command with a rune. Rejects if the response is cut. */
  call(method: string, body?: string): Promise<Answer>;
  /** Bytes that all processes of the plugin hold. */
  memory(): number;
}

/** Starts the plugin over plain HTTP on a free port. */
export async function startPluginWithFakeNode(): Promise<PluginWithFakeNode> {
  const node = await FakeNode.start({
    getinfo: (request) => request.result('{"id":"02aa"}'),
    help: (request) => request.result('{"help":[{"command":"getinfo "}]}'),
  });
  const port = await freePort();
  const plugin = startPlugin(pluginFile(BUILD), { cwd: node.directory });
  await initialise(plugin, node.directory, {
    [`${BUILD.prefix}-port`]: port,
    [`${BUILD.prefix}-protocol`]: 'http',
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    node,
    plugin,
    port,
    url,
    call: (method, body) =>
      ask(`${url}/v1/${method}`, {
        method: 'POST',
        headers: { rune: RUNE, 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
      }),
    memory: () => {
      const { pid } = plugin;
      if (pid === undefined) return 0;
      return [pid, ...descendants(pid)].reduce((sum, each) => sum + (memoryOf(each) ?? 0), 0);
    },
  };
}
