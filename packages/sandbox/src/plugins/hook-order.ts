import type { Hook } from './hook.ts';
import type { Plugin } from './plugin.ts';
import { pathsMatch } from './plugin-files.ts';

/** A plugin and its registration of the hook. */
export interface Hooked {
  readonly plugin: Plugin;
  readonly hook: Hook;
}

/**
 * Returns the plugins that registered a hook, in the order in which the node calls them: the order of their start, except
 * where `before` and `after` require another one.
 *
 * @returns the plugins whose requirements contradict each other, if there are any
 */
export function orderHook(
  name: string,
  plugins: readonly Plugin[],
): { readonly order: readonly Hooked[]; readonly contradicting: readonly Plugin[] } {
  const waiting = plugins.flatMap((plugin): Hooked[] => {
    const hook = plugin.manifest?.hooks.find((each) => each.name === name);
    return hook === undefined ? [] : [{ plugin, hook }];
  });
  const order: Hooked[] = [];
  for (;;) {
    const next = waiting.findIndex((each) => !waiting.some((other) => mustPrecede(other, each)));
    const [found] = next === -1 ? [] : waiting.splice(next, 1);
    if (found === undefined) return { order, contradicting: waiting.map(({ plugin }) => plugin) };
    order.push(found);
  }
}

/** lightningd's log lines about requirements that name a plugin without the hook, such as a misspelt one. */
export function unknownRequirements(
  name: string,
  order: readonly Hooked[],
): { readonly plugin: Plugin; readonly line: string }[] {
  const isUnknown = (wanted: string): boolean =>
    !order.some(({ plugin }) => pathsMatch(plugin.path, wanted));
  return order.flatMap(({ plugin, hook }) =>
    (['before', 'after'] as const).flatMap((side) =>
      hook[side]
        .filter(isUnknown)
        .map((wanted) => ({ plugin, line: `hook ${name} ${side} unknown plugin ${wanted}` })),
    ),
  );
}

function mustPrecede(one: Hooked, other: Hooked): boolean {
  return (
    one.hook.before.some((name) => pathsMatch(other.plugin.path, name)) ||
    other.hook.after.some((name) => pathsMatch(one.plugin.path, name))
  );
}
