// Menus that open beside a button: arrows move, Escape and a click elsewhere close, focus goes back.

import { h } from "./dom.js";

let open = null;

/** `items`: {label, content?, testid?, hint?, run} or "-" for a line; `extra` is a node put below them. */
export function openMenu(anchor, label, items, { extra = null, wide = false, grid = false } = {}) {
  const again = open?.anchor === anchor;
  closeMenu();
  if (again) return;
  const rows = items.map((item) => (item === "-" ? h("hr") : row(item)));
  const list = h("div", { class: grid ? "menu-grid" : "menu-list", role: "menu", "aria-label": label }, rows);
  const box = h("div", { class: `menu ${wide ? "menu-wide" : ""}` }, list, extra);
  anchor.closest("dialog, body > *").append(box); // a region of the page, for screen readers
  anchor.setAttribute("aria-expanded", "true");
  open = { anchor, box };
  settle(anchor, box);
  box.addEventListener("keydown", (event) => keys(event, box));
  document.addEventListener("pointerdown", outside, true);
  (box.querySelector("[role=menuitem]") ?? box.querySelector("input"))?.focus();
}

export function closeMenu({ refocus = false } = {}) {
  if (!open) return;
  const { anchor, box } = open;
  open = null;
  document.removeEventListener("pointerdown", outside, true);
  const inside = box.contains(document.activeElement);
  box.remove();
  anchor.setAttribute("aria-expanded", "false");
  if ((refocus || inside) && anchor.isConnected) anchor.focus({ preventScroll: true });
}

function row({ label, content = null, testid = null, hint = null, run }) {
  return h(
    "button",
    {
      type: "button", role: "menuitem", tabindex: "-1", class: "menu-item", "aria-label": content ? label : null,
      title: content ? label : null, dataset: testid ? { testid } : {},
      onclick: () => { closeMenu({ refocus: true }); run(); },
    },
    content ?? h("span", null, label),
    hint ? h("small", null, hint) : null,
  );
}

function outside(event) {
  if (open && !open.box.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
}

function keys(event, box) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu({ refocus: true });
    return;
  }
  if (event.key === "Tab") {
    if (!box.querySelector("input")) closeMenu({ refocus: true });
    return;
  }
  const items = [...box.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const to = step ? (at + step + items.length) % items.length : { Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || (at < 0 && step === undefined)) return;
  if (event.target.matches("input") && !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  items[to]?.focus();
}

function settle(anchor, box) {
  const from = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(Math.max(8, from.right - width), innerWidth - width - 8);
  const below = from.bottom + 4 + height < innerHeight;
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = `${below ? from.bottom + 4 : Math.max(8, from.top - height - 4)}px`;
}
