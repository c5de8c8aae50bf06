const KEY = "interview.sink";

/** Which loudspeaker the candidate chose in this tab; empty for the system's own choice. */
export function chosenSink() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function chooseSink(id) {
  try {
    if (id) sessionStorage.setItem(KEY, id);
    else sessionStorage.removeItem(KEY);
  } catch {
    /* storage is blocked: the choice holds for this element only */
  }
}

export function canChooseSink() {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/**
 * Sends an audio element where the candidate chose; a device that is gone leaves it where it was.
 * @param {HTMLMediaElement} audio
 * @param {string} id
 */
export async function routeTo(audio, id = chosenSink()) {
  if (!canChooseSink() || (!id && !audio.sinkId)) return;
  try {
    await audio.setSinkId(id);
  } catch {
    /* unplugged meanwhile */
  }
}

/** Loudspeakers the browser tells of; their names are known once the microphone was allowed. */
export async function sinks() {
  if (!canChooseSink()) return [];
  try {
    const found = await navigator.mediaDevices.enumerateDevices();
    return found.filter((device) => device.kind === "audiooutput" && device.deviceId && device.label);
  } catch {
    return [];
  }
}
