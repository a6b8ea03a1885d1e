// Slack's text markup to DOM nodes. Nothing a person or the bot wrote ever becomes HTML.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { nameOf } from "./people.js";
import { LOCALE, say } from "./say.js";
import { channel, go, session, user } from "./session.js";

const TOKEN = new RegExp(
  [
    "`([^`\\n]+)`",
    "<([^<>\\n]+)>",
    ":([a-z0-9_+\\-']+):",
    "(https?:\\/\\/[^\\s<>]+[^\\s<>.,;:!?)'\"*_~])",
    "(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])",
    "(?<![\\w_])_(?=\\S)([^_\\n]*[^_\\s])_(?![\\w_])",
    "(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])",
  ].join("|"),
);
const WRAPPERS = ["strong", "em", "s"];

export const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Markup as Slack shows it: code blocks, quotes, emphasis, links, mentions, dates, emoji. */
export function mrkdwn(text) {
  const parts = document.createDocumentFragment();
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((part, index) => {
    if (index % 2) parts.append(h("pre", null, h("code", null, decode(part))));
    else if (part) appendLines(parts, index ? part.replace(/^\n/, "") : part);
  });
  return parts;
}

function appendLines(parts, text) {
  let quote = null;
  let first = true;
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(?:&gt;&gt;|>>)? ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) parts.append((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(inline(quoted[1]));
      first = true;
    } else {
      if (!first) parts.append(h("br"));
      quote = null;
      parts.append(inline(line));
      first = false;
    }
  }
}

function inline(text) {
  const parts = document.createDocumentFragment();
  let rest = text;
  for (let found = TOKEN.exec(rest); found; found = TOKEN.exec(rest)) {
    parts.append(decode(rest.slice(0, found.index)));
    const [whole, code, angle, name, address, ...wrapped] = found;
    if (code !== undefined) parts.append(h("code", null, decode(code)));
    else if (angle !== undefined) parts.append(reference(angle));
    else if (name !== undefined) parts.append(emoji(name));
    else if (address !== undefined) parts.append(link(decode(address), decode(address)));
    else {
      const index = wrapped.findIndex((each) => each !== undefined);
      parts.append(h(WRAPPERS[index], null, inline(wrapped[index])));
    }
    rest = rest.slice(found.index + whole.length);
  }
  parts.append(decode(rest));
  return parts;
}

/** Plain text: emoji names are pictures, all else is as written. */
export function plain(text, withEmoji = true) {
  if (!withEmoji) return document.createTextNode(text);
  const parts = document.createDocumentFragment();
  text.split(/:([a-z0-9_+\-']+):/).forEach((part, index) => parts.append(index % 2 ? emoji(part) : part));
  return parts;
}

/** A Block Kit text object. */
export function textObject(object) {
  if (!object) return document.createTextNode("");
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text, object.emoji !== false);
}

function reference(inside) {
  const [target, ...labels] = inside.split("|");
  const label = labels.join("|");
  if (target.startsWith("@")) return mention(target.slice(1), label);
  if (target.startsWith("#")) return place(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || say("@group"));
  if (target.startsWith("!")) return h("span", { class: "mention" }, `@${target.slice(1)}`);
  return link(decode(target), decode(label || target));
}

/** A link that opens elsewhere; only for addresses that cannot run anything. */
export function link(target, label) {
  if (!/^(https?:|mailto:)/i.test(target)) return document.createTextNode(label);
  return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function mention(id, label = "") {
  const name = user(id) ? nameOf(id) : label || id;
  return h("span", { class: id === session.me ? "mention mention-me" : "mention" }, `@${decode(name).replace(/^@/, "")}`);
}

export function place(id, label = "") {
  const known = channel(id);
  const name = `#${known?.name ?? (label || say("private channel"))}`;
  if (!known) return h("span", { class: "mention" }, name);
  return h("button", { type: "button", class: "mention", onclick: () => go({ channel: id }) }, name);
}

export const zone = () => user(session.me)?.tz ?? "UTC";

/** A moment in the reader's zone, in the parts of Intl.DateTimeFormat. */
export function format(seconds, options) {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: zone(), ...options }).format(new Date(seconds * 1000));
}

const DATES = {
  date_num: (s) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone() }).format(new Date(s * 1000)),
  date: (s) => format(s, { day: "numeric", month: "long", year: "numeric" }),
  date_short: (s) => format(s, { day: "numeric", month: "short", year: "numeric" }),
  date_long: (s) => format(s, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  time: (s) => format(s, { hour: "2-digit", minute: "2-digit" }),
  time_secs: (s) => format(s, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
};

function date(target, fallback) {
  const [, seconds, shape, address] = target.split("^");
  const at = Number(seconds);
  if (!Number.isFinite(at) || !shape) return document.createTextNode(decode(fallback));
  const words = decode(shape).replace(/\{(\w+?)(_pretty)?\}/g, (whole, name) => DATES[name]?.(at) ?? whole);
  const element = h("time", { datetime: new Date(at * 1000).toISOString() }, words.includes("{") ? decode(fallback) : words);
  return address ? link(address, element.textContent) : element;
}

/** What a person typed, as Slack sends it: `&<>` escaped, known names and addresses as references. */
export function encode(typed) {
  const people = new Map();
  for (const each of session.state?.users ?? []) {
    people.set(each.real_name.toLowerCase(), each.id);
    people.set(nameOf(each.id).toLowerCase(), each.id);
    people.set(each.name.toLowerCase(), each.id);
  }
  const names = [...people.keys()].sort((a, b) => b.length - a.length);
  const alternatives = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const escaped = typed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const mentioned = alternatives
    ? escaped.replace(new RegExp(`(?<![\\w@])@(${alternatives})(?![\\w-])`, "gi"), (_, name) => `<@${people.get(name.toLowerCase())}>`)
    : escaped;
  return mentioned
    .replace(/(?<![\w&])#([\w-]+)/g, (whole, name) => {
      const known = session.state?.channels.find((each) => each.kind !== "dm" && each.name === name);
      return known ? `<#${known.id}|${known.name}>` : whole;
    })
    .replace(/(?<![\w@])@(channel|here|everyone)\b/g, "<!$1>")
    .replace(/(?<![<|\w])https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"]/g, (address) => `<${address}>`);
}
