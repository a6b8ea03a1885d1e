// The middle of the page: a channel with its messages, or the bot's Home tab; and the thread beside it.

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { append, h, icon, reconcile, unchanged } from "./dom.js";
import { perform } from "./perform.js";
import { messageItems, messageList } from "./messages.js";
import { avatar, nameOf } from "./people.js";
import { count, say } from "./say.js";
import { channel, go, isReply, messageAt, messages, replies, session } from "./session.js";
import { mark, sharedMark } from "./sidebar.js";

const wide = () => matchMedia("(min-width: 800px)").matches;

/** The channel's panel; gives the function that updates it. */
export function startMain(host) {
  const head = h("header", { class: "panel-head" });
  const list = messageList(say("Messages"));
  const home = h("div", { class: "scroll home", hidden: true, dataset: { testid: "home" } });
  const notices = h("ul", { class: "notices", "aria-live": "polite", "aria-label": say("Notes from the local Slack") });
  const writing = composer("composer", "composer", () => {
    const place = channel();
    const name = place ? (place.kind === "dm" ? place.name : `#${place.name}`) : "";
    const hint = place?.archived ? say("{place} is archived", { place: name }) : place?.kind === "dm" || !wide() ? say("Message {place}", { place: name }) : say("Message {place}, or / for a command", { place: name });
    return { key: `${session.me}/${place?.id}`, channel: place?.id, hint, closed: !place || place.archived };
  });
  host.append(head, list.box, home, notices, writing.form);
  return () => {
    const place = channel();
    if (!session.state || !place) return;
    renderHead(head, place);
    const atHome = session.tab === "home" && place.kind === "dm";
    home.hidden = !atHome;
    list.box.hidden = writing.form.hidden = atHome;
    if (atHome) renderHome(home);
    list.list.setAttribute("aria-label", say("Messages in {place}", { place: place.kind === "dm" ? place.name : `#${place.name}` }));
    const shown = messages().filter((each) => !isReply(each) || each.broadcast);
    list.show([...welcome(place), ...messageItems(shown, place.id)], `${session.me}/${place.id}`);
    renderNotices(notices, place);
    writing.update();
  };
}

function welcome(place) {
  const who = place.kind === "dm" ? say("You and {app}, nobody else.", { app: place.name }) : place.topic || say("This is where the channel begins.");
  const title = place.kind === "dm" ? place.name : `#${place.name}`;
  return [{ key: "welcome", content: [title, who], make: () => h("li", { class: "welcome" }, h("p", { class: "welcome-title" }, title), h("p", null, who)) }];
}

function renderHead(head, place) {
  if (unchanged(head, [place.id, place.name, place.topic, place.members, place.kind, place.archived, session.tab, session.me])) return;
  const title = h("h2", { class: "panel-title" }, mark(place), place.name);
  const faces = h("span", { class: "faces", title: place.members.map(nameOf).join(", ") },
    place.members.slice(0, 5).map((id) => avatar(id, "tiny")), h("span", { class: "hidden" }, say("Members: {people}", { people: place.members.map(nameOf).join(", ") })));
  head.replaceChildren();
  append(head, title, sharedMark(place), place.archived ? h("span", { class: "badge" }, say("archived")) : null,
    place.kind === "dm" ? tabs() : h("p", { class: "topic" }, place.topic), place.kind === "dm" ? null : faces);
}

function tabs() {
  const tab = (name, label) => h("button", {
    type: "button", class: "tab", "aria-pressed": String(session.tab === name), dataset: { testid: `tab-${name}` },
    onclick: (event) => {
      go({ tab: name });
      if (name === "home") perform(event.currentTarget, "open_home");
    },
  }, label);
  return h("div", { class: "tabs", role: "group", "aria-label": say("View") }, tab("home", say("Home")), tab("messages", say("Messages")));
}

function renderHome(home) {
  const view = session.state.home;
  const surface = view && {
    name: `view-${view.id}`, stableIds: true, values: view.state?.values ?? {},
    act: (control, action) => perform(control, "click", { view_id: view.id, ...action }),
  };
  const make = () => h("div", { class: "home-body", tabindex: "-1" },
    view ? blocks(view.blocks, surface) : h("p", { class: "hint" }, say("{app} shows nothing here (yet).", { app: session.state.app.name })));
  reconcile(home, [{ key: "home", content: [session.me, view?.id, view?.hash, view?.blocks], make }]);
}

/** Slack's own notes to one person, unless they stand among the messages anyhow. */
function renderNotices(host, place) {
  const whispered = new Set(messages().filter((each) => each.ephemeral).map((each) => each.text));
  const found = session.state.notices.filter((each) => (!each.channel || each.channel === place.id) && !whispered.has(each.text));
  const items = found.slice(-2).map((each) => ({
    key: `${each.at}${each.text}`,
    content: each,
    make: () => h("li", null, icon("trouble"), h("span", null, each.text), h("small", null, say("only visible to you")),
      h("button", { type: "button", class: "icon-button", "aria-label": say("Close this note"), onclick: (event) => perform(event.currentTarget, "dismiss") }, icon("close"))),
  }));
  reconcile(host, items);
}

/** The thread's panel; gives the function that updates it. */
export function startThread(host) {
  const title = h("h2", { class: "panel-title" });
  const where = h("span", { class: "topic" });
  const close = h("button", { type: "button", class: "icon-button", "aria-label": say("Close the thread"), dataset: { testid: "thread-close" }, onclick: closeThread }, icon("close"));
  const list = messageList(say("Thread"));
  const writing = composer("thread-composer", "thread-composer", () => ({
    key: `${session.me}/${session.channel}/${session.thread}`, channel: session.channel, thread_ts: session.thread,
    hint: say("Reply in the thread"), closed: channel()?.archived,
  }));
  host.append(h("header", { class: "panel-head" }, title, where, close), list.box, writing.form);
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closeThread();
  });
  let shown = null;
  return () => {
    const root = session.state && session.thread && session.tab === "messages" ? messageAt(session.channel, session.thread) : null;
    host.hidden = !root;
    document.body.classList.toggle("with-thread", Boolean(root));
    if (!root) { shown = null; return; }
    title.textContent = say("Thread");
    where.textContent = channel().kind === "dm" ? channel().name : `#${channel().name}`;
    const below = replies(session.channel, session.thread);
    const there = below.filter((each) => !each.ephemeral).length;
    const words = there ? count(there, "{n} reply", "{n} replies") : say("No replies yet");
    const line = { key: "line", content: words, make: () => h("li", { class: "day" }, h("h3", null, words)) };
    const [first, ...rest] = messageItems([root, ...below], session.channel, { inThread: true });
    const place = `${session.me}/${session.channel}/${session.thread}`;
    list.show([first, line, ...rest], place);
    writing.update();
    if (shown !== place && wide()) writing.field.focus({ preventScroll: true });
    shown = place;
  };
}

function closeThread() {
  const { thread } = session;
  go({ thread: null });
  const root = document.querySelector(`#main [data-ts="${thread}"]`);
  (root?.querySelector("[data-focus=replies]") ?? root)?.focus({ preventScroll: true });
}
