// The field in which messages and slash commands are written, with completion of commands, people and channels.

import { completionFor } from "./completion.js";
import { h, icon } from "./dom.js";
import { isBusy, perform } from "./perform.js";
import { encode } from "./mrkdwn.js";
import { say } from "./say.js";
import { session } from "./session.js";

const drafts = new Map();

/** A composer for what `target()` gives: {key, channel, thread_ts, hint, closed}. Call `update()` after each change. */
export function composer(testid, id, target) {
  const field = h("textarea", {
    id, rows: "1", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": `${id}-list`, dataset: { testid },
  });
  const send = h("button", { type: "submit", class: "icon-button send", "aria-label": say("Send"), title: say("Send (Enter)"), dataset: { testid: `${testid}-send` } }, icon("send"));
  const usage = h("p", { class: "usage", hidden: true });
  const form = h("form", { class: "composer" }, usage, h("div", { class: "composer-row" }, field, send));
  const completion = completionFor(field, form, `${id}-list`);
  let key = null;

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  };
  const typed = () => {
    drafts.set(key, field.value);
    grow();
    showUsage(usage, field.value);
    completion.update();
  };
  field.addEventListener("input", typed);
  field.addEventListener("keydown", (event) => {
    if (completion.keydown(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const { channel, thread_ts } = target();
    if (!text || !channel || isBusy(send)) return;
    const sentFrom = key;
    field.value = "";
    typed();
    const result = await deliver(send, text, channel, thread_ts);
    if (!result.ok && !isCommand(text) && !drafts.get(sentFrom)) {
      drafts.set(sentFrom, text); // a message that was not taken can be sent again
      if (key === sentFrom) { field.value = text; grow(); }
    }
  });

  return {
    form,
    field,
    update() {
      const now = target();
      field.placeholder = now.hint;
      field.setAttribute("aria-label", now.hint);
      field.disabled = Boolean(now.closed);
      if (now.key === key) return;
      key = now.key;
      field.value = drafts.get(key) ?? "";
      completion.close();
      showUsage(usage, field.value);
      requestAnimationFrame(grow);
    },
  };
}

const isCommand = (text) => /^\/[\w-]+/.test(text);

function deliver(control, text, channel, thread_ts) {
  const thread = thread_ts ? { thread_ts } : {};
  if (!isCommand(text)) return perform(control, "post", { channel, text: encode(text), ...thread });
  const [, command, rest] = /^(\/[\w-]+)\s*([\s\S]*)$/.exec(text);
  return perform(control, "command", { channel, command, text: rest, ...thread });
}

/** While a known command is written, how it is used. */
function showUsage(usage, text) {
  const name = /^(\/[\w-]+)\s/.exec(text)?.[1];
  const command = name && session.state?.commands.find((each) => each.name === name);
  usage.hidden = !command || !(command.usage_hint || command.description);
  if (command) usage.replaceChildren(h("code", null, `${command.name} ${command.usage_hint}`), ` ${command.description}`);
}
