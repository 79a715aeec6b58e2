import { builds, LIMITS, startGateway } from '@clnrest/gateway';
import { RpcClient } from '@clnrest/lightningd';
import { answer, now, say, sayMemory, told } from './program.ts';

/** A gateway that serves a node's socket, and tells what it is told to. */
const [socketPath = ''] = process.argv.slice(2);
const gateway = await startGateway({
  // The build that does not hold notifications back.
  build: builds.clnrest,
  settings: {
    port: 0,
    protocol: 'http',
    host: '127.0.0.1',
    addresses: ['127.0.0.1'],
    certificates: '',
    contentSecurityPolicy: "default-src 'self'",
    origins: ['*'],
    swaggerRoot: '',
    runeRecheck: 600,
    trustedProxies: [],
  },
  node: new RpcClient({ socketPath }),
  log: (level, message) => console.error(level, message),
  limits: LIMITS,
});
answer(({ round }) => {
  if (typeof round !== 'number') return sayMemory();
  const paramsText = told(round);
  const params: unknown = JSON.parse(paramsText);
  say({ round, at: now() });
  gateway.notify({ topic: 'bench', origin: undefined, paramsText, params, payload: undefined });
});
say({ port: gateway.port });
