const QUIET_MS = 1500;

/** @param {string} before @param {string} after */
function join(before, after) {
  if (!before || !after) return before + after;
  return before + (/\s$/.test(before) ? "" : " ") + after;
}

/**
 * A text box that captions flow into. They are only ever appended; what a hand typed is never rewritten.
 *
 * Until the candidate types, the text is the opening text plus all captions, so that a corrected caption shows. From
 * the first key on, a caption is appended once, by its number, and not while somebody is typing.
 */
export class CaptionBox {
  /**
   * @param {HTMLTextAreaElement} area
   * @param {(byHand: boolean) => void} onChange
   */
  constructor(area, onChange) {
    this.area = area;
    this.onChange = onChange;
    this.stop = new AbortController();
    const until = { signal: this.stop.signal };
    area.addEventListener("input", () => this.#typed(), until);
    area.addEventListener("compositionstart", () => { this.composing = true; }, until);
    area.addEventListener("compositionend", () => { this.composing = false; this.#typed(); }, until);
    this.timer = setInterval(() => this.settle(), 300);
    this.open("", 0, false);
  }

  /** Starts afresh with a text that already holds the captions below `through`. */
  open(text, through, edited) {
    this.initial = text;
    this.through = through;
    this.taken = through;
    this.edited = edited;
    this.composing = false;
    this.typedAt = -Infinity;
    this.finals = [];
    this.area.value = text;
  }

  get text() {
    return this.area.value;
  }

  /** @param {[number, string][]} finals Finished captions, in order. */
  hear(finals) {
    this.finals = finals.filter(([number]) => number >= this.through);
    this.settle();
  }

  /** Takes in the captions that wait. @param {boolean} force Also while somebody is typing. */
  settle(force = false) {
    if (this.composing || (!force && performance.now() - this.typedAt < QUIET_MS)) return;
    const fresh = this.finals.filter(([number]) => number >= this.taken);
    const words = (this.edited ? fresh : this.finals).map(([, text]) => text.trim()).filter(Boolean);
    const text = words.reduce(join, this.edited ? this.text : this.initial);
    if (fresh.length) this.taken = fresh[fresh.length - 1][0] + 1;
    if (text !== this.text && text.length <= this.area.maxLength) this.#write(text);
  }

  #write(text) {
    const { area } = this;
    const { selectionStart: from, selectionEnd: to, scrollTop } = area;
    const atEnd = from === area.value.length;
    const focused = area.getRootNode().activeElement === area;
    area.value = text;
    if (atEnd || !focused) area.scrollTop = area.scrollHeight;
    else area.scrollTop = scrollTop;
    if (focused) area.setSelectionRange(atEnd ? text.length : from, atEnd ? text.length : to);
    this.onChange(false);
  }

  #typed() {
    this.typedAt = performance.now();
    this.edited = true;
    this.onChange(true);
  }

  close() {
    clearInterval(this.timer);
    this.stop.abort();
  }
}
