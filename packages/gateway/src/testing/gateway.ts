import { RpcClient } from '@clnrest/lightningd';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { builds } from '../builds.ts';
import { type Gateway, startGateway } from '../gateway.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import { LIMITS, type Limits, nodeConnections } from '../limits.ts';
import { OPTIONS } from '../options/declarations.ts';
import type { Settings } from '../options/settings.ts';
import type { NotificationSource } from '../processes/messages.ts';

export interface TestGateway extends Gateway {
  readonly node: FakeNode;
  /** The log lines, each `level: message`. */
  readonly log: readonly string[];
  /** The directory of the certificates. */
  readonly certificates: string;
  /** Resolves with the log line at this index, waiting for the line if necessary. */
  logged(index: number): Promise<string>;
}

export interface TestOptions {
  readonly node?: FakeNode;
  readonly settings?: Partial<Settings>;
  readonly limits?: Partial<Limits>;
  /** Lets the gateway check runes itself. */
  readonly revocations?: readonly RevocationRange[];
  readonly notifications?: NotificationSource;
  /** How long notifications are held; by default as in the build. */
  readonly holdMs?: number;
}

/** Starts a gateway on plain HTTP with an ephemeral port and a fake node. */
export async function testGateway(options: TestOptions = {}): Promise<TestGateway> {
  const fake = options.node ?? (await FakeNode.start());
  const certificates = temporaryDirectory();
  const limits = { ...LIMITS, closeMs: 100, ...options.limits };
  const node = new RpcClient({
    socketPath: fake.socketPath,
    maxConnections: nodeConnections(limits),
  });
  const log: string[] = [];
  let changed: () => void = () => undefined;
  const gateway = await startGateway({
    build: { ...builds.rest, ...(options.holdMs !== undefined && { holdMs: options.holdMs }) },
    settings: {
      port: 0,
      protocol: 'http',
      hosts: [{ host: '127.0.0.1', addresses: ['127.0.0.1'] }],
      names: [],
      certificates,
      contentSecurityPolicy: OPTIONS.csp.default,
      origins: ['*'],
      swaggerRoot: '',
      runeRecheck: 60,
      judge: 'node',
      logCalls: 'off',
      metrics: undefined,
      trustedProxies: [],
      ...options.settings,
    },
    node,
    log: (level, message) => {
      // The id differs each time.
      log.push(`${level}: ${message.replace(/ \(request [0-9a-f]{6}-[0-9a-z]+\)$/, '')}`);
      changed();
    },
    limits,
    ...(options.notifications && { notifications: options.notifications }),
    ...(options.revocations && { revocations: options.revocations }),
  });
  onTestFinished(async () => {
    await gateway.close();
    await node.close();
  });
  const logged = async (index: number): Promise<string> => {
    for (;;) {
      const line = log[index];
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
    }
  };
  return { ...gateway, node: fake, log, certificates, logged };
}
