import { type Fails, firstThatFails, shorterTexts } from '../shrink-list.ts';
import { smallest } from '../smallest.ts';
import { type PeerCase, type PeerItem, SHARED_PEERS } from './case.ts';

/** Makes a case smaller in every way that leaves it failing. */
export async function shrinkPeerCase(
  peerCase: PeerCase,
  fails: Fails<PeerCase>,
): Promise<PeerCase> {
  let best = peerCase;
  for (let before = ''; before !== JSON.stringify(best);) {
    before = JSON.stringify(best);
    best = await simpler(best, fails);
    const items = await smallest(best.items, (left) => fails({ ...best, items: left }));
    best = { ...best, items };
    for (let index = 0; index < best.items.length; index++) {
      best = await smallerItem(best, index, fails);
    }
  }
  return best;
}

async function simpler(peerCase: PeerCase, fails: Fails<PeerCase>): Promise<PeerCase> {
  const { cut, ...uncut } = peerCase;
  let best = cut === undefined ? peerCase : await firstThatFails(peerCase, [uncut], fails);
  best = await firstThatFails(best, [{ ...best, writes: { pieces: 'whole' } }], fails);
  const own = Math.max(best.peer, SHARED_PEERS);
  best = await firstThatFails(best, [{ ...best, peer: own }], fails);
  if (best.ending === 'read') return best;
  return firstThatFails(best, [{ ...best, ending: 'read' }], fails);
}

async function smallerItem(
  peerCase: PeerCase,
  index: number,
  fails: Fails<PeerCase>,
): Promise<PeerCase> {
  let best = peerCase;
  const item = (): PeerItem => best.items[index] as PeerItem;
  const tryItem = async (changed: PeerItem): Promise<boolean> => {
    const other = { ...best, items: best.items.with(index, changed) };
    if (JSON.stringify(other) === JSON.stringify(best) || !(await fails(other))) return false;
    best = other;
    return true;
  };
  while ((item().times ?? 1) > 1) {
    if (!(await tryItem({ ...item(), times: Math.floor((item().times ?? 1) / 2) }))) break;
  }
  const { message, command, raw } = item();
  if (message !== undefined) {
    await shorterTexts([message.payload], ([payload = '']) =>
      tryItem({ ...item(), message: { ...message, payload } }),
    );
  }
  if (command !== undefined) {
    await shorterTexts([command.json], ([json = '']) =>
      tryItem({ ...item(), command: { ...command, json } }),
    );
  }
  if (raw !== undefined) {
    await shorterTexts([raw], ([shorter = '']) => tryItem({ ...item(), raw: shorter }));
  }
  return best;
}
