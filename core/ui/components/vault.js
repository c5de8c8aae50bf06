import { randomId } from "./ids.js";
import { hideHost, whenGone } from "./host.js";

const PREFIX = "interview.";
const SECRETS = ["session", "token", "invite"];
const GRACE_MS = 600;
const instances = new WeakMap();
/** @type {Promise<string> | null} One claim for each document, however often the component is mounted. */
let claim = null;

function navigationType() {
  return performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
}

const reloaded = ["reload", "back_forward"].includes(navigationType());

function read(name) {
  try {
    return sessionStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

function write(name, value) {
  try {
    if (value) sessionStorage.setItem(PREFIX + name, value);
    else sessionStorage.removeItem(PREFIX + name);
  } catch {
    /* storage is blocked: the interview still runs, only a refresh is forgotten */
  }
}

/** Holds the name for as long as the document lives; false when another tab has it. */
function lock(id) {
  return new Promise((resolve) => {
    const hold = (granted) => {
      resolve(Boolean(granted));
      return granted ? new Promise(() => {}) : undefined;
    };
    navigator.locks.request(`${PREFIX}tab.${id}`, { ifAvailable: true }, hold).catch(() => resolve(true));
  });
}

/** A duplicated tab comes with a copy of sessionStorage, but the original still holds the lock on its name. */
async function claimTab() {
  const old = read("tab_id");
  const giveUpAt = performance.now() + (reloaded ? GRACE_MS : 0);
  while (old) {
    if (!navigator.locks) {
      if (reloaded) return old;
      break;
    }
    if (await lock(old)) return old;
    if (performance.now() >= giveUpAt) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const id = randomId();
  write("tab_id", id);
  if (navigator.locks) await lock(id);
  return id;
}

function scrubAddress() {
  const url = new URL(location.href);
  const found = SECRETS.filter((name) => url.searchParams.has(name));
  if (!found.length) return;
  found.forEach((name) => url.searchParams.delete(name));
  history.replaceState(history.state, "", url);
}

/** Keeps who this tab is: session, token and the tab's own name survive a refresh and nothing else. */
export default function vault({ parentElement, data, setStateValue }) {
  let state = instances.get(parentElement);
  if (!state) {
    state = { sent: "" };
    instances.set(parentElement, state);
    hideHost(parentElement);
  }
  if (data.clear) ["session_id", "token"].forEach((name) => write(name, ""));
  else if (data.store) Object.entries(data.store).forEach(([name, value]) => write(name, String(value)));
  if (data.scrub) scrubAddress();

  claim ??= claimTab();
  claim.then((tabId) => {
    if (!instances.has(parentElement)) return;
    const reply = {
      session_id: read("session_id"),
      token: read("token"),
      tab_id: tabId,
      reloaded,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
      language: navigator.language ?? "",
    };
    const sent = JSON.stringify(reply);
    if (sent === state.sent) return;
    state.sent = sent;
    setStateValue("reply", reply);
  });
  return whenGone(parentElement, () => instances.delete(parentElement));
}
