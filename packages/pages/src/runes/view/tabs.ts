import { part } from '../../dom.ts';

/** The tabs of the page. */
export type TabName = 'explain' | 'manage';

const NAMES: readonly TabName[] = ['explain', 'manage'];

/**
 * Lets the user choose a tab, by the arrow keys as well. Returns a function that opens a tab.
 *
 * @param opened called when a tab is opened
 */
export function startTabs(opened: (name: TabName) => void): (name: TabName) => void {
  const tabs = NAMES.map((name) => ({
    name,
    tab: part(`${name}-tab`, HTMLButtonElement),
    panel: part(`${name}-panel`, HTMLElement),
  }));
  const open = (name: TabName): void => {
    for (const each of tabs) {
      const isOpen = each.name === name;
      each.panel.hidden = !isOpen;
      each.tab.setAttribute('aria-selected', String(isOpen));
      each.tab.tabIndex = isOpen ? 0 : -1;
    }
    opened(name);
  };
  tabs.forEach(({ name, tab }, i) => {
    tab.addEventListener('click', () => open(name));
    tab.addEventListener('keydown', ({ key }) => {
      const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };
      const step = steps[key];
      const next = step === undefined ? undefined : tabs.at((i + step) % tabs.length);
      if (next === undefined) return;
      open(next.name);
      next.tab.focus();
    });
  });
  return open;
}
