import { part } from '../dom.ts';
import { runeInFragment } from '../fragment.ts';
import { Connection } from './connection.ts';
import { ConnectForm } from './connect-form.ts';
import { Kept } from './kept.ts';
import { StateView } from './state-view.ts';
import { Watch } from './watch.ts';

const announcer = part('announcer', HTMLElement);
const announce = (words: string): void => {
  announcer.textContent = '';
  // The same words again are told again only where they were gone.
  requestAnimationFrame(() => {
    announcer.textContent = words;
  });
};

const kept = new Kept();
const form = new ConnectForm((rune) => connection.open(rune));
const state = new StateView(announce);
const watch = new Watch(kept, announce, () => connection.close());

// The page stands beside `v1/`, behind a proxy's prefix, too.
const connection = new Connection(new URL('./', location.href.split(/[?#]/)[0]).href, {
  heard: (told) => watch.hear(told),
  changed: (next) => {
    state.show(next);
    watch.follow(next);
    form.follow(next);
  },
});

/** Takes the rune that another page handed over, and takes it out of the address, where it would be kept. */
function takeFragment(): boolean {
  const rune = runeInFragment(location.hash);
  if (rune === undefined) return false;
  history.replaceState(null, '', location.pathname + location.search);
  form.take(rune);
  return true;
}

addEventListener('hashchange', takeFragment);
if (!takeFragment()) form.recall();
