// People as the page shows them: names, roles, avatars, and the rows by which one becomes another person.

import { h, unchanged } from "./dom.js";
import { say } from "./say.js";
import { go, session, user } from "./session.js";

const INKS = ["#0b6e5f", "#8a3b7a", "#1f5fa8", "#9a4a16", "#a12c4a", "#2f6b2f", "#5b48a8", "#6b5a10"];

// Names of sample people say what they are: "Anna (agent)", "Carla (customer, Acme)".
const SPOKEN_ROLE = /\s*\((agent|lead|admin|customer)(?:,\s*([^)]+))?\)$/i;

/** A person's name; a role in it is shown as a badge instead. */
export function nameOf(id) {
  if (id === "USLACKBOT" || !id) return say("Local Slack");
  return (user(id)?.real_name ?? id).replace(SPOKEN_ROLE, "");
}

/** The company of somebody from outside, if their name says it. */
export const companyOf = (id) => SPOKEN_ROLE.exec(user(id)?.real_name ?? "")?.[2] ?? null;

/** What a person is in the story: agent, lead, customer, admin; from the server if it says so, else worked out. */
export function roleOf(person) {
  if (person.title) return person.title;
  const spoken = SPOKEN_ROLE.exec(person.real_name)?.[1];
  if (spoken) return spoken.toLowerCase();
  if (person.bot) return "app";
  if (person.external) return "customer";
  if (person.guest) return "guest";
  if (/\blead\b/i.test(person.real_name) || session.teamsOf.get(person.id)?.some((name) => /lead/.test(name))) return "lead";
  return person.role === "admin" ? "admin" : "agent";
}

const ROLES = { agent: say("agent"), lead: say("lead"), admin: say("admin"), customer: say("customer"), guest: say("guest"), app: say("app") };

/** A role as people read it. */
export const roleName = (role) => ROLES[role] ?? role;

export function isAdmin(person) {
  return person.role === "admin";
}

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "·") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

export function avatar(id, size = "") {
  const who = user(id);
  const element = h("span", { class: `avatar ${size} ${who?.bot ? "avatar-bot" : ""}`, "aria-hidden": "true" });
  const name = nameOf(id);
  element.textContent = who?.bot ? name.slice(0, 2).toLowerCase() : initials(name);
  element.style.backgroundColor = INKS[Math.max(0, session.state.users.findIndex((each) => each.id === id)) % INKS.length];
  return element;
}

export const badge = (role) => h("span", { class: `badge badge-${role.split(/\W/)[0]}` }, roleName(role));

/** The people who can be played, the team first and customers last. */
export function players() {
  const order = { agent: 0, lead: 1, admin: 2, guest: 3, customer: 4 };
  const found = (session.state?.users ?? []).filter((each) => !each.bot && each.status !== "deactivated");
  return found.sort((a, b) => (order[roleOf(a)] ?? 3) - (order[roleOf(b)] ?? 3));
}

/** The person switcher. */
export function renderPeople(host) {
  if (!session.state) return;
  const shown = players();
  if (unchanged(host, [session.me, shown.map((each) => [each.id, each.real_name, roleOf(each)])])) return;
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.user : null;
  const label = h("span", { class: "people-label", id: "people-label" }, say("You are"));
  const rows = h("div", { class: "people-row", role: "group", "aria-labelledby": "people-label", dataset: { testid: "person-switcher" } });
  for (const person of shown) rows.append(player(person));
  host.replaceChildren(label, rows);
  if (focused) rows.querySelector(`[data-user="${CSS.escape(focused)}"]`)?.focus();
  const current = rows.querySelector("[aria-pressed=true]");
  if (current) rows.scrollLeft = Math.max(0, current.offsetLeft - rows.clientWidth / 2);
}

function player(person) {
  const role = roleOf(person);
  const me = person.id === session.me;
  return h(
    "button",
    {
      type: "button", class: "person", "aria-pressed": String(me), dataset: { user: person.id },
      title: me ? say("You are {person}", { person: person.real_name }) : say("Become {person}", { person: person.real_name }),
      onclick: () => go({ me: person.id }),
    },
    avatar(person.id, "small"),
    h("span", { class: "person-name" }, nameOf(person.id)),
    badge(role),
    isAdmin(person) && role !== "admin" ? badge("admin") : null,
  );
}
