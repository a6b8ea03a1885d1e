// What a person has not seen yet: channels by the server's count, threads by what was read in this page.

import { act } from "./api.js";
import { memory, messages, session } from "./session.js";

const seen = memory.read("seen", {}); // "person/channel/ts" -> replies seen
const reading = new Set();

const keyOf = (person, place, ts) => `${person}/${place}/${ts}`;

/** Count everything in `state` as seen, unless more is known: what was there when the page was opened is not new. */
export function takeAsSeen(state) {
  for (const [place, list] of Object.entries(state.messages)) {
    for (const message of list) {
      if (message.reply_count) seen[keyOf(state.me, place, message.ts)] ??= message.reply_count;
    }
  }
}

/** Whether a thread has replies the person has not seen; one's own don't count. */
export function hasNews(place, root) {
  const onScreen = session.channel === place && session.thread === root.ts && !document.hidden;
  if (!root.reply_count || onScreen) return false;
  const known = seen[keyOf(session.me, place, root.ts)] ?? 0;
  if (root.reply_count <= known) return false;
  return messages(place).filter((each) => each.thread_ts === root.ts && each.ts !== root.ts).slice(known).some((each) => each.user !== session.me);
}

export const threadsWithNews = (place) => messages(place).filter((root) => hasNews(place, root)).length;

/** What is on the screen now counts as read. */
export function markRead() {
  if (!session.state || document.hidden) return;
  const { me, channel, thread, state } = session;
  if (thread) {
    const root = messages(channel).find((each) => each.ts === thread);
    const key = keyOf(me, channel, thread);
    if (root && seen[key] !== root.reply_count) {
      seen[key] = root.reply_count;
      memory.write("seen", seen);
    }
  }
  const place = state.channels.find((each) => each.id === channel);
  if (place?.unread && !reading.has(place.id)) {
    reading.add(place.id);
    act("read", { user: me, channel: place.id }).finally(() => reading.delete(place.id));
  }
}
