// The menus of a message: reactions, the app's shortcuts, and what else one can do with it.

import { perform, toast } from "./perform.js";
import { h } from "./dom.js";
import { emoji, hasPicture } from "./emoji.js";
import { closeMenu, openMenu } from "./menu.js";
import { say } from "./say.js";
import { go, session, user } from "./session.js";

/** Choose a reaction: a short list, or any name. */
export function reactMenu(anchor, message, place, offered) {
  const put = (name) => perform(anchor, "react", { channel: place, ts: message.ts, name });
  const names = offered.filter(hasPicture);
  const items = names.map((name) => ({
    label: name.replaceAll("_", " "), content: emoji(name), testid: `reaction-option-${name}`, run: () => put(name),
  }));
  const field = h("input", { class: "text-field", placeholder: say("another, such as wave"), "aria-label": say("Another reaction, by name"), autocomplete: "off" });
  const other = h("form", { class: "menu-form", onsubmit: (event) => {
    event.preventDefault();
    const name = field.value.trim().replace(/^:|:$/g, "");
    closeMenu({ refocus: true });
    if (name) put(name);
  } }, field);
  openMenu(anchor, say("Reactions"), items, { extra: other, grid: true });
}

/** Everything else: the app's shortcuts first. */
export function menuOf(anchor, message, place) {
  const shortcuts = message.ephemeral ? [] : session.state.shortcuts.map((each) => ({
    label: each.name, hint: each.available === false ? say("not for people from other companies") : session.state.app.name, testid: `shortcut-${each.callback_id}`,
    run: () => perform(anchor, "shortcut", { channel: place, ts: message.ts, callback_id: each.callback_id }),
  }));
  const items = [...shortcuts];
  if (!message.ephemeral) {
    if (items.length) items.push("-");
    items.push({ label: say("Reply in thread"), run: () => go({ channel: place, thread: message.thread_ts ?? message.ts }) });
    items.push({ label: say("Copy the link"), run: () => copy(message.permalink) });
  }
  items.push({ label: say("Copy the text"), run: () => copy(message.text) });
  if (!message.ephemeral && (message.user === session.me || user(session.me)?.role === "admin")) {
    items.push({ label: say("Delete"), run: () => perform(anchor, "delete", { channel: place, ts: message.ts }) });
  }
  openMenu(anchor, say("Message"), items);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(say("Copied."), "good");
  } catch {
    toast(say("The browser did not allow copying."));
  }
}
