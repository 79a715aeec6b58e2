import type { RpcClient } from '@clnrest/lightningd';
import { BodyBudget } from './http/body.ts';
import type { Callers } from './http/callers.ts';
import { commandRoute } from './http/command-route.ts';
import { CommandSlots } from './http/command-slots.ts';
import { Compressors } from './http/compressors.ts';
import { PathTable } from './http/path-table.ts';
import type { Limits } from './limits.ts';
import type { Judge } from './node/judge.ts';
import { MethodList } from './node/method-list.ts';
import { addListMethods } from './pages/list-methods.ts';
import { addOpenApi } from './pages/openapi.ts';
import { addSwaggerPages } from './pages/swagger.ts';
import { addViews } from './pages/views.ts';
import { registeredRoute } from './paths/registered-route.ts';
import type { PathRegistration } from './paths/registration.ts';
import type { Notifications } from './notifications/notifications.ts';

/** What the paths lead to. */
export interface RouteTools {
  readonly node: RpcClient;
  readonly judge: Judge;
  readonly limits: Limits;
  readonly callers: Callers;
  readonly notifications: Notifications;
  readonly swaggerRoot: string;
}

/** All that is served, and where. */
export interface Routes {
  readonly paths: PathTable;
  /** Lets a path lead to a command. Throws a {@link PathRefused}. */
  register(registration: PathRegistration): void;
}

/** Makes all that is served from the start. */
export function makeRoutes({ swaggerRoot, ...tools }: RouteTools): Routes {
  const { node, limits } = tools;
  const paths = new PathTable();
  const methods = new MethodList(node, limits.nodeMs);
  addListMethods(paths, methods, swaggerRoot);
  tools.notifications.addPaths(paths);
  const budget = new BodyBudget(limits);
  const slots = new CommandSlots(limits.commands);
  const compressors = new Compressors(limits.compressors);
  const commandTools = { ...tools, budget, slots, compressors };
  paths.add('POST', '/v1/*', commandRoute(commandTools), { yields: true });
  addOpenApi(paths, methods);
  addSwaggerPages(paths, swaggerRoot);
  addViews(paths, swaggerRoot);
  return {
    paths,
    register: (registration) =>
      paths.register(registration, registeredRoute(registration, commandTools)),
  };
}
