import { ActionRow } from "./action_row.js";
import { CaptionBox } from "./caption_box.js";
import { mounted, setText } from "./host.js";
import { randomId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Unsaved } from "./unsaved.js";

const DRAFT_MS = 800;
const DRAFT_MAX_MS = 2500;
const NEAR_LIMIT = 2000;

/** The answer as the candidate has it: box, live captions, drafts, actions. */
class Answer {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.area = this.find("textarea");
    this.outbox = new Outbox(0);
    this.unsaved = new Unsaved();
    this.ahead = this.area.value; // the box is on screen a moment before its code
    this.pressed = null;
    this.box = new CaptionBox(this.area, (byHand) => this.changed(byHand));
    this.row = new ActionRow(this.find(".actions"), (id) => this.act(id));
    this.stop = new AbortController();
    this.draftTimer = 0;
    this.key = null;
    this.said = 0;
    const until = { signal: this.stop.signal };
    this.area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.row.pressPrimary();
    }, until);
    const leave = () => document.hidden && this.sendDraft();
    document.addEventListener("visibilitychange", leave, until);
    window.addEventListener("pagehide", () => this.sendDraft(), until);
    window.addEventListener("interview:time-up", () => this.lastWords(), until);
  }

  show(data) {
    if (data.question_key !== this.key) {
      if (this.key !== null) {
        this.ahead = this.typedAhead();
        this.sendDraft();
      }
      this.key = data.question_key;
      this.said = data.captions_seen;
      this.area.maxLength = data.max_length;
      this.open(data);
    }
    this.forgetSaved(data);
    if (data.ack?.page === this.outbox.page && data.ack.n >= this.pressed?.number) this.pressed = null; // refused
    if (data.saved_state === "failed" && this.data?.saved_state !== "failed") {
      this.sentText = null;
      this.changed();
    }
    this.data = data;
    this.find(".answer").classList.toggle("readonly", data.readonly);
    this.find(".answer").classList.toggle("listening", data.listening);
    setText(this.find(".title"), data.title);
    setText(this.find(".notice"), data.notice);
    this.area.readOnly = data.readonly;
    this.area.placeholder = data.placeholder;
    this.find(".spoken").hidden = !data.listening;
    setText(this.find(".solid"), data.solid);
    setText(this.find(".interim"), data.interim);
    this.box.hear(data.finals);
    this.speak(data.finals);
    this.row.show(data.actions, `${data.question_key} ${data.phase}`);
    this.drawState();
  }

  /** Opens the box for another question or attempt. */
  open(data) {
    const { place, question_key: key, initial, edited } = data;
    const held = this.unsaved.open(place && `${place} ${key}`, initial, edited);
    const text = (held?.text ?? initial) + this.ahead;
    const typed = Boolean(held || this.ahead);
    this.ahead = "";
    this.pressed = null;
    this.box.open(text, held?.captions_seen ?? data.captions_seen, typed || edited);
    this.sentText = initial;
    this.kept = Boolean(initial);
    if (!typed) return;
    this.unsaved.keep(text, this.box.taken);
    this.sendDraft();
  }

  /** An acknowledged draft was stored, unless the server says that it could not be. */
  forgetSaved(data) {
    const done = this.outbox.settled && this.box.text === this.sentText && data.saved_state !== "failed";
    if (!done || this.forgotten === this.sentText) return;
    this.forgotten = this.sentText;
    this.unsaved.saved(this.sentText);
  }

  /** Finished captions only, each once, for screen readers. */
  speak(finals) {
    const fresh = finals.filter(([number]) => number >= this.said);
    if (!fresh.length) return;
    this.said = fresh[fresh.length - 1][0] + 1;
    setText(this.find(".say"), fresh.map(([, text]) => text).join(" "));
  }

  /** Typed after the press that brought this question, while the box still showed the one before. */
  typedAhead() {
    if (!this.pressed?.typed) return "";
    const { text } = this.box;
    return text.startsWith(this.pressed.text) ? text.slice(this.pressed.text.length) : text;
  }

  changed(byHand = false) {
    this.forgotten = null;
    if (this.pressed && byHand) this.pressed.typed = true;
    if (this.box.edited) this.unsaved.keep(this.box.text, this.box.taken);
    clearTimeout(this.draftTimer);
    // Somebody who types without a pause is saved every few seconds all the same.
    this.changedAt ||= performance.now();
    const longest = Math.max(0, this.changedAt + DRAFT_MAX_MS - performance.now());
    this.draftTimer = setTimeout(() => this.sendDraft(), Math.min(DRAFT_MS, longest));
    this.drawState();
  }

  content() {
    const { text, edited, taken } = this.box;
    return { question_key: this.key, text, edited, captions_seen: taken };
  }

  sendDraft() {
    clearTimeout(this.draftTimer);
    this.changedAt = 0;
    if (this.key === null || this.box.text === this.sentText) return;
    this.sentText = this.box.text;
    this.kept = true;
    this.unsaved.sent(this.sentText);
    this.outbox.post({ kind: "draft", ...this.content() });
    this.outbox.flush();
    this.drawState();
  }

  /** The clock ran out: what is in the box now is what the server saves a moment later. */
  lastWords() {
    this.box.settle(true);
    this.sendDraft();
  }

  act(id) {
    this.box.settle(true);
    clearTimeout(this.draftTimer);
    this.changedAt = 0;
    this.sentText = this.box.text;
    this.kept = true;
    this.unsaved.sent(this.sentText);
    this.pressed = { number: this.outbox.next, text: this.sentText, typed: false };
    this.outbox.post({ kind: "action", id, nonce: randomId(), ...this.content() });
    this.outbox.flush();
    this.drawState();
  }

  drawState() {
    const left = this.area.maxLength - this.box.text.length;
    setText(this.find(".count"), left > NEAR_LIMIT ? "" : left > 0 ? `${left} characters left` : "The box is full");
    const unsent = this.box.text !== this.sentText || !this.outbox.settled;
    const saved = unsent ? "Saving…" : this.data?.saved_state === "failed" ? "Not saved yet. We keep trying." : "Saved";
    const says = this.data?.saved_state !== "off" && (this.kept || unsent);
    setText(this.find(".saved"), says ? saved : "");
  }

  close() {
    this.sendDraft();
    this.stop.abort();
    this.box.close();
    this.row.close();
    this.outbox.close();
  }
}

export default mounted(Answer);
