import { canFillScreen, fillScreen, onRefused } from "./fullscreen.js";
import { mounted, setText } from "./host.js";
import { Outbox } from "./outbox.js";

const REMOUNT_MS = 1500;
let alive = 0;

/** Lock mode: a Start button whose press also asks for full screen, and the way back when that was left. */
class Lock {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.outbox = new Outbox(100);
    this.stop = new AbortController();
    this.seen = Boolean(document.fullscreenElement);
    this.refused = "";
    this.noted = new Set();
    const until = { signal: this.stop.signal };
    this.find(".start").addEventListener("click", () => this.start(), until);
    this.find(".back").addEventListener("click", () => fillScreen(), until);
    document.addEventListener("fullscreenchange", () => this.draw(), until);
    onRefused((error) => this.draw(error), this.stop.signal);
    alive += 1;
  }

  show(data) {
    if (data.start_label && !this.data?.start_label) this.pressed = false;
    this.data = data;
    if (data.active && !canFillScreen()) this.note("no_api");
    if (data.active && this.refused) this.note(this.refused);
    this.draw();
  }

  async start() {
    if (this.pressed) return;
    this.pressed = true;
    await fillScreen();
    this.outbox.post({ kind: "lock_start" });
    this.draw();
  }

  /** Each reason once: what the page could not do is for the record, not for every redraw. */
  note(reason) {
    if (this.noted.has(reason)) return;
    this.noted.add(reason);
    this.outbox.post({ kind: "fullscreen_unavailable", reason });
  }

  draw(refused = "") {
    const { data } = this;
    if (!data) return;
    const full = Boolean(document.fullscreenElement);
    this.seen ||= full;
    this.refused = full ? "" : refused || this.refused;
    if (refused && data.active) this.note(refused);
    const start = this.find(".start");
    start.hidden = !data.start_label;
    start.setAttribute("aria-disabled", String(Boolean(this.pressed)));
    setText(start, data.start_label);

    const possible = canFillScreen();
    this.find(".banner").hidden = !data.active || full;
    this.find(".back").hidden = !possible;
    setText(this.find(".what"), data.active && !full ? this.what(possible) : "");
    setText(this.find(".back"), this.seen ? "Back to full screen" : "Full screen");
  }

  what(possible) {
    if (!possible) return "This browser has no full screen for pages. Your interview goes on without it; this is noted.";
    if (this.refused) return "Your browser refused full screen. Try once more; your interview goes on in any case.";
    return this.seen ? "You left full screen." : "This interview asks for full screen.";
  }

  /** The screen is given back once the interview is left; a component drawn anew takes over before. */
  close() {
    this.stop.abort();
    this.outbox.close();
    alive -= 1;
    setTimeout(() => {
      if (!alive && document.fullscreenElement) document.exitFullscreen().catch(() => {});
    }, REMOUNT_MS);
  }
}

export default mounted(Lock);
