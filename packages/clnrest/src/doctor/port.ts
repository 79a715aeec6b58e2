import { once } from 'node:events';
import { connect } from 'node:net';
import { type Finding, finding } from './findings.ts';
import { StepTimeoutError, withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';
import { isLoopback, portOf } from './url-parts.ts';

/** The outcome of connecting to an address: the system's error code, `silent`, or undefined on success. */
interface ConnectAttempt {
  readonly address: string;
  readonly failure: string | undefined;
}

/** Connects to each address of the host. */
export async function checkPort(
  target: DoctorTarget,
  addresses: readonly string[],
): Promise<Finding> {
  const port = portOf(target.url);
  const attempts = await Promise.all(addresses.map((address) => attempt(target, address, port)));
  const open = attempts.filter(({ failure }) => failure === undefined);
  const [first] = open;
  if (first === undefined) return closed(target, attempts, port);
  if (open.length === attempts.length) {
    return finding('port', 'port_open', `${endpoint(first.address, port)} accepts connections`);
  }
  return finding(
    'port',
    'port_partly',
    `only ${endpoint(first.address, port)} accepts connections`,
    {
      details: failuresOf(attempts, port),
      remedy: `use ${first.address} in the URL, because some programs try only the other addresses; or set rest-host to the addresses to listen on`,
    },
  );
}

async function attempt(
  target: DoctorTarget,
  address: string,
  port: number,
): Promise<ConnectAttempt> {
  try {
    await withStepTimeout(target, async (signal) => {
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
    target.signal.throwIfAborted();
    if (error instanceof StepTimeoutError) return { address, failure: 'silent' };
    return { address, failure: (error as NodeJS.ErrnoException).code ?? 'failed' };
  }
}

function closed({ url }: DoctorTarget, attempts: readonly ConnectAttempt[], port: number): Finding {
  const failures = attempts.map(({ failure }) => failure);
  const at = attempts.map(({ address }) => endpoint(address, port)).join(', ');
  const details = attempts.length > 1 ? failuresOf(attempts, port) : [];
  if (failures.includes('ECONNREFUSED')) {
    return finding('port', 'port_refused', `nothing listens on ${at}`, {
      details,
      remedy: isLoopback(url)
        ? `start the node with rest-port=${port} (clnrest-port in the clnrest build), or correct the port; the node's log shows where the REST server is running`
        : `check that the node runs with rest-port=${port} and a rest-host that is reachable from here: it listens on 127.0.0.1 by default`,
    });
  }
  if (failures.includes('silent')) {
    return finding('port', 'port_filtered', `no response from ${at}`, {
      details,
      remedy: `check the address, and open and forward port ${port} in firewalls and routers`,
    });
  }
  const code = failures[0] ?? 'no reason given';
  return finding('port', 'port_unreachable', `cannot reach ${at} (${code})`, {
    details,
    remedy: "check the address and this machine's network",
  });
}

function failuresOf(attempts: readonly ConnectAttempt[], port: number): string[] {
  return attempts.flatMap(({ address, failure }) =>
    failure === undefined ? [] : [`${endpoint(address, port)}: ${failure}`],
  );
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
