// The rich_text block: sections, lists, quotes and preformatted text.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { format, link, mention, place } from "./mrkdwn.js";
import { say } from "./say.js";

export function richText(parts) {
  return parts.map((part) => {
    const inside = part.elements ?? [];
    if (part.type === "rich_text_list") {
      return h(part.style === "ordered" ? "ol" : "ul", null, inside.map((each) => h("li", null, richText([each]))));
    }
    if (part.type === "rich_text_quote") return h("blockquote", null, inside.map(piece));
    if (part.type === "rich_text_preformatted") return h("pre", null, h("code", null, inside.map(piece)));
    return h("span", null, inside.map(piece));
  });
}

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]];

function piece(part) {
  let node = bare(part);
  for (const [style, tag] of STYLES) {
    if (part.style?.[style]) node = h(tag, null, node);
  }
  return node;
}

function bare(part) {
  switch (part.type) {
    case "text": return lines(part.text);
    case "link": return link(part.url, part.text ?? part.url);
    case "emoji": return emoji(part.name);
    case "user": return mention(part.user_id);
    case "channel": return place(part.channel_id);
    case "usergroup": return h("span", { class: "mention" }, say("@group"));
    case "broadcast": return h("span", { class: "mention" }, `@${part.range}`);
    case "date": return h("time", null, format(part.timestamp, { dateStyle: "medium" }));
    default: return document.createTextNode(part.text ?? "");
  }
}

function lines(text) {
  const parts = document.createDocumentFragment();
  text.split("\n").forEach((line, index) => {
    if (index) parts.append(h("br"));
    parts.append(line);
  });
  return parts;
}
