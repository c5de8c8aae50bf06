import { randomId } from "./ids.js";

const RESEND_MS = 4000;
const RESEND_MAX_MS = 30000;
const KEEP = 500;

/**
 * Events on their way to Python.
 *
 * Streamlit keeps only the newest trigger of a component when two meet in its queue. So each batch carries everything
 * Python has not acknowledged yet, numbered, and Python drops what it has seen: nothing is lost, nothing comes twice.
 */
export class Outbox {
  /** @param {number} delayMs How long events are gathered before they are sent. */
  constructor(delayMs = 400) {
    this.delayMs = delayMs;
    this.page = randomId();
    this.next = 1;
    this.resendMs = RESEND_MS;
    /** @type {object[]} */
    this.waiting = [];
    this.timer = 0;
    this.due = Infinity;
  }

  /** True when Python has everything. */
  get settled() {
    return this.waiting.length === 0;
  }

  /**
   * To be called on every call of the component.
   * @param {(name: string, value: object) => void} setTriggerValue
   * @param {{page: string, n: number} | null | undefined} ack Last number Python has seen.
   */
  connect(setTriggerValue, ack) {
    this.set = setTriggerValue;
    if (ack?.page !== this.page) return;
    this.waiting = this.waiting.filter((event) => event.n > ack.n);
    if (this.settled) this.#cancel();
  }

  /** @param {object} event */
  post(event) {
    this.waiting.push({ n: this.next++, ...event });
    if (this.waiting.length > KEEP) this.waiting.shift();
    this.resendMs = RESEND_MS;
    this.#arm(this.delayMs);
  }

  /** Sends at once what waits. */
  flush() {
    this.#cancel();
    if (this.settled) return;
    this.set?.("events", { page: this.page, events: [...this.waiting] });
    this.#arm(this.resendMs);
    this.resendMs = Math.min(RESEND_MAX_MS, this.resendMs * 2);
  }

  /** Last chance at unmount; no timer survives it. */
  close() {
    this.#cancel();
  }

  #arm(delayMs) {
    const due = performance.now() + delayMs;
    if (due >= this.due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.flush(), delayMs);
  }

  #cancel() {
    clearTimeout(this.timer);
    this.due = Infinity;
  }
}
