const NAME = "interview.unsaved";

/** A short stand-in for a text, good enough to tell whether two are the same (FNV-1a). @param {string} text */
function mark(text) {
  let sum = 2166136261;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 16777619) >>> 0;
  return `${text.length}:${sum}`;
}

/**
 * What was typed and is not known to be saved, in this tab's storage: it survives a box drawn anew and a refresh, also
 * while no server answers.
 *
 * Marks of every text the server may have by now go with it. A saved draft that bears none of them was typed elsewhere
 * later, and is not overruled.
 */
export class Unsaved {
  constructor() {
    this.place = "";
    this.marks = [];
  }

  /**
   * @param {string} place Names interview, question and attempt; empty keeps nothing.
   * @param {string} saved The draft as the server has it.
   * @param {boolean} edited The draft was typed.
   * @returns {{text: string, captions_seen: number} | null} What was typed after that draft was saved.
   */
  open(place, saved, edited) {
    this.place = place;
    this.marks = [mark(saved)];
    const held = this.#read();
    if (!place || !held) return null;
    if (held.place === place && held.text !== saved && (!edited || held.marks.includes(mark(saved)))) {
      this.marks = [...held.marks, ...this.marks];
      return held;
    }
    this.#write(null);
    return null;
  }

  /** @param {string} text @param {number} captions_seen */
  keep(text, captions_seen) {
    if (this.place) this.#write({ place: this.place, text, captions_seen, marks: this.marks });
  }

  /** This text is on its way to the server. @param {string} text */
  sent(text) {
    this.marks.push(mark(text));
  }

  /** The server has the text. @param {string} text */
  saved(text) {
    if (this.place && this.#read()?.place === this.place) this.#write(null);
    this.marks = [mark(text)];
  }

  #read() {
    try {
      return JSON.parse(sessionStorage.getItem(NAME) ?? "null");
    } catch {
      return null;
    }
  }

  #write(held) {
    try {
      if (held) sessionStorage.setItem(NAME, JSON.stringify(held));
      else sessionStorage.removeItem(NAME);
    } catch {
      /* storage is blocked or full: drafts are still sent as ever */
    }
  }
}
