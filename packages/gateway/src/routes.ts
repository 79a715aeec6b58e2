import { Semaphore } from '@clnrest/bounds';
import type { DisconnectSignals } from './http/disconnect-signals.ts';
import type { RunningCommands } from './http/running-commands.ts';
import type { CallRecorder } from './http/call-recorder.ts';
import { addHealth, type Health } from './http/health.ts';
import { addMetrics } from './metrics/metrics-route.ts';
import type { Metrics } from './metrics/metrics.ts';
import { commandRoute } from './http/command-route.ts';
import { PathTable } from './routing/path-table.ts';
import type { Limits } from './limits.ts';
import type { RuneCheck } from './node/checked-call.ts';
import type { GatewayNode } from './node/gateway-node.ts';
import { MethodList } from './node/method-list.ts';
import type { RuneReader } from './node/rune-reader.ts';
import type { EarlyRuneCheck } from './node/early-rune-check.ts';
import type { TrustedProxies } from './options/trusted-proxies.ts';
import { addListMethods } from './pages/list-methods.ts';
import { ApiDescription } from './pages/openapi/api-description.ts';
import { addOpenApi } from './pages/openapi.ts';
import { addSwaggerPages } from './pages/swagger.ts';
import { addViews } from './pages/views.ts';
import { registeredRoute } from './paths/registered-route.ts';
import { BodyParser } from './parameters/body-parser.ts';
import type { PathRegistration } from './routing/registration.ts';
import { forwardPath, forwardRoute } from './upstream/forward-route.ts';
import type { UpstreamClient } from './upstream/upstream-client.ts';
import type { Notifications } from './notifications/notifications.ts';

/** Dependencies of the routes. */
export interface RouteTools {
  readonly node: GatewayNode;
  /** Another gateway that gets the commands. */
  readonly upstream: UpstreamClient | undefined;
  readonly checkRune: RuneCheck;
  readonly reader: RuneReader;
  readonly earlyCheck: EarlyRuneCheck;
  readonly proxies: TrustedProxies;
  readonly limits: Limits;
  readonly disconnects: DisconnectSignals;
  readonly running: RunningCommands;
  readonly notifications: Notifications;
  readonly recorder: CallRecorder;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly swaggerRoot: string;
}

/** The path table and what its routes need. */
export interface Routes {
  readonly paths: PathTable;
  /** Registers a path that runs a command. Throws a {@link PathRefused}. */
  register(registration: PathRegistration): void;
  /** Stops the parser thread. */
  close(): Promise<void>;
}

/** Builds the path table with all built-in paths. */
export function makeRoutes({ swaggerRoot, ...tools }: RouteTools): Routes {
  const { node, limits } = tools;
  const paths = new PathTable();
  const methods = new MethodList(node, limits.nodeMs);
  const api = new ApiDescription(methods, paths);
  addListMethods(paths, { methods, api, swaggerRoot });
  tools.notifications.addPaths(paths);
  const parser = new BodyParser(limits);
  const commandTools = {
    ...tools,
    parser,
    bodies: new Semaphore(limits.bodyBytesAtOnce),
    commands: new Semaphore(limits.commands),
    compressors: new Semaphore(limits.compressors),
  };
  const { upstream } = tools;
  const command =
    upstream === undefined
      ? commandRoute(commandTools)
      : forwardRoute({ ...tools, client: upstream });
  paths.add('POST', '/v1/*', command, { yields: true });
  if (upstream !== undefined) paths.setFallback(forwardPath({ ...tools, client: upstream }));
  addMetrics(paths, tools);
  addHealth(paths, tools.health);
  addOpenApi(paths, api);
  addSwaggerPages(paths, swaggerRoot, api);
  addViews(paths, swaggerRoot);
  return {
    paths,
    register: (registration) =>
      paths.register(registration, registeredRoute(registration, commandTools)),
    close: () => parser.close(),
  };
}
