/** The initial content of the page, before its script runs. */
export const eventsMain = `
      <div class="stack loose">
        <div class="stack">
          <h1>Events</h1>
          <p class="lead">The node’s notifications as they happen: paid invoices, payments, forwards, blocks and notifications of plugins.</p>
        </div>
        <form class="card" id="connect" autocomplete="off">
          <div class="row end">
            <label class="field mono grow">
              <span>Rune</span>
              <input id="rune" type="password" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="refusal rune-hint">
            </label>
            <button class="primary" id="open">Connect</button>
          </div>
          <p class="error" id="refusal" hidden></p>
          <label class="check"><input id="remember" type="checkbox"> Remember the rune until this tab is closed</label>
          <div class="hint stack tight" id="rune-hint">
            <p>The rune must allow <code>listclnrest-notifications</code>. The page sends the rune only to this node and forgets it when you leave.</p>
            <p>To create a rune that can only subscribe: <code>lightning-cli createrune null '[["method=listclnrest-notifications"]]'</code></p>
          </div>
        </form>
        <section class="watch" id="watch" aria-label="Notifications">
          <div class="bar">
            <p class="state"><span class="dot" id="dot"></span><span id="state">Not connected</span></p>
            <p class="hint figures" id="counts"></p>
            <div class="row" id="actions" hidden>
              <button type="button" class="small" id="pause">Pause</button>
              <button type="button" class="small" id="copy-all">Copy all</button>
              <button type="button" class="small" id="clear">Clear</button>
              <button type="button" class="small danger" id="close">Disconnect</button>
            </div>
          </div>
          <div class="filter" id="filter" hidden>
            <label class="field">
              <span>Topic or text contains</span>
              <input id="words" type="search" list="known-topics" autocomplete="off" autocapitalize="none" spellcheck="false">
            </label>
            <datalist id="known-topics"></datalist>
            <div role="group" aria-labelledby="topics-label">
              <p class="label" id="topics-label">Filter by topic</p>
              <div class="row topics" id="topics"></div>
            </div>
          </div>
          <ul class="events" id="events"></ul>
          <p class="empty" id="empty" hidden></p>
          <button type="button" id="more" hidden>Show older events</button>
        </section>
        <p class="visually-hidden" id="announcer" role="status"></p>
      </div>
`;
