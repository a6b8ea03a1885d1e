// Block Kit blocks to DOM nodes, for messages, modals and the Home tab.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { mrkdwn, plain, textObject } from "./mrkdwn.js";
import { picture, pictureOf } from "./pictures.js";
import { richText } from "./richtext.js";
import { say } from "./say.js";

/**
 * The blocks of one surface. `surface` says what to do with them: `name` (unique, for ids and drafts), `values`
 * (state.values) and `act(control, action)`.
 */
export function blocks(list, surface) {
  return list.map((block) => (RENDER[block.type] ?? unknown)(block, surface));
}

const RENDER = {
  actions: (block, surface) =>
    h("div", { class: "block actions", role: "group" }, block.elements.map((each) => element(each, block, surface))),
  context: (block) =>
    h("div", { class: "block context" }, block.elements.map((each) =>
      each.type === "image" ? picture(each, "tiny") : h("span", null, textObject(each)))),
  divider: () => h("hr", { class: "block" }),
  header: (block) => h("h3", { class: "block block-header" }, textObject(block.text)),
  image: (block) => pictureOf(block),
  input: (block, surface) => input(block, surface),
  markdown: (block) => h("div", { class: "block" }, mrkdwn(fromMarkdown(block.text))),
  rich_text: (block) => h("div", { class: "block rich" }, richText(block.elements)),
  section: (block, surface) => section(block, surface),
  alert: (block) => h("div", { class: "block alert" }, textObject(block.text)),
  table: (block) => table(block),
};

function section(block, surface) {
  const words = h("div", { class: "section-text" }, block.text ? textObject(block.text) : null);
  if (block.fields) {
    words.append(h("div", { class: "fields" }, block.fields.map((field) => h("div", null, textObject(field)))));
  }
  const accessory = block.accessory
    ? h("div", { class: "accessory" },
      block.accessory.type === "image" ? picture(block.accessory, "thumb") : element(block.accessory, block, surface))
    : null;
  return h("div", { class: "block section" }, words, accessory);
}

/** A labelled field with its hint and a place for the complaint about it. */
function input(block, surface) {
  const id = `${surface.name}-${block.block_id}`.replace(/[^\w-]/g, "_");
  const group = /^(checkboxes|radio_buttons|multi_)/.test(block.element.type);
  const notes = [block.hint ? `${id}-hint` : null, `${id}-error`].filter(Boolean).join(" ");
  const field = element(block.element, block, surface, { id, notes, required: !block.optional });
  const label = [plain(block.label.text), block.optional ? h("span", { class: "optional" }, " ", say("(optional)")) : null];
  return h(
    group ? "fieldset" : "div",
    { class: "block input", dataset: { blockId: block.block_id } },
    group ? h("legend", { class: "label" }, label) : h("label", { class: "label", for: id }, label),
    field,
    block.hint ? h("p", { class: "hint", id: `${id}-hint` }, plain(block.hint.text)) : null,
    h("p", { class: "error", id: `${id}-error`, hidden: true, role: "alert" }),
  );
}

function table(block) {
  const cell = (each) => (each.type === "rich_text" ? richText(each.elements) : plain(each.text ?? ""));
  const [head, ...rows] = block.rows;
  return h("div", { class: "block table", tabindex: "0", role: "region", "aria-label": say("Table") },
    h("table", null,
      h("thead", null, h("tr", null, head.map((each) => h("th", { scope: "col" }, cell(each))))),
      h("tbody", null, rows.map((row) => h("tr", null, row.map((each) => h("td", null, cell(each))))))));
}

const fromMarkdown = (text) =>
  text
    .replace(/^#{1,6} +(.+)$/gm, "*$1*")
    .replace(/\*\*(.+?)\*\*/g, "*$1*")
    .replace(/~~(.+?)~~/g, "~$1~")
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>")
    .replace(/^\s*[-*] +/gm, "• ");

function unknown(block) {
  const words = block.title?.text ?? block.text?.text ?? block.alt_text ?? "";
  return h("p", { class: "block unknown" }, `[${block.type}] ${words}`);
}
