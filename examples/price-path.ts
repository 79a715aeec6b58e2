/**
 * Adds a command, and registers a REST path that runs it without a rune:
 *
 *     lightning-cli price coffee
 *     curl --cacert ca.pem https://127.0.0.1:3010/price/coffee
 *
 * The plugin registers the path with `rest` and with `clnrest`, as soon as one of them runs.
 */
import { Plugin, RpcError } from '@clnrest/lightningd';
import { required, text } from '@clnrest/lightningd/parameters';

/** Prices in millisatoshi. */
const PRICES: ReadonlyMap<string, bigint> = new Map([
  ['coffee', 5_000_000n],
  ['cake', 12_000_000n],
]);

/** The commands of the two REST plugins. */
const REGISTER_COMMANDS = ['rest-register-path', 'clnrest-register-path'];
const UNKNOWN_COMMAND = -32601;

const plugin = new Plugin();

plugin.command({
  name: 'price',
  description: 'Returns the price of an item',
  parameters: { item: required(text) },
  run({ item }) {
    const amount_msat = PRICES.get(item);
    if (amount_msat === undefined) throw new RpcError(404, `no price for ${item}`);
    return { item, amount_msat };
  },
});

/** REST plugins that have the path. */
const registered = new Set<string>();

async function register(command: string): Promise<void> {
  try {
    await plugin.rpc.call<unknown>(command, {
      path: 'price/{item}',
      rpc_method: 'price',
      http_method: 'GET',
      rune_required: false,
    });
    registered.add(command);
    plugin.log('info', `${command} registered GET /price/{item}`);
  } catch (error) {
    if (error instanceof RpcError && error.code === UNKNOWN_COMMAND) return;
    // A REST plugin that starts at the same time as this one is asked twice, and rejects the second request.
    const level = registered.has(command) ? 'debug' : 'unusual';
    plugin.log(level, `${command}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

// A REST plugin that runs already. `init` does not wait for the registration.
plugin.onInit(() => {
  for (const command of REGISTER_COMMANDS) void register(command);
});

// A REST plugin that starts later. Its registrations end with it.
plugin.subscribe('plugin_started', async ({ payload: { methods } }) => {
  for (const command of REGISTER_COMMANDS) {
    if (methods.includes(command)) await register(command);
  }
});

void plugin.run();
