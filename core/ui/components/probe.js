import { hideHost, whenGone } from "./host.js";

const instances = new WeakMap();

/** Name and major version of the browser. */
function browserName() {
  const brands = navigator.userAgentData?.brands?.filter((brand) => !/not.?a.?brand/i.test(brand.brand)) ?? [];
  const brand = brands.find((item) => item.brand !== "Chromium") ?? brands[0];
  if (brand) return [brand.brand.replace("Google ", "").replace("Microsoft ", ""), brand.version];
  const known = [["Edge", /Edg\w*\/(\d+)/], ["Opera", /OPR\/(\d+)/], ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
    ["Chrome", /(?:Chrome|CriOS)\/(\d+)/], ["Safari", /Version\/(\d+)[\d.]* .*Safari/]];
  for (const [name, pattern] of known) {
    const match = navigator.userAgent.match(pattern);
    if (match) return [name, match[1]];
  }
  return ["", ""];
}

async function permission(name) {
  try {
    return await navigator.permissions.query({ name });
  } catch {
    return null;
  }
}

async function devices() {
  try {
    return (await navigator.mediaDevices.enumerateDevices()).map((device) => device.kind);
  } catch {
    return [];
  }
}

async function look(state) {
  const [kinds, camera, microphone] = await Promise.all([devices(), permission("camera"), permission("microphone")]);
  for (const status of [camera, microphone]) status?.addEventListener("change", state.again, state.until);
  const [browser, version] = browserName();
  return {
    secure_context: isSecureContext,
    get_user_media: Boolean(navigator.mediaDevices?.getUserMedia),
    peer_connection: "RTCPeerConnection" in window,
    audio_context: "AudioContext" in window,
    media_recorder: "MediaRecorder" in window,
    speech_synthesis: "speechSynthesis" in window,
    full_screen: Boolean(document.documentElement.requestFullscreen),
    browser,
    version,
    mobile: navigator.userAgentData?.mobile ?? /Mobi|Android|iPhone|iPad/.test(navigator.userAgent),
    language: navigator.language ?? "",
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    cameras: kinds.filter((kind) => kind === "videoinput").length,
    microphones: kinds.filter((kind) => kind === "audioinput").length,
    camera_permission: camera?.state ?? "unknown",
    microphone_permission: microphone?.state ?? "unknown",
  };
}

/** Reports once what this browser can do, and again when a device or a permission changes. */
export default function probe({ parentElement, setStateValue }) {
  let state = instances.get(parentElement);
  if (!state) {
    const stop = new AbortController();
    state = { stop, until: { signal: stop.signal }, sent: "", timer: 0 };
    instances.set(parentElement, state);
    hideHost(parentElement);
    state.again = () => {
      clearTimeout(state.timer);
      state.timer = setTimeout(() => state.report(), 300);
    };
    state.report = async () => {
      const seen = await look(state);
      const sent = JSON.stringify(seen);
      if (stop.signal.aborted || sent === state.sent) return;
      state.sent = sent;
      state.set("probe", seen);
    };
    navigator.mediaDevices?.addEventListener?.("devicechange", state.again, state.until);
  }
  state.set = setStateValue;
  if (!state.sent) state.report();
  return whenGone(parentElement, () => {
    clearTimeout(state.timer);
    state.stop.abort();
    instances.delete(parentElement);
  });
}
