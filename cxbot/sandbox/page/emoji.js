// Emoji by their short names: a sensible set, and drawings for machines without an emoji font.

import { h } from "./dom.js";

export const EMOJI = {
  ballot_box_with_ballot: "🗳️", white_check_mark: "✅", eyes: "👀", thumbsup: "👍", "+1": "👍", thumbsdown: "👎",
  "-1": "👎", tada: "🎉", heart: "❤️", pray: "🙏", raised_hands: "🙌", clap: "👏", wave: "👋", rocket: "🚀",
  fire: "🔥", sparkles: "✨", star: "⭐", smile: "😄", slightly_smiling_face: "🙂", blush: "😊", joy: "😂",
  thinking_face: "🤔", neutral_face: "😐", disappointed: "😞", cry: "😢", angry: "😠", sweat_smile: "😅",
  heavy_check_mark: "✔️", x: "❌", warning: "⚠️", question: "❓", exclamation: "❗", bulb: "💡", bell: "🔔",
  calendar: "📅", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", memo: "📝",
  speech_balloon: "💬", phone: "☎️", email: "✉️", hourglass: "⌛", clock: "🕘", lock: "🔒", unlock: "🔓", link: "🔗",
  mag: "🔍", gear: "⚙️", package: "📦", coffee: "☕", point_right: "👉", point_left: "👈", muscle: "💪", ok_hand: "👌",
  "100": "💯", hand: "✋", raised_hand: "✋", mega: "📣", loudspeaker: "📢", ticket: "🎫", inbox_tray: "📥",
  arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", large_green_circle: "🟢", large_yellow_circle: "🟡",
  red_circle: "🔴", white_circle: "⚪", recycle: "♻️", sunny: "☀️", robot_face: "🤖", ballot_box_with_check: "☑️",
};

/** The reactions that are offered; a team's own comes first. */
export const OFFERED = ["ballot_box_with_ballot", "white_check_mark", "eyes", "thumbsup", "tada", "heart", "pray", "raised_hands"];

const DRAWN = {
  ballot_box_with_ballot: ["M3 11h18v9H3z", "M8 13V3h8v10M10.500 7l1.500 1.500L14.500 5.500"],
  white_check_mark: ["M3 3h18v18H3z", "M7 12.500l3.500 3.500L17 8.500"],
  eyes: ["M7 6c-2.500 0-4 2.700-4 6s1.500 6 4 6 4-2.700 4-6-1.500-6-4-6zM17 6c-2.500 0-4 2.700-4 6s1.500 6 4 6 4-2.700 4-6-1.500-6-4-6z", "M8 12v2M18 12v2"],
  thumbsup: ["M8 11l4-8c2 0 2.500 1.500 2 3.500L13.500 9H20v3l-2 8H8z", "M4 11v9"],
  tada: ["M3 21l5-12 7 7z", "M14 9c1-2 1-3 0-5M17 12c2-1 3-1 4 0M17 7l3-3"],
  heart: ["M12 20C4 14 3 10 3 8a4.500 4.500 0 0 1 9-1 4.500 4.500 0 0 1 9 1c0 2-1 6-9 12z", ""],
};
const SAME = { "+1": "thumbsup" };
const SVG = "http://www.w3.org/2000/svg";
const drawable = new Map();

/** Whether this browser has a picture for a character, found out by drawing it and a character that cannot exist. */
function canDraw(character) {
  if (!drawable.has(character)) drawable.set(character, pixels(character) !== pixels("\u{1FFFE}\u{FE0F}") && pixels(character) !== pixels("\u{1FFFE}"));
  return drawable.get(character);
}

function pixels(character) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return character;
  pen.font = "14px system-ui, sans-serif";
  pen.fillText([...character][0], 1, 15);
  // A missing glyph is a box with the character's number in it: compare the outline, not the digits.
  const { data } = pen.getImageData(0, 0, 20, 20);
  let columns = "";
  for (let x = 0; x < 20; x += 1) {
    let height = 0;
    for (let y = 0; y < 20; y += 1) height += data[(y * 20 + x) * 4 + 3] > 100 ? 1 : 0;
    columns += height > 9 ? "|" : ".";
  }
  return columns;
}

/** An emoji for `:name:`; a name that is not known stays as it was written. */
export function emoji(name) {
  const character = EMOJI[name];
  const drawing = DRAWN[SAME[name] ?? name];
  const label = name.replaceAll("_", " ");
  if (character && canDraw(character)) {
    return h("span", { class: "emoji", role: "img", "aria-label": label, title: `:${name}:` }, character);
  }
  if (drawing) return h("span", { class: "emoji", role: "img", "aria-label": label, title: `:${name}:` }, drawn(drawing));
  return document.createTextNode(`:${name}:`);
}

/** Whether there is a picture for this name here. */
export const hasPicture = (name) => Boolean(DRAWN[SAME[name] ?? name]) || Boolean(EMOJI[name] && canDraw(EMOJI[name]));

function drawn([filled, lines]) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.classList.add("drawn");
  for (const [index, d] of [filled, lines].entries()) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    if (index === 0) path.classList.add("filled");
    svg.append(path);
  }
  return svg;
}
