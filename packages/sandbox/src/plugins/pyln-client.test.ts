import { describe, expect, test } from 'vitest';
import { missingPyln, writePylnPlugin } from '../testing/pyln-client.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';

/** Runs a plugin of Python's library, on which most plugins are built. */
async function hosting(body: string, ...args: readonly string[]) {
  const path = writePylnPlugin('pyln-plugin.py', body);
  const sandbox = await temporarySandbox({
    args: [`--plugin=${path}`, '--log-level=debug', ...args],
  });
  return { path, sandbox, client: await SocketClient.connect(sandbox.rpcPath) };
}

const missing = missingPyln();

describe.skipIf(missing !== undefined)(`plugins of pyln-client ${missing ?? ''}`, () => {
  test('one without an init handler runs, and stops', async () => {
    const { path, client } = await hosting(`
@plugin.method("hello", description="Greets")
def hello(plugin, name="world"):
    return {"greeting": f"Hello {name}"}`);
    expect((await client.call('hello', ['you'])).result).toEqual({ greeting: 'Hello you' });
    expect((await client.call('hello', { name: 'all' })).result).toEqual({ greeting: 'Hello all' });
    expect((await client.call('plugin', ['stop', path])).result).toEqual({
      command: 'stop',
      result: 'Successfully stopped pyln-plugin.py.',
    });
    expect((await client.call('plugin', ['start', path])).error).toBeUndefined();
  });

  test('one whose init returns nothing gets its options, and calls the node', async () => {
    const { sandbox, client } = await hosting(
      `
plugin.add_option("py-text", "none", "a text")
plugin.add_option("py-count", 3, "a number", opt_type="int", multi=True)
plugin.add_flag_option("py-flag", "a flag")

@plugin.init()
def init(options, configuration, plugin):
    plugin.log(f"initialised by {plugin.rpc.getinfo()['id']}")

@plugin.method("py-options")
def options(plugin):
    return {name: plugin.get_option(name) for name in ["py-text", "py-count", "py-flag"]}`,
      '--py-text=given',
      '--py-flag',
    );
    expect(sandbox.lines.some((line) => line.includes(`initialised by ${sandbox.id}`))).toBe(true);
    expect((await client.call('py-options')).result).toEqual({
      'py-text': 'given',
      'py-count': [3],
      'py-flag': true,
    });
  });

  test('one gets notifications, hooks, and answers later', async () => {
    const { client } = await hosting(`
seen = []

@plugin.subscribe("invoice_creation")
def created(plugin, invoice_creation, **kwargs):
    seen.append(invoice_creation["label"])

@plugin.hook("rpc_command")
def command(rpc_command, plugin, **kwargs):
    return {"result": "continue"}

@plugin.async_method("py-seen")
def later(plugin, request):
    import threading
    threading.Timer(0.05, lambda: request.set_result(list(seen))).start()

@plugin.method("py-none")
def none(plugin):
    return None

@plugin.method("py-fails")
def fails(plugin):
    raise ValueError("on purpose")`);
    await client.call('invoice', { amount_msat: 1, label: 'a label', description: '' });
    expect((await client.call('py-seen')).result).toEqual(['a label']);
    expect((await client.call('py-none')).result).toBeNull();
    expect((await client.call('py-fails')).error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('on purpose') as string,
    });
  });
});
