import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import type { ApiDescription } from './openapi/api-description.ts';
import { sendPage } from './page.ts';

/** Adds the OpenAPI document under both common names. */
export function addOpenApi(paths: PathTable, api: ApiDescription): void {
  const route: Route = async ({ request, response }) => {
    const { page } = await api.read();
    sendPage(request, response, page);
  };
  paths.add('GET', '/openapi.json', route);
  paths.add('GET', '/swagger.json', route);
}
