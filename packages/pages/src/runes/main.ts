import { runeInFragment } from '../fragment.ts';
import { addressOfPage } from './sharing/address.ts';
import { modelMaker } from './model.ts';
import { loadCommands } from './node/load.ts';
import { initialState, setCommands, paste } from './state.ts';
import { startStore } from './store.ts';
import { draftView } from './view/draft-view.ts';
import { shareView } from './view/share-view.ts';
import { moreRestrictionsView } from './view/more-restrictions-view.ts';
import { pasteView } from './view/paste-view.ts';
import { peerView } from './view/peer-view.ts';
import { callFormView } from './view/call-form-view.ts';
import { runeView } from './view/rune-view.ts';
import { suggestionsView } from './view/suggestions-view.ts';
import { part } from '../dom.ts';
import { startManaging } from './managing/manage-view.ts';
import { exampleView } from './view/example-view.ts';
import { startTabs } from './view/tabs.ts';
import { callCheckView } from './view/call-check-view.ts';

const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));
const page = addressOfPage(location.href);
const makeModel = modelMaker(page);

const dispatch = startStore(initialState(now()), now, (state) => {
  const model = makeModel(state);
  for (const show of views) show(model);
});
const views = [
  pasteView(dispatch),
  exampleView(dispatch),
  runeView(dispatch),
  suggestionsView(dispatch),
  draftView(dispatch),
  moreRestrictionsView(dispatch),
  peerView(dispatch),
  callFormView(dispatch),
  callCheckView(),
  shareView(dispatch),
];

let isManaging = false;
const openTab = startTabs((name) => {
  // A link to the tab. The fragment of this page's own address never contains a rune.
  const fragment = name === 'manage' ? '#manage' : '';
  history.replaceState(null, '', location.pathname + location.search + fragment);
  if (name !== 'manage' || isManaging) return;
  isManaging = true;
  startManaging(page, now, explain);
});

/** Opens a rune of the node in the other tab. */
function explain(rune: string): void {
  dispatch(paste(rune));
  openTab('explain');
  part('rune-input', HTMLElement).focus();
}

/** Uses the rune in the fragment of the address, and removes it from the address and the history. */
function useFragment(): void {
  const rune = runeInFragment(location.hash);
  if (location.hash === '#manage') openTab('manage');
  if (rune === undefined) return;
  openTab('explain');
  dispatch(paste(rune));
}

dispatch((state) => state);
useFragment();
addEventListener('hashchange', useFragment);
void loadCommands().then((commands) => dispatch(setCommands(commands)));
