// Entry point of the page: connects its parts and keeps them up to date.

import { follow, look } from "./api.js";
import { startClock } from "./clock.js";
import { announce } from "./dom.js";
import { closeMenu } from "./menu.js";
import { startMain, startThread } from "./main.js";
import { renderModal } from "./modal.js";
import { startOutside } from "./outside.js";
import { nameOf, renderPeople } from "./people.js";
import { say } from "./say.js";
import { MAILBOX, accept, channel, fromAddress, go, messages, onChange, session } from "./session.js";
import { closeDrawer, renderSidebar, startDrawer } from "./sidebar.js";
import { startStory } from "./story.js";
import { markRead, takeAsSeen } from "./unread.js";

const part = (id) => document.getElementById(id);

const renderClock = startClock(part("clock"), part("trouble"));
const renderMain = startMain(part("main"));
const renderThread = startThread(part("thread"));
const renderOutside = startOutside(part("outside"));
const renderStory = startStory(part("story"));
startDrawer();

let followed = null;

function render() {
  if (session.me && session.me !== followed) {
    followed = session.me;
    closeMenu();
    part("main").classList.add("loading");
    follow(away);
  }
  if (!session.state) return;
  part("main").classList.remove("loading");
  renderPeople(part("people"));
  renderClock();
  renderSidebar(part("sidebar"));
  renderMain();
  renderThread();
  renderOutside();
  renderModal();
  renderStory();
  tellNews();
  markRead();
  const place = channel();
  const where = session.channel === MAILBOX ? say("Mailbox") : place ? (place.kind === "dm" ? place.name : `#${place.name}`) : say("Local Slack");
  document.title = say("{place} – {person} – Local Slack", { place: where, person: nameOf(session.me) });
}

let mailsTold = null; // how many mails were read out or were there at the beginning
let told = null; // {where, ts}: the last message that was read out or was there at the beginning

/** Screen readers hear of new mails, and new messages of the open channel and its threads, also those that only this person
 * sees. */
function tellNews() {
  const list = messages();
  const where = `${session.me}/${session.channel}`;
  const latest = list.at(-1)?.ts ?? "";
  if (told?.where === where) {
    const fresh = list.filter((each) => each.ts > told.ts && each.user !== session.me);
    if (fresh.length) announce(fresh.map((each) => `${nameOf(each.user)}: ${each.text}`).join(". "));
  }
  told = { where, ts: latest };
  const { mails } = session.state;
  if (mails && mailsTold !== null && mails.length > mailsTold) announce(say("New mail to {address}: {subject}", { address: mails.at(-1).to, subject: mails.at(-1).subject }));
  mailsTold = mails?.length ?? null;
}

function away(on) {
  const note = part("offline");
  note.hidden = !on;
  note.textContent = on ? say("The local Slack does not answer. Trying again…") : "";
}

const STOPS = [".message[tabindex='0']", "[aria-current]", "[aria-pressed=true]", "button"];
const REGIONS = ["top", "sidebar", "story", "main", "outside", "thread"];

/** F6 moves through the page's regions. */
function nextRegion(event) {
  if (event.key !== "F6" || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  const there = REGIONS.map(part).filter((each) => each.offsetParent !== null || each.id === "top");
  const at = there.findIndex((each) => each.contains(document.activeElement));
  const to = there[(at + (event.shiftKey ? -1 : 1) + there.length) % there.length];
  const stops = STOPS.map((stop) => [...to.querySelectorAll(stop)].find((each) => each.offsetParent !== null));
  (stops.find(Boolean) ?? to).focus();
}

document.addEventListener("keydown", nextRegion);
document.addEventListener("visibilitychange", markRead);
window.addEventListener("popstate", () => {
  closeDrawer();
  go(fromAddress(), { replace: true });
});

/** Load the state once for every person: channel membership shows who is a lead, and old messages are not new. */
async function start() {
  const wanted = fromAddress();
  const first = await look(wanted.me);
  const others = first.users.filter((each) => !each.bot && each.status !== "deactivated" && each.id !== first.me);
  const views = [first, ...(await Promise.all(others.map((each) => look(each.id))))];
  for (const state of views) {
    session.teamsOf.set(state.me, state.channels.filter((each) => each.kind !== "dm").map((each) => each.name));
    takeAsSeen(state);
  }
  Object.assign(session, { me: first.me, channel: wanted.channel, thread: wanted.thread });
  accept(first);
  go({}, { replace: true });
}

onChange(render);

(async function begin() {
  for (;;) {
    try {
      await start();
      away(false);
      return;
    } catch (problem) {
      if (session.state) throw problem;
      away(true);
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
})();
