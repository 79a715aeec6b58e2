import { expect, onTestFinished, test } from 'vitest';
import { GatewayServers, type GatewayServersTools, ListenError } from './gateway-servers.ts';

/** Addresses of a machine, which can change, and what listens on them. */
class Machine {
  readonly addresses = new Set(['10.0.0.1', '10.0.0.2']);
  readonly taken = new Set<string>();
  readonly identities = new Map<string, string | undefined>();
  readonly log: string[] = [];

  async start(...hosts: readonly (readonly [host: string, ...addresses: string[]])[]) {
    const tools: GatewayServersTools<string> = {
      hosts: hosts.map(([host, ...addresses]) => ({
        host,
        addresses: addresses.length === 0 ? [host] : addresses,
      })),
      port: 3010,
      option: 'rest-host',
      protocol: 'https',
      log: (level, message) => this.log.push(`${level}: ${message}`),
      listen: (address, port, identity) => this.#listen(address, port, identity),
      retryMs: 10,
    };
    const servers = await GatewayServers.start<string>(tools, 'first');
    onTestFinished(() => servers.close(0));
    return servers;
  }

  async #listen(address: string, port: number, identity: string | undefined) {
    if (!this.addresses.has(address)) throw systemError('EADDRNOTAVAIL');
    if (this.taken.has(address)) throw systemError('EADDRINUSE');
    this.identities.set(address, identity);
    return {
      port,
      setIdentity: (identity: string) => void this.identities.set(address, identity),
      close: async () => void this.identities.delete(address),
    };
  }

  async untilLogged(text: string): Promise<void> {
    await expect.poll(() => this.log.join('\n')).toContain(text);
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`listen ${code}`), { code });
}

test('listens on every address of every host', async () => {
  const machine = new Machine();
  const servers = await machine.start(['10.0.0.1'], ['node.example', '10.0.0.2', '10.0.0.3']);
  expect([...machine.identities.keys()]).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(servers.urls).toEqual(['https://10.0.0.1:3010', 'https://node.example:3010']);
  // The other address of the name is not missed.
  expect(machine.log).toEqual([]);
});

test('tries addresses that do not exist again, with one line, and the newest certificate', async () => {
  const machine = new Machine();
  const servers = await machine.start(['10.0.0.1'], ['10.0.0.8'], ['fd00::9']);
  servers.setIdentity('second');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(machine.log).toEqual([
    'unusual: `rest-host` 10.0.0.8, fd00::9 is not an address of this machine: trying again every 0.01 seconds',
  ]);
  machine.addresses.add('10.0.0.8');
  await machine.untilLogged('info: REST server running at https://10.0.0.8:3010');
  expect(Object.fromEntries(machine.identities)).toEqual({
    '10.0.0.1': 'second',
    '10.0.0.8': 'second',
  });
  machine.addresses.add('fd00::9');
  await machine.untilLogged('info: REST server running at https://[fd00::9]:3010');
  expect(machine.log).toHaveLength(3);
  await servers.close(0);
  expect(machine.identities.size).toBe(0);
});

test('logs once why an address that appeared cannot be used, and uses it later', async () => {
  const machine = new Machine();
  await machine.start(['10.0.0.8']);
  machine.taken.add('10.0.0.8');
  machine.addresses.add('10.0.0.8');
  await machine.untilLogged('unusual: cannot listen yet: listen EADDRINUSE');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(machine.log).toHaveLength(2);
  machine.taken.delete('10.0.0.8');
  await machine.untilLogged('REST server running at https://10.0.0.8:3010');
});

test('does not start if an address is in use, and releases the others', async () => {
  const machine = new Machine();
  machine.taken.add('10.0.0.2');
  const started = machine.start(['10.0.0.1'], ['name', '10.0.0.2']);
  await expect(started).rejects.toBeInstanceOf(ListenError);
  await expect(started).rejects.toMatchObject({ host: 'name', address: '10.0.0.2' });
  expect(machine.identities.size).toBe(0);
});

test('stops trying when it is closed', async () => {
  const machine = new Machine();
  const servers = await machine.start(['10.0.0.8']);
  await servers.close(0);
  machine.addresses.add('10.0.0.8');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(machine.identities.size).toBe(0);
});
