const BUTTON_MS = 5000;
const ANSWER_MS = 10000;
/** The frame tries again with fewer devices when a chosen one is gone; only after that is a refusal final. */
const SECOND_TRY_MS = 800;

function mediaFrame() {
  return [...document.querySelectorAll("iframe")].find((frame) => /webrtc_streamer/.test(frame.src + frame.title));
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function reads(button, label) {
  return button?.textContent.trim().toLowerCase() === label.toLowerCase();
}

/** Which device a refusal is about, in words; empty when the browser does not tell. */
async function missingDevice(error, wantVideo) {
  try {
    if (error === "NotFoundError") {
      const kinds = (await navigator.mediaDevices.enumerateDevices()).map((device) => device.kind);
      const missing = [["microphone", "audioinput"], ["camera", "videoinput"]]
        .filter(([name, kind]) => (wantVideo || name === "microphone") && !kinds.includes(kind));
      return missing.map(([name]) => name).join(" and ");
    }
    if (error === "NotAllowedError") {
      const names = wantVideo ? ["microphone", "camera"] : ["microphone"];
      const states = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
      return names.filter((_, at) => states[at].state === "denied").join(" and ");
    }
  } catch {
    /* this browser keeps it to itself */
  }
  return "";
}

/**
 * The stream that the media frame (streamlit-webrtc, same origin) sends, seen from the page.
 *
 * getUserMedia of the frame is wrapped once; the same MediaStream then feeds the self-view and the level. The stream
 * belongs to the frame and is never stopped here; it is left on the frame's window, where a remounted stage finds it.
 */
export class Capture {
  /**
   * @param {object} on
   * @param {(stream: MediaStream, pressed: boolean) => void} on.arrived `pressed` when START asked for it; false for
   *     another device chosen meanwhile, and for a stream found again after a remount.
   * @param {(error: string, device: string) => void} on.failed
   * @param {(track: string, kind: string) => void} on.changed "ended", "muted" or "unmuted".
   */
  constructor(on) {
    this.on = on;
    this.wantVideo = true;
    this.startLabel = "START";
    this.stopLabel = "STOP";
    /** What the frame sends, for the eye and the level. @type {MediaStream | null} */
    this.stream = null;
    /** @type {MediaStream | null} The frame's own stream that is followed. */
    this.followed = null;
    /** @type {Map<string, MediaStreamTrack>} */
    this.tracks = new Map();
    this.endedAt = new WeakMap();
    this.pressed = false;
    this.refusal = 0;
    this.asked = 0;
    this.stop = new AbortController();
    this.timer = setInterval(() => this.#look(), 500);
    this.#look();
  }

  get live() {
    return Boolean(this.stream?.getTracks().some((track) => track.readyState === "live"));
  }

  /** Clicks START in the media frame, as the candidate would. */
  async start() {
    const found = await this.#button();
    if (typeof found === "string") return this.on.failed(found, "");
    const asked = this.asked;
    this.#tell("asking");
    found.click();
    await pause(ANSWER_MS);
    if (this.asked === asked && !this.stop.signal.aborted) {
      this.#tell("settled");
      this.on.failed("no_answer", "");
    }
  }

  /** @returns {Promise<HTMLButtonElement | string>} The START button, or why there is none. */
  async #button() {
    let why = "no_iframe";
    for (const until = performance.now() + BUTTON_MS; performance.now() < until; await pause(200)) {
      try {
        const frame = mediaFrame();
        if (!frame) continue;
        if (!isSecureContext || !frame.contentWindow.navigator.mediaDevices) return "insecure_context";
        why = "no_button";
        this.#look();
        const buttons = [...frame.contentDocument.querySelectorAll("button")];
        const start = buttons.find((item) => reads(item, this.startLabel));
        if (start && !start.disabled) return start;
        // A dead connection is left first; the frame then offers START again.
        if (!start) buttons.find((item) => reads(item, this.stopLabel))?.click();
      } catch {
        return "no_iframe";
      }
    }
    return why;
  }

  #look() {
    try {
      const view = mediaFrame()?.contentWindow;
      const devices = view?.navigator?.mediaDevices;
      if (devices) this.#hook(view, devices);
    } catch {
      /* the frame is being replaced */
    }
    for (const [name, track] of this.tracks) {
      if (track.readyState === "live") continue;
      const at = this.endedAt.get(track) ?? performance.now();
      this.endedAt.set(track, at);
      // Another device chosen in the frame ends the old track a moment before we follow to the new one.
      if (performance.now() - at > 2 * SECOND_TRY_MS) this.#lost(name);
    }
  }

  #hook(view, devices) {
    view.interviewCapture = this;
    if (!devices.interviewHooked) {
      devices.interviewHooked = true;
      const original = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (constraints) => {
        view.interviewCapture?.hears();
        try {
          const stream = await original(constraints);
          view.interviewStream = stream;
          view.interviewCapture?.hear(stream);
          return stream;
        } catch (error) {
          view.interviewCapture?.refuse(error.name);
          throw error;
        }
      };
    }
    // A fresh frame keeps its window when it leaves about:blank, but not its document: each is hooked by itself.
    if (!view.document.interviewHooked) {
      view.document.interviewHooked = true;
      // Also when the candidate presses the frame's own START.
      view.document.addEventListener("click", (event) => {
        const capture = view.interviewCapture;
        if (capture && reads(event.target.closest?.("button"), capture.startLabel)) capture.pressed = true;
      }, true);
    }
    const kept = view.interviewStream;
    if (!this.pressed && kept !== this.followed && this.#settled(kept)) this.#adopt(kept, false);
  }

  /** The frame also opens a stream for a moment just to list the devices; only one that stays is followed. */
  #settled(stream) {
    if (!stream?.getTracks().some((track) => track.readyState === "live")) return false;
    if (this.candidate !== stream) {
      this.candidate = stream;
      this.candidateAt = performance.now();
    }
    return performance.now() - this.candidateAt > SECOND_TRY_MS;
  }

  /** The frame asks for devices. */
  hears() {
    this.asked += 1;
    clearTimeout(this.refusal);
    this.#tell("asking");
  }

  /** The frame was given devices. */
  hear(stream) {
    this.#tell("settled");
    if (this.pressed) this.#adopt(stream, true);
  }

  #adopt(stream, pressed) {
    this.pressed = false;
    this.followed = stream;
    const before = [...this.tracks].filter(([, track]) => !pressed && track.readyState === "live");
    // One device chosen anew comes alone; the other one goes on.
    this.tracks = new Map([...before, ...stream.getTracks().map((track) => [track.kind, track])]);
    this.stream = new MediaStream([...this.tracks.values()]);
    const mine = { signal: this.stop.signal };
    for (const track of stream.getTracks()) {
      const tell = (change) => this.tracks.get(track.kind) === track && this.on.changed(track.kind, change);
      track.addEventListener("mute", () => tell("muted"), mine);
      track.addEventListener("unmute", () => tell("unmuted"), mine);
    }
    this.on.arrived(this.stream, pressed);
  }

  refuse(error) {
    clearTimeout(this.refusal);
    this.refusal = setTimeout(async () => {
      this.#tell("settled");
      if (!this.pressed) return;
      this.pressed = false;
      this.on.failed(error, await missingDevice(error, this.wantVideo));
    }, SECOND_TRY_MS);
  }

  #lost(name) {
    this.tracks.delete(name);
    this.on.changed(name, "ended");
  }

  #tell(state) {
    window.dispatchEvent(new CustomEvent("interview:permission", { detail: state }));
  }

  close() {
    clearInterval(this.timer);
    clearTimeout(this.refusal);
    this.stop.abort();
    try {
      const view = mediaFrame()?.contentWindow;
      if (view?.interviewCapture === this) view.interviewCapture = null;
    } catch {
      /* gone with its frame */
    }
  }
}
