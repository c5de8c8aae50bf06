import { mounted, setText } from "./host.js";
import { Outbox } from "./outbox.js";
import { Voice } from "./voice.js";

/** Questions already said in this document, also across a remount. @type {Set<string>} */
const spoken = new Set();
const RATE_KEY = "interview.voice_rate";
const STATES = { starting: "", speaking: "Speaking", paused: "Paused", idle: "", blocked: "Press to hear the question" };

/** The speed chosen in this tab, also across a reload; 0 when none was, or when the browser keeps nothing. */
function keptRate() {
  try {
    return Number(sessionStorage.getItem(RATE_KEY)) || 0;
  } catch {
    return 0;
  }
}

function keepRate(rate) {
  try {
    sessionStorage.setItem(RATE_KEY, String(rate));
  } catch { /* then it lasts as long as this page */ }
}

class Speaker {
  constructor(root) {
    this.outbox = new Outbox(0);
    this.playButton = root.querySelector(".play");
    this.pauseButton = root.querySelector(".pause");
    this.rates = [...root.querySelectorAll(".rates button")];
    this.line = root.querySelector(".state");
    this.root = root.querySelector(".speaker");
    this.stop = new AbortController();
    this.key = null;
    this.state = "idle";
    this.rate = 0;
    this.root.addEventListener("click", (event) => this.onClick(event), { signal: this.stop.signal });
  }

  show(data) {
    this.rate ||= this.known(keptRate()) || data.rate;
    const key = data.question_key;
    const audio = Boolean(data.audio_b64);
    if (key !== this.key || (audio && !this.hasAudio && this.state === "idle")) {
      this.voice?.close();
      this.voice = new Voice(data, {
        onState: (state) => { this.state = state; this.draw(); },
        onEnd: (how) => this.ended(key, how),
      });
      // A question left before it was read to its end still counts as put.
      if (this.key !== null && key !== this.key && this.playing === this.key) this.report(this.key, "left");
      this.hasAudio = audio;
      this.key = key;
      this.state = "idle";
      this.playing = null;
    }
    // The microphone opens: no voice but the candidate's. And what began by itself ends with its phase.
    this.hush = data.hush;
    if (data.hush || (this.playing === key && !data.autoplay)) this.silence();
    if (data.autoplay && !data.hush && data.text && !spoken.has(key) && this.playing !== key) {
      this.playing = key;
      this.voice.play(this.rate);
    }
    this.draw();
  }

  /** A rate there is a button for, else 0: what is kept may be another release's. */
  known(rate) {
    return this.rates.some((button) => Number(button.dataset.rate) === rate) ? rate : 0;
  }

  silence() {
    this.voice.stop();
    this.state = "idle";
    if (this.playing) this.report(this.playing, "left");
    this.playing = null;
  }

  ended(key, how) {
    if (this.playing !== key) return;
    this.report(key, how);
    this.playing = null;
  }

  /** Once for each question, whatever happened: the interview moves on, the text is on screen. */
  report(key, how) {
    if (spoken.has(key)) return;
    spoken.add(key);
    this.outbox.post({ kind: "spoken", question_key: key, how });
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button === this.playButton) this.voice.play(this.rate);
    else if (button === this.pauseButton) this.state === "paused" ? this.voice.resume() : this.voice.pause();
    else {
      this.rate = Number(button.dataset.rate);
      keepRate(this.rate);
      this.voice.setRate(this.rate);
    }
    this.draw();
  }

  draw() {
    const open = ["speaking", "paused"].includes(this.state);
    setText(this.playButton.querySelector("span"), spoken.has(this.key) && this.state !== "blocked" ? "Hear again" : "Play question");
    this.playButton.classList.toggle("primary", this.state === "blocked");
    this.playButton.disabled = this.hush;
    this.playButton.hidden = this.state === "starting" || open;
    this.pauseButton.hidden = !open;
    setText(this.pauseButton, this.state === "paused" ? "Resume" : "Pause");
    for (const button of this.rates) button.setAttribute("aria-pressed", String(Number(button.dataset.rate) === this.rate));
    setText(this.line, STATES[this.state]);
  }

  close() {
    this.voice?.close();
    this.stop.abort();
    this.outbox.close();
  }
}

export default mounted(Speaker);
