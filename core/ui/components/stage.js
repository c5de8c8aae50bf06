import { Capture } from "./capture.js";
import { fillScreen } from "./fullscreen.js";
import { mounted, setText } from "./host.js";
import { Level } from "./level.js";
import { Outbox } from "./outbox.js";

const CONNECT_MS = 12000;

const AGAIN = "then press the button again.";
/** What happened and the next step, by the browser's own name of the error. */
const PROBLEMS = {
  NotAllowedError: `Your browser blocks the {device}. Open the site settings beside the address, allow it, ${AGAIN}`,
  NotFoundError: `We found no {device}. Plug one in, ${AGAIN}`,
  NotReadableError: `Another program uses the {device}. Close it, ${AGAIN}`,
  AbortError: `The {device} stopped answering. Unplug it, plug it in, ${AGAIN}`,
  OverconstrainedError: `The {device} cannot do what we asked. Choose another one, ${AGAIN}`,
  insecure_context: "This page is not secure, so the browser keeps the microphone closed. Open it by https.",
};
const OTHER_PROBLEM = "The connection did not start. Reload the page, or press the button again.";

/** Self-view, recording light, level and the one Start button. */
class Stage {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.outbox = new Outbox(100);
    this.stop = new AbortController();
    this.level = new Level(this.find(".level"));
    this.busy = false;
    this.problem = "";
    this.quietSince = 0;
    this.capture = new Capture({
      arrived: (stream, pressed) => this.arrived(stream, pressed),
      failed: (error, device) => this.failed(error, device),
      changed: (track, change) => this.changed(track, change),
    });
    const until = { signal: this.stop.signal };
    this.find(".start").addEventListener("click", () => this.start(), until);
    this.find(".why").addEventListener("click", () => this.explain(), until);
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.devices(), until);
    this.tick = setInterval(() => this.draw(), 500);
  }

  show(data) {
    if (data.running && !this.data?.running) this.busy = false;
    if (!data.running && this.data?.running) this.quietSince = performance.now();
    const now = performance.now();
    const begins = data.recording && !this.data?.recording;
    if (begins || (data.recorded_ms !== this.data?.recorded_ms && Math.abs(now - data.recorded_ms - this.since) > 1500)) {
      this.since = now - data.recorded_ms;
    }
    this.data = data;
    Object.assign(this.capture, {
      wantVideo: data.want_video,
      startLabel: data.media_start,
      stopLabel: data.media_stop,
    });
    this.draw();
  }

  /** The one gesture: sound, full screen, devices. */
  async start() {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.quietSince = performance.now();
    this.level.unlock();
    this.draw();
    const early = this.data.fullscreen && (await this.allowed());
    if (early) await fillScreen();
    this.wantsFullScreen = this.data.fullscreen && !early;
    await this.capture.start();
  }

  /** A permission prompt ends full screen in some browsers, so it comes first where it is still to come. */
  async allowed() {
    try {
      const names = this.data.want_video ? ["microphone", "camera"] : ["microphone"];
      const states = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
      return states.every((status) => status.state === "granted");
    } catch {
      return false;
    }
  }

  arrived(stream, pressed) {
    const video = this.find("video");
    const [audio, picture] = [stream.getAudioTracks().length > 0, stream.getVideoTracks().length > 0];
    video.srcObject = picture ? stream : null;
    if (picture) video.play().catch(() => {});
    this.level.listen(stream);
    this.problem = "";
    this.quietSince = performance.now();
    if (this.wantsFullScreen) fillScreen();
    this.wantsFullScreen = false;
    if (pressed) this.outbox.post({ kind: "started", audio, video: picture });
    this.draw();
  }

  failed(error, device) {
    this.busy = false;
    const name = device || (this.data?.want_video ? "camera or the microphone" : "microphone");
    this.problem = (PROBLEMS[error] ?? OTHER_PROBLEM).replace("{device}", name);
    this.outbox.post({ kind: "start_failed", error, device });
    this.draw();
  }

  changed(track, change) {
    if (change === "ended" && track === "audio") this.level.mute();
    if (change === "ended") this.busy = false;
    this.outbox.post({ kind: `track_${change}`, track });
    this.draw();
  }

  async devices() {
    const kinds = (await navigator.mediaDevices.enumerateDevices()).map((device) => device.kind);
    const count = (kind) => kinds.filter((item) => item === kind).length;
    this.outbox.post({ kind: "devices_changed", cameras: count("videoinput"), microphones: count("audioinput") });
  }

  explain() {
    const reason = this.find(".reason");
    reason.hidden = !reason.hidden;
    this.find(".why").setAttribute("aria-expanded", String(!reason.hidden));
  }

  draw() {
    const { data, capture } = this;
    if (!data) return;
    const live = capture.live;
    const stuck = live && !data.running && performance.now() - this.quietSince > CONNECT_MS;
    if (stuck) this.busy = false;
    const picture = live && Boolean(capture.tracks?.has("video"));
    this.find(".stage").classList.toggle("live", live);
    this.find("video").hidden = !picture;
    this.find(".empty").hidden = picture;
    setText(this.find(".empty span"), this.placeholder(live));

    const start = this.find(".start");
    start.hidden = live && !stuck;
    start.setAttribute("aria-disabled", String(this.busy));
    setText(start, this.busy ? "Waiting for your browser…" : data.start_label);
    const hint = this.find(".hint");
    const waiting = this.busy && !live ? "Choose Allow when your browser asks." : "";
    setText(hint, this.problem || (live && !data.running ? "Connecting…" : waiting));
    hint.classList.toggle("problem", Boolean(this.problem));

    this.find(".recording").hidden = !data.recording;
    setText(this.find(".recording span"), data.recording ? "Recording" : "");
    const seconds = Math.max(0, Math.floor((performance.now() - (this.since ?? 0)) / 1000));
    setText(this.find(".recording time"), `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    setText(this.find(".connection"), data.connection);
    this.find(".watched").hidden = !data.watched.length;
    setText(this.find(".watched span"), `Watched: ${data.watched.join(", ")}`);
    setText(this.find(".reason"), data.watched_reason);
    setText(this.find(".warning"), data.warning);
  }

  placeholder(live) {
    if (!this.data.want_video) return "Your camera is not used";
    return live ? "No picture from your camera" : "You will see yourself here";
  }

  close() {
    clearInterval(this.tick);
    this.stop.abort();
    this.capture.close();
    this.level.close();
    this.outbox.close();
  }
}

export default mounted(Stage);
