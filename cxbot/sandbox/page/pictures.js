// Images and files in messages: shown inline with their alternative text, large on a click.

import { h, icon, openDialog } from "./dom.js";
import { link, plain } from "./mrkdwn.js";
import { say } from "./say.js";
import { session } from "./session.js";

/** The address of an image on this server, or null: other hosts are never asked. */
function local(image) {
  const address = image.image_url ?? image.slack_file?.url ?? fileById(image.slack_file?.id)?.url_private ?? image.url_private;
  if (!address) return null;
  try {
    const { hostname, pathname } = new URL(address, location.href);
    return ["127.0.0.1", "localhost", location.hostname].includes(hostname) ? pathname : null;
  } catch {
    return null;
  }
}

function fileById(id) {
  const everything = Object.values(session.state?.messages ?? {}).flat().flatMap((message) => message.files);
  return id ? everything.find((file) => file.id === id) : null;
}

/** A small image without a frame (accessories, context). */
export function picture(image, size) {
  const address = local(image);
  if (!address) return h("span", { class: "elsewhere" }, "[", image.alt_text || say("image"), "]");
  return h("img", { src: address, alt: image.alt_text ?? "", class: size });
}

/** An image block, with its title. */
export function pictureOf(block) {
  const alt = block.alt_text ?? "";
  const title = block.title ? h("figcaption", null, plain(block.title.text)) : null;
  const address = local(block);
  const inside = address ? zoomable(address, alt) : h("p", { class: "elsewhere" }, alt, " ", link(block.image_url ?? "", say("(open the picture)")));
  return h("figure", { class: "block picture" }, title, inside);
}

/** An uploaded file. */
export function file(each) {
  const address = local(each);
  if (address && each.mimetype?.startsWith("image/")) {
    const alt = each.alt_txt || each.title || each.name;
    const frame = zoomable(address, alt, each.original_w, each.original_h);
    return h("figure", { class: "picture" }, h("figcaption", null, each.title || each.name), frame);
  }
  return h("a", { class: "file", href: address ?? "#", download: each.name }, each.title || each.name, h("small", null, each.pretty_type));
}

function zoomable(address, alt, width = null, height = null) {
  const image = h("img", { src: address, alt, width, height, loading: "lazy" });
  return h("button", { type: "button", class: "zoom", "aria-label": say("Open large: {picture}", { picture: alt }), onclick: () => enlarge(address, alt) }, image);
}

function enlarge(address, alt) {
  const close = h("button", { type: "button", class: "icon-button lightbox-close", "aria-label": say("Close the picture") }, icon("close"));
  const dialog = h("dialog", { class: "lightbox", "aria-label": alt }, close, h("img", { src: address, alt }), h("p", null, alt));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  openDialog(dialog);
}
