// Completion while typing: /commands at the start, @people, #channels and :emoji: anywhere.

import { announce, h } from "./dom.js";
import { EMOJI, emoji } from "./emoji.js";
import { avatar, nameOf } from "./people.js";
import { count, say } from "./say.js";
import { channel, session } from "./session.js";

const MOST = 8;

const starts = (word, ...names) => names.some((name) => name.toLowerCase().split(/[\s_-]+/).some((part) => part.startsWith(word)) || name.toLowerCase().startsWith(word));

const SOURCES = [
  [/^(\/[\w-]*)$/, (word) => (session.state?.commands ?? [])
    .filter((each) => each.name.startsWith(word))
    .map((each) => ({ text: each.name, label: each.name, hint: [each.usage_hint, each.description].filter(Boolean).join(" · ") }))],
  [/(?:^|[\s(])@([\w.-]*)$/, (word) => {
    const inside = new Set(channel()?.members ?? []);
    return (session.state?.users ?? [])
      .filter((each) => each.status !== "deactivated" && starts(word, each.name, each.real_name))
      .sort((a, b) => Number(inside.has(b.id)) - Number(inside.has(a.id)))
      .map((each) => ({ text: `@${each.name}`, label: nameOf(each.id), hint: `@${each.name}`, picture: () => avatar(each.id, "tiny") }));
  }],
  [/(?:^|[\s(])#([\w-]*)$/, (word) => (session.state?.channels ?? [])
    .filter((each) => each.kind !== "dm" && starts(word, each.name))
    .map((each) => ({ text: `#${each.name}`, label: `#${each.name}`, hint: each.topic }))],
  [/(?:^|\s):([a-z0-9_+-]{2,})$/, (word) => Object.keys(EMOJI)
    .filter((name) => starts(word, name))
    .map((name) => ({ text: `:${name}:`, label: `:${name}:`, hint: "", picture: () => emoji(name) }))],
];

/** Completion for `field`; its list is put into `host`. */
export function completionFor(field, host, id) {
  const list = h("ul", { class: "completion", id, role: "listbox", "aria-label": say("Suggestions"), hidden: true });
  host.prepend(list);
  let found = [];
  let at = 0;
  let word = "";

  function close() {
    found = [];
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const start = field.selectionStart - word.length;
    field.setRangeText(`${found[index].text} `, Math.max(0, start), field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function mark(index) {
    at = index;
    [...list.children].forEach((row, position) => row.setAttribute("aria-selected", String(position === at)));
    field.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function update() {
    const before = field.value.slice(0, field.selectionStart);
    const source = SOURCES.find(([pattern]) => pattern.test(before));
    const match = source?.[0].exec(before);
    found = match ? source[1](match[1].toLowerCase()).slice(0, MOST) : [];
    if (!found.length) return close();
    word = match[0].trimStart().replace(/^\(/, "");
    list.replaceChildren(...found.map((each, index) => h("li", {
      id: `${id}-${index}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(index); },
    }, each.picture?.(), h("strong", null, each.label), each.hint ? h("small", null, each.hint) : null)));
    if (list.hidden) announce(count(found.length, "{n} suggestion, Tab takes one", "{n} suggestions, Tab takes one"));
    list.hidden = false;
    mark(0);
  }

  /** True if the key was for the list. */
  function keydown(event) {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark((at + step + found.length) % found.length);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      if (event.key === "Enter" && found[at].text === word) { close(); return false; }
      choose(at);
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  field.addEventListener("blur", close);
  return { update, close, keydown };
}
