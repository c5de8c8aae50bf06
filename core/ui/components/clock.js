import { Outbox } from "./outbox.js";
import { mounted, setText } from "./host.js";

const LATE_S = 20;
const JITTER_MS = 700;
const SPOKEN = [[10, "10 seconds left"], [20, "20 seconds left"], [60, "1 minute left"]];

/** A countdown on the monotonic clock of the page; the server's figure is truth, this one is for the eye. */
class Countdown {
  constructor(root) {
    this.outbox = new Outbox(0);
    this.box = root.querySelector(".clock");
    this.label = root.querySelector(".label");
    this.left = root.querySelector(".left");
    this.bar = root.querySelector(".bar i");
    this.say = root.querySelector(".say");
    this.stamp = null;
    this.tick = setInterval(() => this.draw(), 200);
  }

  show(data) {
    this.data = data;
    const now = performance.now();
    const fresh = data.stamp !== this.stamp || data.running !== this.running;
    // The same figure again is an old one (some other field changed); a new one within the jitter is the network.
    const news = data.remaining_ms !== this.given && Math.abs(now + data.remaining_ms - this.deadline) > JITTER_MS;
    if (fresh || news) {
      this.deadline = now + data.remaining_ms;
      this.lastS = data.remaining_ms / 1000;
      if (data.stamp !== this.stamp || data.remaining_ms > JITTER_MS) this.fired = false;
    }
    this.stamp = data.stamp;
    this.running = data.running;
    this.given = data.remaining_ms;
    this.draw();
  }

  draw() {
    if (!this.data) return;
    const leftMs = this.running ? Math.max(0, this.deadline - performance.now()) : this.data.remaining_ms;
    const seconds = Math.ceil(leftMs / 1000);
    const late = this.running && seconds <= LATE_S;
    setText(this.label, this.data.label + (late ? " · almost up" : ""));
    setText(this.left, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    this.bar.style.transform = `scaleX(${Math.min(1, leftMs / Math.max(1, this.data.total_ms))})`;
    this.box.classList.toggle("late", late);
    this.box.classList.toggle("idle", !this.running);
    if (!this.running) return;
    this.announce(leftMs / 1000);
    if (leftMs > 0 || this.fired) return;
    this.fired = true;
    window.dispatchEvent(new CustomEvent("interview:time-up"));
    this.outbox.post({ kind: "time_up", stamp: this.stamp });
  }

  announce(leftS) {
    const crossed = SPOKEN.find(([at]) => leftS <= at && this.lastS > at);
    this.lastS = leftS;
    if (crossed) setText(this.say, crossed[1]);
  }

  close() {
    clearInterval(this.tick);
    this.outbox.close();
  }
}

export default mounted(Countdown);
