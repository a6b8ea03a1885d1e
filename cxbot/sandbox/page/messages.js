// Messages: one as a list item, and a scrolling list of them that stays where its reader is.

import { blocks } from "./blocks.js";
import { h, icon, reconcile } from "./dom.js";
import { perform } from "./perform.js";
import { OFFERED, emoji } from "./emoji.js";
import { menuOf, reactMenu } from "./messagemenu.js";
import { format, mrkdwn } from "./mrkdwn.js";
import { avatar, companyOf, nameOf, roleName, roleOf } from "./people.js";
import { file } from "./pictures.js";
import { count, say } from "./say.js";
import { go, isReply, session, user } from "./session.js";
import { hasNews } from "./unread.js";

const GROUPED_SECONDS = 300;

/** `inThread`: the list is a thread's; its root has another test id, so that each is unique in the page. */
export function messageItems(list, place, { inThread = false } = {}) {
  const items = [];
  let before = null;
  for (const message of list) {
    const day = format(message.ts, { weekday: "long", day: "numeric", month: "long" });
    if (!inThread && (!before || format(before.ts, { dateStyle: "short" }) !== format(message.ts, { dateStyle: "short" }))) {
      items.push({ key: `day-${message.ts}`, content: day, make: () => h("li", { class: "day" }, h("h3", null, day)) });
      before = null;
    }
    const grouped = Boolean(before) && before.user === message.user && before.ephemeral === message.ephemeral
      && !before.reply_count && message.ts - before.ts < GROUPED_SECONDS;
    const news = !inThread && hasNews(place, message);
    const key = `${message.ts}${message.ephemeral ? "-only-you" : ""}`;
    const context = [grouped, news, session.me, session.state.users.length, session.state.channels.length];
    items.push({ key, content: [message, context], make: () => item(message, place, { inThread, grouped, news }) });
    before = message;
  }
  return items;
}

function testid(message, inThread) {
  if (inThread && !isReply(message)) return `thread-root-${message.ts}`;
  return !inThread && isReply(message) ? `broadcast-${message.ts}` : `message-${message.ts}`;
}

function item(message, place, { inThread, grouped, news }) {
  const who = user(message.user);
  const name = nameOf(message.user);
  const id = `${inThread ? "t" : "m"}${message.ts.replace(".", "-")}${message.ephemeral ? "e" : ""}`;
  const classes = ["message", grouped && "grouped", message.ephemeral && "ephemeral", message.deleted && "tombstone"];
  return h(
    "li",
    {
      class: classes.filter(Boolean).join(" "), tabindex: "-1", "aria-labelledby": `${id}-who`,
      dataset: { testid: testid(message, inThread), ts: message.ts },
    },
    avatar(message.user),
    h("div", { class: "message-body" },
      h("p", { class: "who", id: `${id}-who` },
        h("strong", null, name),
        who?.bot ? h("span", { class: "badge badge-app" }, say("APP")) : who && who.external ? h("span", { class: "badge badge-customer" }, companyOf(who.id) ?? roleName(roleOf(who))) : null,
        h("time", { datetime: new Date(message.ts * 1000).toISOString(), title: message.local_time }, format(message.ts, { hour: "2-digit", minute: "2-digit" })),
        message.broadcast && !inThread ? h("span", { class: "note" }, say("replied to a thread")) : null,
      ),
      message.ephemeral ? h("p", { class: "only-you" }, icon("lock"), say("Only visible to you")) : null,
      content(message, place, inThread),
      message.reactions.length ? reactions(message, place) : null,
      !inThread && message.reply_count ? repliesLink(message, place, news) : null,
      inThread || !isReply(message) ? null : h("button", { type: "button", class: "replies", onclick: () => go({ thread: message.thread_ts }) }, say("Open the thread")),
    ),
    message.deleted ? null : toolbar(message, place, inThread),
  );
}

function content(message, place, inThread) {
  const surface = {
    name: `${inThread ? "thread" : "message"}-${place}-${message.ts}`,
    values: message.state,
    act: (control, action) => perform(control, "click", { channel: place, ts: message.ts, ...action }),
  };
  const shown = message.blocks.length
    ? blocks(message.blocks, surface)
    : message.text ? h("div", { class: "text" }, mrkdwn(wordsOf(message)), message.edited ? edited() : null) : null;
  const attachments = (message.attachments ?? []).map((each) =>
    h("div", { class: "attachment" },
      each.blocks ? blocks(each.blocks, surface) : mrkdwn([each.pretext, each.title && `*${each.title}*`, each.text ?? each.fallback].filter(Boolean).join("\n"))));
  return [shown, message.blocks.length && message.edited ? h("p", { class: "after" }, edited()) : null, attachments, message.files.map(file)];
}

/** Slack's own lines are in the reader's language, everybody else's as they were written. */
function wordsOf(message) {
  if (message.deleted) return say("This message was deleted.");
  if (message.subtype === "channel_join") return say("{person} has joined the channel", { person: `<@${message.user}>` });
  return message.text;
}

const edited = () => h("small", { class: "edited" }, " ", say("(edited)"));

function reactions(message, place) {
  const chips = message.reactions.map(({ name, users }) => {
    const mine = users.includes(session.me);
    const names = users.map(nameOf).join(", ");
    return h("button", {
      type: "button", class: "chip", "aria-pressed": String(mine), title: say("{people} reacted with {emoji}", { people: names, emoji: `:${name}:` }),
      "aria-label": `${name.replaceAll("_", " ")}, ${users.length}: ${names}`, dataset: { focus: `chip-${name}`, reaction: name },
      onclick: (event) => perform(event.currentTarget, mine ? "unreact" : "react", { channel: place, ts: message.ts, name }),
    }, emoji(name), h("span", null, String(users.length)));
  });
  return h("div", { class: "reactions", role: "group", "aria-label": say("Reactions") }, chips);
}

function repliesLink(message, place, news) {
  const faces = h("span", { class: "faces" }, message.reply_users.slice(0, 3).map((id) => avatar(id, "tiny")));
  return h("button", {
    type: "button", class: news ? "replies news" : "replies", dataset: { focus: "replies", testid: `replies-${message.ts}` },
    onclick: () => go({ channel: place, thread: message.ts }),
  }, faces, h("span", null, count(message.reply_count, "{n} reply", "{n} replies")), news ? h("span", { class: "dot" }, say("new")) : null);
}

function toolbar(message, place, inThread) {
  const react = h("button", {
    type: "button", class: "icon-button", "aria-label": say("Add a reaction"), title: say("Add a reaction"), "aria-haspopup": "menu",
    "aria-expanded": "false", dataset: { testid: "reaction-add", focus: "tool-react" },
    onclick: (event) => reactMenu(event.currentTarget, message, place, OFFERED),
  }, icon("smile"));
  const reply = h("button", {
    type: "button", class: "icon-button tool-reply", "aria-label": say("Reply in a thread"), title: say("Reply in a thread"), dataset: { focus: "tool-reply", testid: "reply-in-thread" },
    onclick: () => go({ channel: place, thread: message.thread_ts ?? message.ts }),
  }, icon("reply"));
  const more = h("button", {
    type: "button", class: "icon-button", "aria-label": say("More about this message"), title: say("More"), "aria-haspopup": "menu",
    "aria-expanded": "false", dataset: { focus: "tool-more", testid: "message-menu" },
    onclick: (event) => menuOf(event.currentTarget, message, place),
  }, icon("more"));
  return h("div", { class: "toolbar", role: "group", "aria-label": say("Message actions") },
    message.ephemeral ? null : react, inThread || message.ephemeral ? null : reply, more);
}

/** A scrolling list of messages. `show(items, where)` updates it; another `where` starts at its last position. */
export function messageList(label) {
  const list = h("ol", { class: "messages", "aria-label": label });
  const box = h("div", { class: "scroll" }, list);
  const positions = new Map();
  let where = null;
  let stuck = true;
  box.addEventListener("scroll", () => {
    stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
    if (where) positions.set(where, stuck ? null : box.scrollTop);
  });
  const settle = () => { if (stuck) box.scrollTop = box.scrollHeight; };
  new ResizeObserver(settle).observe(list);
  new ResizeObserver(settle).observe(box);
  list.addEventListener("keydown", (event) => rove(event, list));
  list.addEventListener("focusin", (event) => setStop(list, event.target.closest(".message")));
  return {
    box,
    list,
    show(items, place) {
      const moved = place !== where;
      where = place;
      if (moved) list.replaceChildren();
      reconcile(list, items);
      if (!list.querySelector(".message[tabindex='0']")) setStop(list, [...list.querySelectorAll(".message")].at(-1));
      if (!moved) return settle();
      const kept = positions.get(place) ?? null;
      stuck = kept === null;
      if (stuck) settle();
      else box.scrollTop = kept;
    },
  };
}

/** One message of a list is in the tab order; arrows move to the others. */
function setStop(list, message) {
  if (!message) return;
  list.querySelectorAll(".message[tabindex='0']").forEach((each) => each.setAttribute("tabindex", "-1"));
  message.setAttribute("tabindex", "0");
}

function rove(event, list) {
  if (!event.target.classList.contains("message")) return;
  const all = [...list.querySelectorAll(".message")];
  const at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all[to]) return;
  event.preventDefault();
  all[to].focus();
  all[to].scrollIntoView({ block: "nearest" });
}
