// The workspace's clock, which can be moved forward, and the menu of faults.

import { announce, h, icon } from "./dom.js";
import { perform, toast } from "./perform.js";
import { openMenu } from "./menu.js";
import { zone } from "./mrkdwn.js";
import { LOCALE, say } from "./say.js";
import { session } from "./session.js";

const MOVES = [
  ["clock-plus-10", say("+10 min"), say("Move the clock 10 minutes forward"), { minutes: 10 }],
  ["clock-plus-60", say("+1 hour"), say("Move the clock 1 hour forward"), { minutes: 60 }],
  ["clock-monday", say("Monday 09:01"), say("Move the clock to Monday 09:01"), { to: "monday 09:01" }],
  ["clock-plus-week", say("+7 days"), say("Move the clock 7 days forward"), { minutes: 7 * 24 * 60 }],
];

let base = null; // the workspace's time when the last state came, and when that was

export function startClock(host, trouble) {
  const time = h("output", { class: "clock-time", "aria-label": say("Time in the workspace"), "aria-live": "off", dataset: { testid: "clock" } });
  const buttons = MOVES.map(([testid, label, says, move]) =>
    h("button", { type: "button", class: "small-button", title: says, "aria-label": says, dataset: { testid }, onclick: (event) => advance(event.currentTarget, move) }, h("span", null, label)));
  host.append(time, h("div", { class: "clock-buttons", role: "group", "aria-label": say("Move the clock forward") }, buttons));
  const button = h("button", { type: "button", class: "small-button", "aria-haspopup": "menu", "aria-expanded": "false", dataset: { testid: "trouble" } },
    icon("trouble"), h("span", null, say("Make trouble")), h("span", { class: "count", hidden: true }));
  button.addEventListener("click", () => troubles(button));
  trouble.append(button);
  setInterval(() => show(time), 1000);
  return () => {
    if (!session.state) return;
    base = { at: Date.parse(session.state.now), seen: performance.now() };
    show(time);
    const waiting = session.state.faults?.length ?? 0;
    const count = button.querySelector(".count");
    count.hidden = !waiting;
    if (count.textContent !== String(waiting)) count.textContent = String(waiting);
    button.classList.toggle("armed", waiting > 0);
  };
}

const now = () => new Date(base.at + performance.now() - base.seen);

function show(element) {
  if (!base) return;
  const words = inZone(now());
  if (element.textContent !== words) element.textContent = words;
  element.title = say("The workspace's clock, as {zone} sees it. Only this page's time moves, never your computer's.", { zone: zone().replace("_", " ") });
}

const inZone = (moment) =>
  new Intl.DateTimeFormat(LOCALE, { timeZone: zone(), weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(moment);

async function advance(control, move) {
  const result = await perform(control, "advance_clock", move);
  if (result.ok) announce(say("It is now {time}.", { time: inZone(new Date(result.response.now)) }));
}

const FAULTS = [
  [say("Too many requests (429)"), { kind: "rate_limited", retry_after: 5 }],
  [say("Server error (500)"), { kind: "500" }],
  [say("No answer in time"), { kind: "timeout" }],
  [say("Dropped, after it was done"), { kind: "drop_after" }],
  [say("Dropped, before it was done"), { kind: "drop_before" }],
];

const WORDS = { rate_limited: "429", timeout: say("no answer"), drop_after: say("dropped after"), drop_before: say("dropped before"), duplicate: say("twice") };

function troubles(anchor) {
  const waiting = session.state?.faults ?? [];
  const arm = (words, body) => async () => {
    const result = await perform(anchor, "fault", { method: "*", ...body });
    if (result.ok) toast(say("{trouble}: waits for the bot's next call.", { trouble: words }), "good");
  };
  const items = FAULTS.map(([label, body]) => ({ label, hint: say("the bot's next call to Slack"), run: arm(label, body) }));
  items.push({ label: say("Deliver twice"), hint: say("the next event to the bot"), run: arm(say("Deliver twice"), { kind: "duplicate_events" }) });
  if (waiting.length) {
    const list = waiting.map((each) => WORDS[each.kind] ?? each.kind).join(", ");
    items.push("-", { label: say("Clear all troubles"), hint: say("waiting: {troubles}", { troubles: list }), run: () => perform(anchor, "fault", { kind: "clear" }) });
  }
  openMenu(anchor, say("Make trouble"), items, { wide: true });
}
