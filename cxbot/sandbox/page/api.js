// The server's JSON API: one state per person by long poll, and what people do.

import { say } from "./say.js";
import { accept, session } from "./session.js";

/** What `person` sees now. */
export async function look(person, since = null, signal = undefined) {
  const query = new URLSearchParams();
  if (person) query.set("as", person);
  if (since !== null) query.set("since", since);
  const response = await fetch(`/ui/state?${query}`, { signal, headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

/** Do something; never throws. The answer has `ok`, and `error` in words if it is false. */
export async function act(doing, body) {
  try {
    const response = await fetch(`/ui/${doing}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, status: 0, error: say("The local Slack does not answer."), response: null };
  }
}

let running = null;

/** Follow the state of the session's person until the next call; `onTrouble(true)` while the server is away. */
export async function follow(onTrouble) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const person = session.me;
  let since = null;
  for (let failures = 0; !mine.signal.aborted; ) {
    let state;
    try {
      state = await look(person, since, mine.signal);
    } catch {
      if (mine.signal.aborted) return;
      failures += 1;
      since = null; // a server that was started anew counts from zero
      if (failures > 1) onTrouble(true);
      await new Promise((done) => setTimeout(done, Math.min(5000, 400 * failures)));
      continue;
    }
    if (mine.signal.aborted) return;
    if (failures) onTrouble(false);
    failures = 0;
    since = state.revision;
    accept(state);
  }
}
