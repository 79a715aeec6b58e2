import { managingPanel } from './managing/markup.ts';

/** The initial content of the page, before its script runs. */
export const runesMain = `
      <div class="stack loose">
        <div class="stack tight">
          <h1>Runes</h1>
          <p class="lead">A rune authorises its bearer to run commands. Any holder of a rune can add restrictions but cannot
            remove any.</p>
        </div>
        <div class="tabs" role="tablist" aria-label="Tasks">
          <button type="button" role="tab" id="explain-tab" aria-controls="explain-panel" aria-selected="true">Explain and
            restrict</button>
          <button type="button" role="tab" id="manage-tab" aria-controls="manage-panel" aria-selected="false"
            tabindex="-1">Runes of this node</button>
        </div>
        <div id="explain-panel" role="tabpanel" aria-labelledby="explain-tab" class="stack loose">
          <p class="lead">Explain, restrict, check and share any rune. What you paste here stays in this page: it neither sends
            nor stores the rune.</p>
${paste()}
          <section id="rune-example-card" class="card" aria-labelledby="example-title">
            <h2 id="example-title">Example: how to read a rune</h2>
            <p>A rune is one line of text. Each part has the number and the colour of its meaning below. The parts from 3 on are
              restrictions: the rune allows a command if all of them hold.</p>
            <div id="example-text"></div>
            <div id="example-parts"></div>
            <div class="row"><button type="button" id="rune-example">Use this example</button></div>
          </section>
          <div id="rune-parts" class="split" hidden>
            <div class="stack loose">
${explaining()}
${restricting()}
            </div>
            <div class="stack loose">
${checking()}
${sharing()}
            </div>
          </div>
          <datalist id="commands"></datalist>
          <datalist id="parameters"></datalist>
          <datalist id="positions"></datalist>
        </div>
${managingPanel}
      </div>
`;

function paste(): string {
  return `
        <section class="card" aria-labelledby="paste-title">
          <h2 id="paste-title">Your rune</h2>
          <label class="field mono">
            <span>Rune or pairing link</span>
            <textarea id="rune-input" class="short" rows="2" spellcheck="false" autocomplete="off" autocapitalize="off"
              aria-describedby="rune-problem rune-status"></textarea>
          </label>
          <p id="rune-problem" class="error" role="alert"></p>
          <div class="row apart">
            <p id="rune-status" class="hint" role="status"></p>
            <button type="button" id="rune-clear" class="quiet small" hidden>Clear everything</button>
          </div>
        </section>`;
}

function explaining(): string {
  return `
            <section class="card" aria-labelledby="explaining-title">
              <h2 id="explaining-title" tabindex="-1">What the rune allows</h2>
              <div id="rune-concerns"></div>
              <details id="rune-text-fold" class="fold">
                <summary>Parts of the rune’s text</summary>
                <div id="rune-text"></div>
              </details>
              <p id="rune-introduction"></p>
              <div id="rune-restrictions"></div>
              <button type="button" id="remove-all" class="small danger" hidden>Remove all added restrictions</button>
              <details id="decoded-fold" class="fold">
                <summary>Output of decode</summary>
                <pre id="decoded" class="wrap copyable" tabindex="0" role="group" aria-label="Output of decode"></pre>
              </details>
            </section>`;
}

function restricting(): string {
  return `
            <section class="card" aria-labelledby="restricting-title">
              <h2 id="restricting-title">Restrict the rune</h2>
              <p id="restricting-closed" class="note" data-tone="warn" hidden>This rune ends with an empty restriction. No
                node accepts the rune, and you cannot add restrictions.</p>
              <div id="restricting-open" class="stack loose">
                <div class="row" role="group" aria-label="Common restrictions" id="presets"></div>
                <form id="draft" class="stack" novalidate aria-label="New restriction">
                  <p class="hint" id="draft-hint">A restriction holds if one of its alternatives holds. A rune allows a call
                    if every restriction holds.</p>
                  <ol id="draft-lines" class="draft-lines"></ol>
                  <div id="about-field" class="stack tight" hidden>
                    <label class="field">
                      <span>Suggest parameters of this command</span>
                      <input id="about" list="commands" autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby="about-usage">
                    </label>
                    <p class="hint" id="about-usage"></p>
                  </div>
                  <div id="draft-preview" class="stack tight preview" hidden></div>
                  <div class="row">
                    <button type="submit" class="primary">Add restriction</button>
                    <button type="button" id="draft-or">Add alternative</button>
                  </div>
                </form>
                <details class="fold">
                  <summary>Restrict to one peer</summary>
                  <form id="peer-form" class="stack" novalidate>
                    <p>Peers connect to the node over the Lightning protocol, and send commands with commando. The connection
                      proves the id of a peer, so a copy of the rune works for no other peer. Over REST, calls have no id, and
                      the node refuses them.</p>
                    <label class="field mono">
                      <span>Node id of the peer</span>
                      <input id="peer-input" autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby="peer-hint peer-problem">
                    </label>
                    <p id="peer-problem" class="error" role="alert"></p>
                    <p id="peer-hint" class="hint">Such as <code>02…</code> or <code>02…@host:9735</code>. A node shows its id in
                      <code>getinfo</code>; for programs and shells, <code>clnrest identity</code> creates one.</p>
                    <div class="row"><button type="submit">Allow only this peer</button></div>
                  </form>
                </details>
                <details class="fold">
                  <summary>Write restrictions as text</summary>
                  <form id="text-form" class="stack" novalidate>
                    <label class="field mono">
                      <span>Restrictions</span>
                      <textarea id="text-input" rows="3" spellcheck="false" autocomplete="off" autocapitalize="off"
                        aria-describedby="text-hint text-problem"></textarea>
                    </label>
                    <p id="text-hint" class="hint">Write one restriction per line, such as
                      <code>method=pay|method=xpay</code>, or separate several with <code>&amp;</code>. In values, escape
                      <code>\\</code>, <code>|</code> and <code>&amp;</code> with <code>\\</code>. You can also use
                      createrune’s JSON or <code>readonly</code>.</p>
                    <p id="text-problem" class="error" role="alert"></p>
                    <div class="row"><button type="submit">Add from text</button></div>
                  </form>
                </details>
              </div>
            </section>`;
}

function checking(): string {
  return `
            <section class="card" aria-labelledby="checking-title">
              <h2 id="checking-title">Check a call</h2>
              <div class="stack" role="group" aria-labelledby="checking-title">
                <div class="stack tight">
                  <label class="field">
                    <span>Command</span>
                    <input id="ask-method" list="commands" autocomplete="off" spellcheck="false" autocapitalize="off"
                      aria-describedby="commands-unknown">
                  </label>
                  <p id="commands-unknown" class="hint" hidden>The node’s commands are not available. Type the name.</p>
                </div>
                <div class="stack tight">
                  <label class="field mono">
                    <span>Parameters (JSON, by name or by position)</span>
                    <textarea id="ask-params" class="short" rows="2" spellcheck="false" autocomplete="off" autocapitalize="off"
                      aria-describedby="ask-usage ask-params-problem"></textarea>
                  </label>
                  <p id="ask-params-problem" class="error"></p>
                  <div class="row">
                    <p id="ask-usage" class="hint"></p>
                    <button type="button" id="ask-template" class="quiet small" hidden>Insert parameter names</button>
                  </div>
                </div>
                <div class="fields">
                  <div class="stack tight">
                    <label class="field">
                      <span>Time (default: now)</span>
                      <input id="ask-time" type="datetime-local" step="1" autocomplete="off" aria-describedby="ask-time-problem">
                    </label>
                    <p id="ask-time-problem" class="error"></p>
                  </div>
                  <div class="stack tight">
                    <label class="field mono">
                      <span>Requesting peer (not over REST)</span>
                      <input id="ask-node" autocomplete="off" spellcheck="false" autocapitalize="off"
                        aria-describedby="ask-node-problem">
                    </label>
                    <p id="ask-node-problem" class="error"></p>
                  </div>
                  <div class="stack tight" id="ask-last-use-field" hidden>
                    <label class="field">
                      <span>Last used (seconds ago)</span>
                      <input id="ask-last-use" inputmode="decimal" autocomplete="off" placeholder="never"
                        aria-describedby="ask-last-use-problem">
                    </label>
                    <p id="ask-last-use-problem" class="error"></p>
                  </div>
                </div>
              </div>
              <div id="verdict" role="status"></div>
              <div id="verdict-restrictions"></div>
              <p id="verdict-limits" class="hint" hidden>Checks only the restrictions, as for a call over REST.
                Only the node can check whether the rune is genuine and not blacklisted.</p>
            </section>`;
}

function sharing(): string {
  return `
            <section class="card" aria-labelledby="sharing-title">
              <h2 id="sharing-title">Share the rune</h2>
              <div id="sharing-warnings"></div>
              ${copyable('out-rune', 'Rune with all restrictions')}
              <div class="stack tight">
                <label class="field mono">
                  <span>Node address</span>
                  <input id="out-address" inputmode="url" autocomplete="off" spellcheck="false" autocapitalize="off"
                    aria-describedby="out-address-problem">
                </label>
                <p id="out-address-problem" class="error"></p>
              </div>
              ${copyable('out-curl', 'Call with curl')}
              <p id="out-curl-hint" class="hint"><code>ca.pem</code> is in the node’s certificate directory. Other users of
                the machine can see command lines.</p>
              ${copyable('out-link', 'Pairing link for a wallet')}
              <p id="out-link-problem" class="hint if-any"></p>
              <details id="out-qr-fold" class="fold">
                <summary>Show the link as a QR code</summary>
                <div id="out-qr" class="stack tight"></div>
              </details>
              <div id="out-events-part" class="stack tight">
                <div class="row"><a id="out-events" class="button" aria-describedby="out-events-hint">Watch events with this rune</a></div>
                <p id="out-events-hint" class="hint">The events page sends the rune to this node.</p>
              </div>
              <p id="copied" class="visually-hidden" role="status"></p>
            </section>`;
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
