import { createSecureContext } from 'node:tls';
import { type Notification, Plugin, type PluginIo, type RpcClient } from '@clnrest/lightningd';
import type { Build } from './builds.ts';
import { isSystemError } from './certificates/files.ts';
import { prepareCertificates } from './certificates/certificates.ts';
import { Refusal } from './errors.ts';
import { Callers } from './http/callers.ts';
import { commonCorsHeaders } from './http/cors.ts';
import { Occupancy } from './http/occupancy.ts';
import { baseHeaders } from './http/headers.ts';
import { type Log, RefusalLog } from './http/refusal-log.ts';
import { RequestHandler } from './http/request-handler.ts';
import { GatewayServer, type ServerTools } from './http/server.ts';
import { LIMITS, type Limits, nodeConnections } from './limits.ts';
import { nodeJudge } from './node/judge.ts';
import { RuneVerifier } from './node/rune-verifier.ts';
import { Notifications } from './notifications/notifications.ts';
import { isSocketIoUpgrade } from './notifications/socket-io.ts';
import { declareOptions } from './options/declarations.ts';
import { NotConfigured, OptionError, readSettings, type Settings } from './options/settings.ts';
import { TrustedProxies } from './options/trusted-proxies.ts';
import { type PathRegister, registerPathCommand } from './paths/register-command.ts';
import { makeRoutes } from './routes.ts';
import { withoutJit } from './without-jit.ts';

/**
 * Runs a build as a plugin: options, certificates, server, and the end. Resolves with the exit status
 * where the surroundings have no end of their own; never rejects.
 *
 * @example
 * ```ts no-run
 * import { builds, runGateway } from '@clnrest/gateway';
 * await runGateway(builds.rest);
 * ```
 */
export function runGateway(build: Build, io?: PluginIo): Promise<number> {
  const plugin = new Plugin({
    options: declareOptions(build),
    rpc: { maxConnections: nodeConnections(LIMITS), idleConnections: LIMITS.idleConnections },
  });
  const log: Log = (level, message) => plugin.log(level, message);
  let gateway: Gateway | undefined;
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  plugin.onInit(async ({ options, configuration }) => {
    try {
      const settings = await readSettings(build, options, configuration.lightningDir);
      gateway = await startGateway({ build, settings, node: plugin.rpc, log, limits: LIMITS });
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      // lightningd itself tells it at the level of debug, where few would find it.
      if (!(error instanceof NotConfigured)) log('unusual', error.message);
      return { disable: error.message };
    } finally {
      settle();
    }
    log('info', `REST server running at ${gateway.url}`);
    const slow = withoutJit(process.execArgv);
    if (slow !== undefined) log('info', slow);
    return undefined;
  });
  const { declaration, handler } = registerPathCommand(async () => {
    await settled;
    return gateway?.paths;
  }, log);
  plugin.method(build.registerPath, declaration, handler);
  plugin.subscribe('*', (notification) => gateway?.notify(notification));
  plugin.onClose(() => gateway?.close());
  return plugin.run(io);
}

/** Time for the last words of a gateway that closes. */
const TELLING_MS = 250;

/** What a gateway is made of. */
export interface GatewayParts {
  readonly build: Build;
  readonly settings: Settings;
  /** The node to serve. It is the caller's: it is not closed with the gateway. */
  readonly node: RpcClient;
  readonly log: Log;
  readonly limits: Limits;
}

/** A gateway that accepts connections. */
export interface Gateway {
  /** Where it listens, as the operator configured it: `https://127.0.0.1:3010`. */
  readonly url: string;
  readonly port: number;
  /** Where others register paths. */
  readonly paths: PathRegister;
  /** Hands a notification of the node to those who listen. */
  notify(notification: Notification): void;
  /** Stops: what runs may end within the limit's time, the rest is cut. */
  close(): Promise<void>;
}

/**
 * Starts to listen. Rejects with an {@link OptionError} where certificates, address or port can't be
 * used.
 *
 * @example
 * ```ts no-run
 * import { builds, LIMITS, readOrigins, startGateway } from '@clnrest/gateway';
 * import { RpcClient } from '@clnrest/lightningd';
 * const gateway = await startGateway({
 *   build: builds.rest,
 *   settings: {
 *     port: 3010,
 *     protocol: 'https',
 *     host: 'localhost',
 *     addresses: ['127.0.0.1', '::1'],
 *     certificates: '/home/me/.lightning/regtest/clnrest',
 *     contentSecurityPolicy: "default-src 'self'",
 *     origins: readOrigins(['*']),
 *     swaggerRoot: '',
 *     runeRecheck: 60,
 *     trustedProxies: [],
 *   },
 *   node: new RpcClient({ socketPath: '/home/me/.lightning/regtest/lightning-rpc' }),
 *   log: (level, message) => console.error(level, message),
 *   limits: LIMITS,
 * });
 * gateway.url // => 'https://localhost:3010'
 * await gateway.close();
 * ```
 */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { build, settings, node, log, limits } = parts;
  const identity = settings.protocol === 'https' ? await certificates(parts) : undefined;
  const pipeline = node.pipeline({ batching: true });
  const refusals = new RefusalLog(log);
  const judge = nodeJudge(pipeline, limits.nodeMs);
  const callers = new Callers();
  const { origins, contentSecurityPolicy, swaggerRoot } = settings;
  const proxies = TrustedProxies.of(settings.trustedProxies);
  const occupancy = new Occupancy(limits, proxies);
  const notifications = new Notifications({
    judge,
    limits,
    log: refusals,
    origins,
    occupancy,
    holdMs: build.holdMs,
    methods: build.listenMethods,
    recheckMs: settings.runeRecheck * 1_000,
  });
  const routes = makeRoutes({
    node,
    judge,
    runes: new RuneVerifier(pipeline),
    proxies,
    limits,
    callers,
    notifications,
    swaggerRoot,
  });
  const { paths, register } = routes;
  const headers = [...baseHeaders(contentSecurityPolicy), ...commonCorsHeaders(origins)];
  const handler = new RequestHandler({ paths, origins, limits, log: refusals });
  const servers = await listen(parts, {
    handler,
    headers,
    limits,
    log: refusals,
    occupancy,
    isWebSocket: isSocketIoUpgrade,
    upgrade: (request, socket, head) => notifications.upgrade(request, socket, head),
    identity,
  });
  const { protocol, host } = settings;
  const port = servers[0]?.port ?? settings.port;
  return {
    url: `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    paths: {
      register,
      checkRegistration: (registration) => paths.checkRegistration(registration),
    },
    notify: (notification) => notifications.publish(notification),
    close: async () => {
      // First, as those who poll still have to fetch their last messages.
      await notifications.close(Refusal.of('stopping'));
      handler.stop();
      // What still waits then is told why it ends; who does not read that is cut off.
      const reason = Refusal.of('stopping', { detail: 'whether the command ran is unknown' });
      const tell = setTimeout(() => callers.abortAll(reason), limits.closeMs);
      await Promise.all(servers.map((server) => server.close(limits.closeMs + TELLING_MS)));
      clearTimeout(tell);
      await routes.close();
      await pipeline.close();
    },
  };
}

async function certificates({
  build,
  settings,
  log,
}: GatewayParts): Promise<ServerTools['identity']> {
  const directory = settings.certificates;
  try {
    const { host } = settings;
    const identity = await prepareCertificates({ directory, host, now: new Date(), log });
    // Keys may be too weak for TLS, or of a kind that it does not know.
    createSecureContext(identity);
    return identity;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`\`${build.prefix}-certs\` ${directory} can't be used: ${reason}`, {
      cause,
    });
  }
}

/** Listens on every address that the host stands for. A name may stand for some that are not here. */
async function listen(parts: GatewayParts, tools: ServerTools): Promise<readonly GatewayServer[]> {
  const { addresses, port } = parts.settings;
  const servers: GatewayServer[] = [];
  let absent: unknown;
  for (const address of addresses) {
    try {
      servers.push(await GatewayServer.listen(address, port, tools));
    } catch (cause) {
      if (isAbsent(cause)) {
        absent = cause;
      } else {
        await Promise.all(servers.map((server) => server.close(0)));
        throw unusable(parts, address, cause);
      }
    }
  }
  const [address = ''] = addresses;
  if (servers.length === 0) throw unusable(parts, address, absent);
  return servers;
}

function isAbsent(error: unknown): boolean {
  return isSystemError(error, 'EADDRNOTAVAIL') || isSystemError(error, 'EAFNOSUPPORT');
}

function unusable({ build, settings }: GatewayParts, address: string, cause: unknown): OptionError {
  const { prefix } = build;
  const { port, host } = settings;
  if (isSystemError(cause, 'EADDRINUSE')) {
    return new OptionError(
      `\`${prefix}-port\` ${port}, should be a valid available port between 1024 and 65535. Another program listens on it at ${address}.`,
      { cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OptionError(
    isAbsent(cause)
      ? `\`${prefix}-host\` ${host} is no address of this machine (${reason}).`
      : `\`${prefix}-host\` ${host} and \`${prefix}-port\` ${port} can't be listened on: ${reason}.`,
    { cause },
  );
}
