import { Outbox } from "./outbox.js";
import { hideHost, whenGone } from "./host.js";
import { PageSize } from "./page_size.js";

const BLUR_MS = 500;
const LOOK_MS = 500;
const BEAT_MS = 5000;
const PERMISSION_MS = 1500;
const instances = new WeakMap();

/** Characters selected where the event came from; text boxes keep their selection to themselves. */
function selectedLength(event) {
  const source = event.composedPath()[0];
  if (source instanceof HTMLTextAreaElement || source instanceof HTMLInputElement) {
    return Math.abs((source.selectionEnd ?? 0) - (source.selectionStart ?? 0));
  }
  return String(document.getSelection() ?? "").length;
}

/** Watches whether the candidate is on the page. One leaving is one event, whatever the browser fires. */
class Watch {
  constructor() {
    this.outbox = new Outbox(400);
    this.stop = new AbortController();
    /** @type {"" | "tab_hidden" | "window_blur"} */
    this.away = "";
    this.blurTimer = 0;
    this.asking = false;
    this.quietUntil = 0;
    this.active = false;
    this.size = new PageSize();
    /** What Python was last told of the surroundings. */
    this.told = { shrunk: false, extended: false };
    this.fresh = false;
    this.beatAt = -Infinity;
    this.looking = setInterval(() => this.look(), LOOK_MS);
    const until = { signal: this.stop.signal, capture: true };
    document.addEventListener("visibilitychange", () => this.onVisibility(), until);
    window.addEventListener("blur", (event) => event.target === window && this.onBlur(), until);
    window.addEventListener("focus", (event) => event.target === window && this.onFocus(), until);
    document.addEventListener("fullscreenchange", () => this.onFullScreen(), until);
    for (const kind of ["copy", "cut", "paste"]) {
      document.addEventListener(kind, (event) => this.onClipboard(event), until);
    }
    window.addEventListener("interview:permission", (event) => this.onPermission(event), until);
    window.addEventListener("pagehide", () => this.outbox.flush(), until);
  }

  /** Watching begins or stops; what holds at the beginning is told anew. */
  activate(active) {
    if (active && !this.active) {
      this.fresh = true;
      this.beatAt = -Infinity;
    }
    this.active = active;
    this.look();
  }

  /** Surroundings have no event in every browser, so they are looked at. */
  look() {
    const shrunk = this.size.look();
    if (!this.active) return;
    this.tell("shrunk", shrunk, ["window_resized", "window_resized_back"]);
    this.tell("extended", screen.isExtended === true, ["extra_screen", "single_screen"]);
    this.fresh = false;
    if (performance.now() - this.beatAt >= BEAT_MS) this.beat();
  }

  tell(name, now, [on, off]) {
    if (now !== this.told[name] || (now && this.fresh)) this.post(now ? on : off);
    this.told[name] = now;
  }

  /**
   * A sign of life. Only the newest counts, so it is a state and no event: nothing waits, and nothing is repeated when
   * the server is away. Whatever a component says runs its fragment; this costs 12 runs a minute beside the 60 of the
   * clock (0.17 s of CPU for each candidate-minute, of 1.4), and none where it meets one that is already asked for.
   */
  beat() {
    this.beatAt = performance.now();
    this.setState?.("beat", {
      at_ms: Date.now(),
      visible: !document.hidden,
      focused: document.hasFocus(),
      screens_known: typeof screen.isExtended === "boolean",
    });
  }

  post(kind, atMs = Date.now(), more = {}) {
    if (this.active) this.outbox.post({ kind, at_ms: Math.round(atMs), ...more });
  }

  /** A permission prompt takes the focus and, in Firefox, ends full screen: not the candidate's doing. */
  get quiet() {
    return this.asking || performance.now() < this.quietUntil;
  }

  onPermission(event) {
    this.asking = event.detail === "asking";
    this.quietUntil = performance.now() + PERMISSION_MS;
  }

  onVisibility() {
    clearTimeout(this.blurTimer);
    if (document.hidden && !this.away) {
      this.away = "tab_hidden";
      this.post("tab_hidden");
    } else if (!document.hidden && this.away === "tab_hidden") {
      this.away = "";
      this.post("tab_visible");
    }
  }

  onBlur() {
    const atMs = Date.now();
    clearTimeout(this.blurTimer);
    const check = () => {
      if (this.away || document.hidden || this.quiet) return;
      if (document.hasFocus()) {
        // Focus sits in a frame of ours (the media controls). The window will not blur again, so keep looking.
        this.blurTimer = setTimeout(check, BLUR_MS);
        return;
      }
      this.away = "window_blur";
      this.post("window_blur", Math.max(atMs, Date.now() - 2 * BLUR_MS));
    };
    this.blurTimer = setTimeout(check, BLUR_MS);
  }

  onFocus() {
    clearTimeout(this.blurTimer);
    if (this.away !== "window_blur") return;
    this.away = "";
    this.post("window_focus");
  }

  onFullScreen() {
    if (document.fullscreenElement) this.post("fullscreen_on");
    else if (!this.quiet) this.post("fullscreen_exit");
  }

  onClipboard(event) {
    const length = event.type === "paste"
      ? event.clipboardData?.getData("text").length ?? 0
      : selectedLength(event);
    this.post(event.type, Date.now(), { length });
    // Not gathered with others: a press of Finish right after a paste would overtake it.
    this.outbox.flush();
  }

  close() {
    clearTimeout(this.blurTimer);
    clearInterval(this.looking);
    this.stop.abort();
    this.outbox.close();
  }
}

export default function guard({ parentElement, data, setStateValue, setTriggerValue }) {
  let watch = instances.get(parentElement);
  if (!watch) {
    watch = new Watch();
    instances.set(parentElement, watch);
    hideHost(parentElement);
  }
  watch.setState = setStateValue;
  watch.outbox.connect(setTriggerValue, data.ack);
  watch.activate(data.active);
  return whenGone(parentElement, () => {
    watch.close();
    instances.delete(parentElement);
  });
}
