import { mounted, setText } from "./host.js";
import { Outbox } from "./outbox.js";
import { canChooseSink, chooseSink, chosenSink, routeTo, sinks } from "./sink.js";
import { renderTone, wavBlob } from "./tone_sound.js";

const RATE = 48000;
/** The last sweep's echo and the way to the server, before the server looks for it. */
const SETTLE_MS = 800;

/** Plays the test tone on request, asks whether it was heard, and offers another loudspeaker when it was not. */
class Tone {
  constructor(root) {
    this.outbox = new Outbox(0);
    this.root = root;
    this.playButton = root.querySelector(".play");
    this.ask = root.querySelector(".ask");
    this.line = root.querySelector(".state");
    this.outputs = root.querySelector(".outputs");
    this.select = root.querySelector("select");
    this.stop = new AbortController();
    this.playing = false;
    this.asking = false;
    this.trouble = "";
    const mine = { signal: this.stop.signal };
    root.querySelector(".tone").addEventListener("click", (event) => this.onClick(event), mine);
    this.select.addEventListener("change", () => chooseSink(this.select.value), mine);
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.list(), mine);
  }

  show(data) {
    const offers = data.offer_outputs && !this.data?.offer_outputs;
    this.data = data;
    if (offers) this.list();
    this.draw();
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (button === this.playButton) this.play();
    else if (button?.dataset.heard) {
      this.asking = false;
      this.outbox.post({ kind: "tone_answered", heard: button.dataset.heard === "yes" });
      this.draw();
      this.playButton.focus();
    }
  }

  async play() {
    if (this.playing) return;
    this.playing = true;
    this.asking = false;
    this.trouble = "";
    this.draw();
    this.url ??= URL.createObjectURL(wavBlob(renderTone(this.data.tone, RATE), RATE));
    const audio = new Audio(this.url);
    let how = "played";
    try {
      await routeTo(audio);
      const ended = new Promise((resolve, reject) => {
        audio.onended = resolve;
        audio.onerror = reject;
        // A sound system that is stuck never ends a sound.
        setTimeout(resolve, 5000);
      });
      await audio.play();
      await ended;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    } catch (error) {
      how = error?.name === "NotAllowedError" ? "blocked" : "error";
    }
    if (this.stop.signal.aborted) return;
    this.playing = false;
    this.asking = how === "played";
    if (how !== "played") this.trouble = "Your browser could not play the tone. Check that sound is allowed for this page, then try again.";
    this.outbox.post({ kind: "tone_played", how });
    this.draw();
    if (this.asking) this.root.querySelector("[data-heard]").focus();
  }

  async list() {
    const found = await sinks();
    if (this.stop.signal.aborted) return;
    const chosen = chosenSink();
    const options = [["", "The system's choice"], ...found.filter((d) => d.deviceId !== "default").map((d) => [d.deviceId, d.label])];
    this.select.replaceChildren(...options.map(([id, label]) => new Option(label, id, false, id === chosen)));
    this.choices = found.length;
    this.draw();
  }

  draw() {
    const { data } = this;
    setText(this.playButton.querySelector("span"), data.played ? "Play the tone again" : "Play a test tone");
    this.playButton.setAttribute("aria-disabled", String(this.playing));
    this.ask.hidden = !this.asking;
    const offer = data.offer_outputs && canChooseSink() && this.choices > 0;
    this.outputs.hidden = !offer;
    const result = offer || !data.offer_outputs ? data.result : `${data.result} ${data.no_list_hint}`;
    const text = this.playing ? "Playing three short sounds. Please do not speak." : this.trouble || (this.asking && !data.problem ? "" : result);
    setText(this.line, text);
    this.line.classList.toggle("problem", Boolean(this.trouble) || (data.problem && text === result));
  }

  close() {
    this.stop.abort();
    if (this.url) URL.revokeObjectURL(this.url);
    this.outbox.close();
  }
}

export default mounted(Tone);
