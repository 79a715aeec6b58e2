import { part } from '../dom.ts';
import { runeInFragment } from '../fragment.ts';
import { EventSubscription } from './event-subscription.ts';
import { ConnectForm } from './connect-form.ts';
import { Kept } from './kept.ts';
import { StateView } from './state-view.ts';
import { EventsView } from './events-view.ts';

const announcer = part('announcer', HTMLElement);
const announce = (words: string): void => {
  announcer.textContent = '';
  // Screen readers repeat a text only if it was removed in between.
  requestAnimationFrame(() => {
    announcer.textContent = words;
  });
};

const kept = new Kept();
const form = new ConnectForm((rune) => subscription.open(rune));
const state = new StateView(announce);
const view = new EventsView(kept, announce, () => subscription.close());

// A relative URL, since the gateway can be behind a path prefix of a proxy.
const subscription = new EventSubscription(new URL('./', location.href.split(/[?#]/)[0]).href, {
  onEvent: (event) => view.add(event),
  onStateChange: (next) => {
    state.show(next);
    view.update(next);
    form.update(next);
  },
});

/** Uses the rune in the fragment of the address, and removes it from the address and the history. */
function useFragment(): boolean {
  const rune = runeInFragment(location.hash);
  if (rune === undefined) return false;
  history.replaceState(null, '', location.pathname + location.search);
  form.connectWith(rune);
  return true;
}

addEventListener('hashchange', useFragment);
if (!useFragment()) form.restore();
