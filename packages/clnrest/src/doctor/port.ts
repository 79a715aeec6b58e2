import { once } from 'node:events';
import { connect } from 'node:net';
import { type Finding, finding } from './findings.ts';
import { isLoopback, type Patient, portOf } from './patient.ts';
import { TimedOut, within } from './time-limit.ts';

/** How an address took a connection: nothing where it did, else the system's word, or `silent`. */
interface Knock {
  readonly address: string;
  readonly failure: string | undefined;
}

/** Tries each address of the host. */
export async function tryPort(patient: Patient, addresses: readonly string[]): Promise<Finding> {
  const port = portOf(patient.url);
  const knocks = await Promise.all(addresses.map((address) => knock(patient, address, port)));
  const open = knocks.filter(({ failure }) => failure === undefined);
  const [first] = open;
  if (first === undefined) return closed(patient, knocks, port);
  if (open.length === knocks.length) {
    return finding('port', 'port_open', `${written(first.address, port)} accepts connections`);
  }
  return finding(
    'port',
    'port_partly',
    `only ${written(first.address, port)} accepts connections`,
    {
      details: failuresOf(knocks, port),
      remedy: `programs that try only the others fail: write ${first.address} in their URL, or have rest-host name what the node is to listen on`,
    },
  );
}

async function knock(patient: Patient, address: string, port: number): Promise<Knock> {
  try {
    await within(patient, async (signal) => {
      const socket = connect({ host: address, port });
      signal.addEventListener('abort', () => socket.destroy());
      socket.on('error', () => undefined);
      try {
        await once(socket, 'connect', { signal });
      } finally {
        socket.destroy();
      }
    });
    return { address, failure: undefined };
  } catch (error) {
    patient.signal.throwIfAborted();
    if (error instanceof TimedOut) return { address, failure: 'silent' };
    return { address, failure: (error as NodeJS.ErrnoException).code ?? 'failed' };
  }
}

function closed({ url }: Patient, knocks: readonly Knock[], port: number): Finding {
  const failures = knocks.map(({ failure }) => failure);
  const at = knocks.map(({ address }) => written(address, port)).join(', ');
  const details = knocks.length > 1 ? failuresOf(knocks, port) : [];
  if (failures.includes('ECONNREFUSED')) {
    return finding('port', 'port_refused', `nothing listens at ${at}`, {
      details,
      remedy: isLoopback(url)
        ? `start the node with rest-port=${port} (clnrest-port of the other build), or correct the port; its log says where the REST server is running`
        : `is the node running with rest-port=${port}? It listens on 127.0.0.1 alone unless rest-host says otherwise`,
    });
  }
  if (failures.includes('silent')) {
    return finding('port', 'port_filtered', `no answer from ${at}`, {
      details,
      remedy: `a firewall or router on the way drops it, or nobody has that address: open and forward port ${port}`,
    });
  }
  const code = failures[0] ?? 'no reason';
  return finding('port', 'port_unreachable', `no way to ${at} (${code})`, {
    details,
    remedy: 'is the address right, and this machine in that network?',
  });
}

function failuresOf(knocks: readonly Knock[], port: number): string[] {
  return knocks.flatMap(({ address, failure }) =>
    failure === undefined ? [] : [`${written(address, port)}: ${failure}`],
  );
}

function written(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
