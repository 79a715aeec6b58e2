import { createSecureContext } from 'node:tls';
import type { PluginNotification, RpcClient } from '@clnrest/lightningd';
import type { Build } from './builds.ts';
import { isSystemError } from './certificates/files.ts';
import { prepareCertificates } from './certificates/certificates.ts';
import { type ErrorName, Refusal } from './refusals.ts';
import { CallRecorder } from './http/call-recorder.ts';
import { Health } from './http/health.ts';
import { RequestIds } from './http/request-ids.ts';
import { Metrics } from './metrics/metrics.ts';
import { MetricsServer } from './metrics/metrics-server.ts';
import { processGauges } from './metrics/process-gauges.ts';
import { DisconnectSignals } from './http/disconnect-signals.ts';
import { RunningCommands } from './http/running-commands.ts';
import { commonCorsHeaders } from './http/cors.ts';
import { AnonymousConnections } from './http/anonymous-connections.ts';
import { baseHeaders } from './http/headers.ts';
import { type Log, RefusalLog } from './http/refusal-log.ts';
import { RequestHandler } from './http/request-handler.ts';
import { GatewayServer, type ServerTools } from './http/server.ts';
import type { Limits } from './limits.ts';
import { makeRuneCheck } from './node/rune-check.ts';
import { RuneReader } from './node/rune-reader.ts';
import { withTimeout } from './node/with-timeout.ts';
import { EarlyRuneCheck } from './node/early-rune-check.ts';
import { RuneVerifier } from './node/rune-verifier.ts';
import { LocalJudge } from './judge/local-judge.ts';
import type { RevocationRange } from './judge/revocation.ts';
import { type Message, payloadOf } from './notifications/message.ts';
import { Notifications } from './notifications/notifications.ts';
import { isSocketIoUpgrade } from './notifications/socket-io.ts';
import { readOrigins } from './options/origins.ts';
import { OptionError, type Settings } from './options/settings.ts';
import { TrustedProxies } from './options/trusted-proxies.ts';
import { PathRefused } from './routing/path-refused.ts';
import type { PathRegistration } from './routing/registration.ts';
import { makeRoutes } from './routes.ts';
import { VERSION } from './version.ts';
import type { Restored } from './processes/messages.ts';

/**
 * Bytes of a result on the connection that requests share. `checkrune` returns a few; a blacklist of 500,000
 * ranges of runes fits.
 */
const MAX_SHARED_RESULT_BYTES = 16 * 1024 * 1024;
/** Time for a closing gateway to send its final responses. */
const SHUTDOWN_GRACE_MS = 250;

/** Dependencies and settings of a gateway. */
export interface GatewayParts {
  readonly build: Build;
  readonly settings: Settings;
  /** The node to serve. `Gateway.close` does not close it. */
  readonly node: RpcClient;
  readonly log: Log;
  readonly limits: Limits;
  /** The state of the gateway that this one replaces. */
  readonly restored?: Restored;
  /** How often HTTP has been restarted since the plugin started; 0 by default. */
  readonly restarts?: number | undefined;
  /**
   * Lets the gateway check runes itself. The caller must announce every change of the node's blacklist before the node makes
   * it. The list has changes that the node may not have made yet. By default the node checks all runes.
   */
  readonly revocations?: readonly RevocationRange[] | undefined;
}

/** A gateway that accepts connections. */
export interface Gateway {
  /** The configured address, for example `https://127.0.0.1:3010`. */
  readonly url: string;
  readonly port: number;
  /** Registers paths. */
  readonly paths: {
    /** Both throw a {@link PathRefused}. */
    checkRegistration(registration: PathRegistration): void;
    register(registration: PathRegistration): void;
  };
  /** Sends a notification of the node to the subscribers and numbers it. */
  notify(notification: PluginNotification): void;
  /** Sends a notification that has a sequence number. */
  publish(message: Message): void;
  /** Notes that a command is about to change the node's blacklist. */
  announceRevocation(range: RevocationRange): void;
  /** Notes that the node continues with the announced commands. */
  revocationsPassed(): void;
  /** Stops. Running requests can end within `graceMs`, by default `limits.closeMs`; the others are aborted. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts to listen. Rejects with an {@link OptionError} if the certificates, the address or the port cannot
 * be used.
 *
 * @example
 * ```ts no-run
 * import { builds, LIMITS, startGateway } from '@clnrest/gateway';
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
 *     origins: ['*'],
 *     swaggerRoot: '',
 *     runeRecheck: 60,
 *     judge: 'node',
 *     logCalls: 'off',
 *     metrics: undefined,
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
  const { build, settings, node, log, limits, restored, restarts = 0 } = parts;
  const identity = settings.protocol === 'https' ? await certificates(parts) : undefined;
  const pipeline = node.pipeline({
    batching: true,
    maxResultBytes: MAX_SHARED_RESULT_BYTES,
  });
  const proxies = TrustedProxies.of(settings.trustedProxies);
  const requestIds = new RequestIds(proxies);
  const metrics = new Metrics();
  for (const family of processGauges({
    version: VERSION,
    restarts,
    certificate: () => identity?.cert,
  }))
    metrics.add(family);
  const count = (kind: ErrorName): void => metrics.refusals.add([kind]);
  const refusals = new RefusalLog(log, { count, requestIds });
  const reader = new RuneReader();
  const verifier = new RuneVerifier(reader);
  const disconnects = new DisconnectSignals();
  const running = new RunningCommands(disconnects);
  const timeoutMs = limits.nodeMs;
  const judge =
    parts.revocations &&
    new LocalJudge({
      silent: (id, since) => running.abortSince(id, since),
      pipeline,
      verifier,
      log,
      timeoutMs,
      mismatched: () => metrics.mismatches.add(),
      revocations: parts.revocations,
    });
  const checkRune = makeRuneCheck({
    pipeline,
    reader,
    judge,
    timeoutMs,
    checked: (by, seconds) => metrics.judgeSeconds.observe(seconds, [by]),
  });
  const { contentSecurityPolicy, swaggerRoot } = settings;
  const origins = readOrigins(settings.origins);
  const anonymousConnections = new AnonymousConnections(limits, proxies);
  const notifications = new Notifications({
    checkRune,
    limits,
    log: refusals,
    metrics,
    origins,
    anonymousConnections,
    holdMs: build.holdMs,
    methods: build.subscribeMethods,
    recheckMs: settings.runeRecheck * 1_000,
    restored,
  });
  const routes = makeRoutes({
    node,
    checkRune,
    reader,
    earlyCheck: new EarlyRuneCheck({ node: pipeline, verifier, judge }),
    proxies,
    limits,
    disconnects,
    running,
    notifications,
    recorder: new CallRecorder({ metrics, log, logging: settings.logCalls, requestIds, proxies }),
    metrics,
    health: new Health(pipeline),
    swaggerRoot,
  });
  const { paths, register } = routes;
  restorePaths(register, restored, log);
  const headers = [...baseHeaders(contentSecurityPolicy), ...commonCorsHeaders(origins)];
  const handler = new RequestHandler({ paths, origins, limits, log: refusals });
  const servers = await listen(parts, {
    handler,
    headers,
    limits,
    log: refusals,
    anonymousConnections,
    requestIds,
    isWebSocket: isSocketIoUpgrade,
    upgrade: (request, socket, head) => notifications.upgrade(request, socket, head),
    identity,
  });
  const metricsServer = await listenForMetrics(parts, metrics).catch(async (error: unknown) => {
    await Promise.all(servers.map((server) => server.close(0)));
    throw error;
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
    notify: (notification) => {
      notifications.publish(notification.topic, payloadOf(notification));
    },
    publish: ({ topic, text, sequence }) => notifications.publish(topic, text, sequence),
    announceRevocation: (range) => judge?.announce(range),
    revocationsPassed: () => judge?.revocationsPassed(),
    close: async (graceMs = limits.closeMs) => {
      // First, so that subscribers that poll can fetch their last messages.
      await notifications.close(Refusal.of('stopping'));
      handler.stop();
      // Commands that still run then are aborted with the reason. The servers cut the connections after that.
      const reason = Refusal.of('stopping', { detail: 'whether the command ran is unknown' });
      const abort = setTimeout(() => disconnects.abortAll(reason), graceMs);
      await Promise.all(servers.map((server) => server.close(graceMs + SHUTDOWN_GRACE_MS)));
      clearTimeout(abort);
      await metricsServer?.close();
      await routes.close();
      await flushReports(judge);
      await pipeline.close();
    },
  };
}

/** Serves the metrics without a rune, if that is configured. */
async function listenForMetrics(
  { build, settings }: GatewayParts,
  metrics: Metrics,
): Promise<MetricsServer | undefined> {
  if (settings.metrics === undefined) return undefined;
  const { host, port } = settings.metrics;
  try {
    return await MetricsServer.listen(host, port, metrics);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(
      `\`${build.prefix}-metrics-host\` ${host} and \`${build.prefix}-metrics-port\` ${port} cannot be used: ${reason}.`,
      { cause },
    );
  }
}

/** Sends the last reports about runes, unless the node takes too long. */
async function flushReports(judge: LocalJudge | undefined): Promise<void> {
  if (judge === undefined) return;
  await withTimeout(SHUTDOWN_GRACE_MS, judge.flush()).catch(() => undefined);
  judge.close();
}

/** Registers the earlier gateway's paths before the servers listen, so that no path is ever missing. */
function restorePaths(
  register: (registration: PathRegistration) => void,
  restored: Restored | undefined,
  log: Log,
): void {
  for (const registration of restored?.registrations ?? []) {
    try {
      register(registration);
    } catch (error) {
      if (!(error instanceof PathRefused)) throw error;
      log('unusual', `Path '${registration.path}' cannot be registered again: ${error.message}`);
    }
  }
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
    // Throws if a key is too weak for TLS, or of an unsupported type.
    createSecureContext(identity);
    return identity;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`\`${build.prefix}-certs\` ${directory} cannot be used: ${reason}`, {
      cause,
    });
  }
}

/** Listens on each address of the host. A name can have addresses that this machine does not have. */
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
      ? `\`${prefix}-host\` ${host} is not an address of this machine (${reason}).`
      : `\`${prefix}-host\` ${host} and \`${prefix}-port\` ${port} cannot be used: ${reason}.`,
    { cause },
  );
}
