const FRAME_MS = 50;
const SLOW_FRAME_MS = 250;
const SPOKEN_MS = 500;
const BAR = 3;
const GAP = 2;
const FLOOR_DB = -60;

/** @param {number} level 0 to 100 */
function inWords(level) {
  return level < 15 ? "silent" : level < 40 ? "quiet" : level < 90 ? "good" : "very loud";
}

/** A moving trace of the microphone, and the same as a meter for those who cannot see it. */
export class Level {
  /** @param {HTMLElement} meter With a canvas inside. */
  constructor(meter) {
    this.meter = meter;
    this.canvas = meter.querySelector("canvas");
    this.past = [];
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** To be called inside a user gesture, so that sound may be played and heard from now on. */
  unlock() {
    if (!("AudioContext" in window)) return;
    this.context ??= new AudioContext();
    this.context.resume().catch(() => {});
    const silence = this.context.createBufferSource();
    silence.buffer = this.context.createBuffer(1, 1, this.context.sampleRate);
    silence.connect(this.context.destination);
    silence.start();
  }

  /** @param {MediaStream} stream */
  listen(stream) {
    this.mute();
    if (!("AudioContext" in window) || !stream.getAudioTracks().length) return;
    this.context ??= new AudioContext();
    this.context.resume().catch(() => {});
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 2048;
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
    this.timer = setInterval(() => this.#draw(), this.still.matches ? SLOW_FRAME_MS : FRAME_MS);
    this.meter.hidden = false;
  }

  mute() {
    clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    this.meter.hidden = true;
    this.past = [];
  }

  /** Loudness of the last 43 ms, 0 (-60 dB and below) to 100 (full scale). */
  #measure() {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, value) => sum + value * value, 0) / this.samples.length;
    const decibel = 10 * Math.log10(power + 1e-12);
    return Math.round(100 * Math.min(1, Math.max(0, 1 - decibel / FLOOR_DB)));
  }

  #draw() {
    if (document.hidden) return;
    const level = this.#measure();
    const now = performance.now();
    if (now - (this.spokenAt ?? 0) > SPOKEN_MS) {
      this.spokenAt = now;
      this.meter.setAttribute("aria-valuenow", String(level));
      this.meter.setAttribute("aria-valuetext", inWords(level));
    }
    const { canvas } = this;
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const count = Math.floor(width / (BAR + GAP));
    this.past.push(level);
    this.past = this.past.slice(-count);
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = getComputedStyle(canvas).color;
    // Reduced motion: one bar that grows instead of a trace that runs.
    if (this.still.matches) {
      pen.fillRect(0, height / 2 - 4, (width * level) / 100, 8);
      return;
    }
    this.past.forEach((value, at) => {
      const tall = Math.max(2, (value / 100) * height);
      pen.fillRect(width - (this.past.length - at) * (BAR + GAP), (height - tall) / 2, BAR, tall);
    });
  }

  close() {
    this.mute();
    this.context?.close().catch(() => {});
  }
}
