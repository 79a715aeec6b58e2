import { MAX_NAME } from '../creating/create-form.ts';
import { PRESETS } from '../creating/preset.ts';

/** The tab with the node's runes. Its content is a template, which the script inserts when the tab is opened first. */
export const managingPanel = `
        <div id="manage-panel" role="tabpanel" aria-labelledby="manage-tab" class="stack loose" hidden></div>
        <template id="manage-template">
${signIn()}
          <div id="session" class="stack loose" hidden>
            <div class="bar">
              <p class="state"><span class="dot" id="list-dot" data-tone="pass"></span><span id="list-state"></span></p>
              <div class="row">
                <button type="button" class="small" id="list-reload">Load again</button>
                <button type="button" class="small danger" id="sign-out">Disconnect</button>
              </div>
            </div>
            <p id="list-problem" class="note" data-tone="fail" hidden></p>
${creating()}
${list()}
${revoking()}
          </div>
          <p id="manage-status" class="visually-hidden" role="status"></p>
${dialogs()}
        </template>`;

function signIn(): string {
  return `
          <form class="card" id="sign-in" autocomplete="off" novalidate aria-labelledby="sign-in-title">
            <h2 id="sign-in-title">List, create and revoke the runes of this node</h2>
            <div class="row end">
              <label class="field mono grow">
                <span>Rune that allows managing runes</span>
                <input id="operator-rune" type="password" autocomplete="off" autocapitalize="none" spellcheck="false"
                  aria-describedby="sign-in-problem sign-in-hint">
              </label>
              <button class="primary" id="sign-in-button">Show the runes</button>
            </div>
            <p class="error" id="sign-in-problem" role="alert" hidden></p>
            <div class="hint stack tight" id="sign-in-hint">
              <p>The page sends this rune only to this node, keeps it in memory, and forgets it when you disconnect or leave.</p>
              <p>Create the rune on the node: <code>lightning-cli createrune null
                '[["method=showrunes","method=createrune","method=blacklistrune"]]'</code></p>
              <p><strong>Keep it as safe as the node.</strong> Such a rune can create a rune that allows everything. A rune that
                allows only <code>showrunes</code> also shows the text of all other runes, which anyone can then use.</p>
            </div>
          </form>`;
}

function creating(): string {
  return `
            <section class="card" id="creating" aria-labelledby="creating-title">
              <h2 id="creating-title">Create a rune</h2>
              <p id="creating-closed" class="hint" hidden></p>
              <div id="created" class="stack tight" hidden>
                <h3 id="created-title" tabindex="-1"></h3>
                <ul id="created-list" class="list" aria-labelledby="created-title"></ul>
              </div>
              <details class="fold" id="creating-fold">
                <summary>New rune from a preset</summary>
                <form id="create-form" class="stack" novalidate aria-labelledby="creating-title">
                  <div class="create-columns">
                    <div class="stack">
                      <div class="stack tight">
                        <label class="field"><span>Preset</span>
                          <select id="create-preset" aria-describedby="create-help">${presetOptions()}</select></label>
                        <p id="create-help" class="hint"></p>
                      </div>
                      <div class="stack tight">
                        <label class="field"><span>Name (a comment in the rune)</span>
                          <input id="create-name" autocomplete="off" maxlength="${MAX_NAME}" placeholder="Who uses it, and where"
                            aria-describedby="create-name-problem"></label>
                        <p id="create-name-problem" class="error" hidden></p>
                      </div>
                      <div class="stack tight" id="create-limit-part">
                        <label class="check" id="create-limited-part"><input type="checkbox" id="create-limited" checked> Limit each
                          payment</label>
                        <label class="field" id="create-limit-field"><span>Maximum amount of a payment (sat)</span>
                          <input id="create-limit" inputmode="numeric" autocomplete="off"
                            aria-describedby="create-limit-problem create-limit-hint"></label>
                        <p id="create-limit-problem" class="error" hidden></p>
                        <p id="create-limit-hint" class="hint"></p>
                        <div id="create-fees-part" class="stack tight">
                          <label class="check"><input type="checkbox" id="create-fees" checked aria-describedby="create-fees-hint">
                            Limit the fee of each payment</label>
                          <p id="create-fees-hint" class="hint"></p>
                        </div>
                      </div>
                      <div class="fields">
                        <div class="stack tight">
                          <label class="field"><span>Expires</span>
                            <select id="create-expiry">
                              <option value="1">in a day</option><option value="30">in 30 days</option>
                              <option value="90">in 90 days</option><option value="365">in a year</option>
                              <option value="date">at …</option><option value="never">never</option>
                            </select></label>
                          <label class="field" id="create-date-field" hidden><span>Date and time</span>
                            <input id="create-date" type="datetime-local" aria-describedby="create-date-problem"></label>
                          <p id="create-date-problem" class="error" hidden></p>
                        </div>
                        <div class="stack tight">
                          <label class="field"><span>Rate</span>
                            <select id="create-rate">
                              <option value="none">no limit</option><option value="600">600 uses a minute</option>
                              <option value="60">60 uses a minute</option><option value="6">6 uses a minute</option>
                              <option value="1">1 use a minute</option><option value="other">other …</option>
                            </select></label>
                          <label class="field" id="create-other-rate-field" hidden><span>Uses per minute</span>
                            <input id="create-other-rate" inputmode="numeric" autocomplete="off"
                              aria-describedby="create-other-rate-problem"></label>
                          <p id="create-other-rate-problem" class="error" hidden></p>
                        </div>
                      </div>
                      <p id="create-problem" class="error" role="alert" hidden></p>
                      <div class="row"><button type="submit" class="primary" id="create-button">Create</button></div>
                    </div>
                    <div id="create-preview" class="stack preview" role="group" aria-label="What the new rune allows"></div>
                  </div>
                </form>
              </details>
            </section>`;
}

function presetOptions(): string {
  const groups = new Map<string, string[]>();
  for (const { id, label, group } of PRESETS) {
    const options = groups.get(group) ?? [];
    groups.set(group, options);
    options.push(`<option value="${id}">${label}</option>`);
  }
  return [...groups]
    .map(([label, options]) => `<optgroup label="${label}">${options.join('')}</optgroup>`)
    .join('');
}

function list(): string {
  return `
            <section class="card" id="listing" aria-labelledby="listing-title">
              <h2 id="listing-title" tabindex="-1">Runes of this node</h2>
              <div class="list-controls">
                <label class="field grow"><span>Search by name, id or command</span>
                  <input id="list-words" type="search" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
                <label class="field"><span>Show</span>
                  <select id="list-shown">
                    <option value="all">all</option><option value="active">active</option><option value="expired">expired</option>
                    <option value="revoked">revoked</option><option value="unused">never used</option>
                  </select></label>
                <label class="field"><span>Order</span>
                  <select id="list-order">
                    <option value="newest">newest first</option><option value="name">by name</option>
                    <option value="used">last used first</option><option value="expiry">expires first</option>
                  </select></label>
              </div>
              <p id="list-count" class="hint figures" role="status"></p>
              <ol id="rune-list" class="rune-list"></ol>
              <button type="button" class="small" id="list-more" hidden></button>
            </section>`;
}

function revoking(): string {
  return `
            <section class="card" id="revoking" aria-labelledby="revoking-title">
              <h2 id="revoking-title" tabindex="-1">Revoked ids</h2>
              <p class="hint">Revoking an id revokes each rune with this id: the one in the list, and all runes that anyone has
                derived from it.</p>
              <p id="revoking-closed" class="hint" hidden></p>
              <div id="revoking-open" class="stack">
                <details class="fold" id="blacklist-fold">
                  <summary>Show the node’s list of revoked ids</summary>
                  <p id="blacklist-problem" class="error" role="alert" hidden></p>
                  <p id="blacklist-empty" class="hint" hidden>The node has revoked no id.</p>
                  <div id="blacklist"></div>
                </details>
                <details class="fold">
                  <summary>Revoke several ids</summary>
                  <form id="range-form" class="stack" novalidate aria-label="Revoke several ids">
                    <div class="row end">
                      <label class="field"><span>First id</span>
                        <input id="range-first" inputmode="numeric" autocomplete="off" aria-describedby="range-problem"></label>
                      <label class="field"><span>Last id</span>
                        <input id="range-last" inputmode="numeric" autocomplete="off" placeholder="the same"
                          aria-describedby="range-problem"></label>
                      <button type="submit" class="danger">Revoke …</button>
                    </div>
                    <p id="range-problem" class="error" role="alert" hidden></p>
                  </form>
                </details>
              </div>
            </section>`;
}

function dialogs(): string {
  return `
          <dialog id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text">
            <form method="dialog" class="stack">
              <h2 id="confirm-title"></h2>
              <div id="confirm-text" class="stack tight"></div>
              <div class="row dialog-buttons">
                <button value="no" id="confirm-no">Cancel</button>
                <button value="yes" id="confirm-yes" class="danger"></button>
              </div>
            </form>
          </dialog>
          <dialog id="hand-out" class="wide" aria-labelledby="hand-out-title">
            <div class="stack">
              <div class="dialog-head">
                <h2 id="hand-out-title"></h2>
                <button type="button" class="small" id="hand-out-close">Close</button>
              </div>
              <div id="hand-out-notes"></div>
              <div class="hand-out-columns">
                <div class="stack">
                  <div class="stack tight">
                    <label class="field mono"><span>Address of the node, as the program reaches it</span>
                      <input id="hand-out-address" inputmode="url" autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby="hand-out-address-problem"></label>
                    <p id="hand-out-address-problem" class="error" hidden></p>
                  </div>
                  ${copyable('hand-out-link', 'Link for a wallet')}
                  <p id="hand-out-link-problem" class="hint if-any"></p>
                  ${copyable('hand-out-rune', 'Only the rune')}
                </div>
                <div id="hand-out-qr" class="stack tight"></div>
              </div>
              <p class="hint">The link and the code contain the rune. Anyone who sees them can use it.</p>
              <p id="hand-out-copied" class="visually-hidden" role="status"></p>
            </div>
          </dialog>`;
}

function copyable(id: string, label: string): string {
  return `<div class="stack tight" id="${id}-part">
                    <div class="row apart">
                      <h3 id="${id}-label">${label}</h3>
                      <button type="button" id="${id}-copy" class="small" aria-describedby="${id}-label">Copy</button>
                    </div>
                    <pre id="${id}" class="wrap copyable" tabindex="0" role="group" aria-labelledby="${id}-label"></pre>
                  </div>`;
}
