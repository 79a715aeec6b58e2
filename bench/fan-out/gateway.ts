import { builds, LIMITS, startGateway } from '@clnrest/gateway';
import { RpcClient } from '@clnrest/lightningd';
import { serve, now, send, sendMemory, notificationParams } from './program.ts';

/** A gateway for a node's socket that publishes the notifications of each round. */
const [socketPath = ''] = process.argv.slice(2);
const gateway = await startGateway({
  // The build that does not delay notifications.
  build: builds.clnrest,
  settings: {
    port: 0,
    protocol: 'http',
    hosts: [{ host: '127.0.0.1', addresses: ['127.0.0.1'] }],
    names: [],
    certificates: '',
    contentSecurityPolicy: "default-src 'self'",
    origins: ['*'],
    swaggerRoot: '',
    runeRecheck: 600,
    judge: 'node',
    logCalls: 'off',
    metrics: undefined,
    trustedProxies: [],
  },
  node: new RpcClient({ socketPath }),
  log: (level, message) => console.error(level, message),
  limits: LIMITS,
});
serve(({ round }) => {
  if (typeof round !== 'number') return sendMemory();
  const paramsText = notificationParams(round);
  const params: unknown = JSON.parse(paramsText);
  send({ round, at: now() });
  gateway.notify({ topic: 'bench', origin: undefined, paramsText, params, payload: undefined });
});
send({ port: gateway.port });
