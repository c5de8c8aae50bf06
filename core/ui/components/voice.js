import { routeTo } from "./sink.js";

const VOICES_MS = 1000;
const START_MS = 4000;
const STALL_MS = 10000;

function blobUrl(base64, mime) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: mime }));
}

/** Voices load late in Chromium; waits a moment for them. A text that is private gets one of this machine or none. */
async function pickVoice(language, isPrivate) {
  if (!("speechSynthesis" in window)) return null;
  if (!speechSynthesis.getVoices().length) {
    await new Promise((resolve) => {
      speechSynthesis.addEventListener("voiceschanged", resolve, { once: true });
      setTimeout(resolve, VOICES_MS);
    });
  }
  const prefix = language.slice(0, 2);
  const all = speechSynthesis.getVoices().filter((voice) => voice.localService || !isPrivate);
  const fitting = all.filter((voice) => voice.lang.startsWith(prefix));
  return fitting.find((voice) => voice.localService) ?? fitting[0] ?? all[0] ?? null;
}

/**
 * Says one text: by the audio it was given, else by a voice of the browser.
 *
 * `onEnd` is called once for each `play`, whatever happens: "audio", "browser_voice", "blocked", "no_voice", "error".
 */
export class Voice {
  constructor({ text, audio_b64, mime, language, private: isPrivate }, { onState, onEnd }) {
    Object.assign(this, { text, language, isPrivate, onState, onEnd });
    this.turn = 0;
    this.timer = 0;
    if (audio_b64) {
      this.url = blobUrl(audio_b64, mime);
      this.audio = new Audio(this.url);
      routeTo(this.audio);
      this.audio.preservesPitch = true;
    }
  }

  play(rate) {
    this.stop();
    const turn = ++this.turn;
    this.onState("starting");
    const end = (how) => {
      if (turn !== this.turn) return;
      this.turn++;
      clearTimeout(this.timer);
      this.onState(how === "blocked" ? "blocked" : "idle");
      this.onEnd(how);
    };
    const says = this.audio ? this.#playAudio(rate, end) : this.#playVoice(rate, end, turn);
    says.catch((error) => end(error?.name === "NotAllowedError" ? "blocked" : "error"));
  }

  async #playAudio(rate, end) {
    const { audio } = this;
    audio.currentTime = 0;
    audio.playbackRate = rate;
    audio.onended = () => end("audio");
    audio.onerror = () => end("error");
    audio.ontimeupdate = () => this.#watch(end, STALL_MS, () => !audio.paused);
    this.#watch(end, STALL_MS, () => true);
    await audio.play();
    this.onState("speaking");
  }

  async #playVoice(rate, end, turn) {
    const voice = await pickVoice(this.language, this.isPrivate);
    if (turn !== this.turn) return;
    if (!voice) return end("no_voice");
    const words = new SpeechSynthesisUtterance(this.text);
    Object.assign(words, { voice, lang: voice.lang, rate });
    words.onstart = () => {
      this.onState("speaking");
      this.#watch(end, START_MS + 200 * this.text.length, () => !speechSynthesis.paused);
    };
    words.onend = () => end("browser_voice");
    words.onerror = (event) => end(event.error === "not-allowed" ? "blocked" : "error");
    this.#watch(end, START_MS, () => true);
    speechSynthesis.speak(words);
  }

  /** Gives up when nothing moves for a while; a pause by the listener is no stall. */
  #watch(end, ms, counts) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (counts() ? end("error") : this.#watch(end, ms, counts)), ms);
  }

  pause() {
    if (this.audio) this.audio.pause();
    else speechSynthesis.pause();
    this.onState("paused");
  }

  resume() {
    if (this.audio) this.audio.play().catch(() => this.onState("blocked"));
    else speechSynthesis.resume();
    this.onState("speaking");
  }

  /** @param {number} rate A browser voice takes it from the next time on. */
  setRate(rate) {
    if (this.audio) this.audio.playbackRate = rate;
  }

  stop() {
    this.turn++;
    clearTimeout(this.timer);
    this.audio?.pause();
    if (!this.audio && "speechSynthesis" in window) speechSynthesis.cancel();
  }

  close() {
    this.stop();
    if (this.url) URL.revokeObjectURL(this.url);
  }
}
