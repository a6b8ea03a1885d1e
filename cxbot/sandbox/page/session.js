// The current view: person, channel, thread, and the last state from the server.

export const session = {
  me: null, // the id of the person who is played
  channel: null,
  thread: null, // the ts of the thread's first message; in the mailbox, the id of the open mail
  tab: "messages", // or "home", in the bot's direct message
  state: null,
  teamsOf: new Map(), // user id -> names of the channels they are in, as seen at the start
};

/** Where mails are: a place like a channel, the same for everybody. */
export const MAILBOX = "mailbox";

const listeners = new Set();
const last = new Map(); // person -> where they were last

export const onChange = (listener) => listeners.add(listener);
export const changed = () => listeners.forEach((listener) => listener(session));

/** Go somewhere. What is not named stays; another person starts where they last were. */
export function go(where, { replace = false } = {}) {
  if (session.me) last.set(session.me, { channel: session.channel, thread: session.thread, tab: session.tab });
  const other = where.me !== undefined && where.me !== session.me;
  const start = other ? (last.get(where.me) ?? { channel: null, thread: null, tab: "messages" }) : {};
  const moved = where.channel !== undefined && where.channel !== session.channel ? { thread: null, tab: "messages" } : {};
  Object.assign(session, start, moved, where);
  if (other) session.state = null;
  const address = `#/${[session.me, session.channel, session.thread].filter(Boolean).join("/")}`;
  if (address !== location.hash) history[replace ? "replaceState" : "pushState"](null, "", address);
  changed();
}

export function fromAddress() {
  const [me, channel, thread] = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);
  return { me: me ?? null, channel: channel ?? null, thread: thread ?? null };
}

/** Store a new state. If the open channel is gone, open the first one. */
export function accept(state) {
  session.state = state;
  session.me = state.me;
  const mailbox = session.channel === MAILBOX && state.mails !== null;
  const there = mailbox || state.channels.some((channel) => channel.id === session.channel);
  if (!there) {
    const first = state.channels.find((channel) => channel.kind !== "dm") ?? state.channels[0];
    Object.assign(session, { channel: first?.id ?? null, thread: null, tab: "messages" });
  }
  const known = mailbox ? mailAt : (ts) => messageAt(session.channel, ts);
  if (session.thread && !known(session.thread)) session.thread = null;
  changed();
}

export const user = (id) => session.state?.users.find((each) => each.id === id) ?? null;
export const channel = (id = session.channel) => session.state?.channels.find((each) => each.id === id) ?? null;
export const messages = (id = session.channel) => session.state?.messages[id] ?? [];
export const messageAt = (place, ts) => messages(place).find((each) => each.ts === ts) ?? null;
export const mailAt = (id) => session.state?.mails?.find((each) => each.id === id) ?? null;

export const isReply = (message) => Boolean(message.thread_ts && message.thread_ts !== message.ts);

/** The messages of a thread after its first one. */
export const replies = (place, ts) => messages(place).filter((each) => each.thread_ts === ts && each.ts !== ts);

/** Small things worth keeping while the tab is open. */
export const memory = {
  read(key, otherwise) {
    try { return JSON.parse(sessionStorage.getItem(`local-slack:${key}`)) ?? otherwise; } catch { return otherwise; }
  },
  write(key, value) {
    try { sessionStorage.setItem(`local-slack:${key}`, JSON.stringify(value)); } catch { /* private window */ }
  },
};
