/**
 * The test tone's samples; the same formula as `core/speech/echo.py`, which looks for it.
 * @param {{low_hz: number, high_hz: number, sweep_ms: number, onsets_ms: number[], fade_ms: number, gain_dbfs: number}} tone
 * @param {number} rate
 * @returns {Float32Array}
 */
export function renderTone(tone, rate) {
  const length_s = (Math.max(...tone.onsets_ms) + tone.sweep_ms) / 1000;
  const wave = new Float32Array(Math.ceil(length_s * rate));
  const count = Math.floor((tone.sweep_ms * rate) / 1000);
  const fade = Math.floor((tone.fade_ms * rate) / 1000);
  const gain = 10 ** (tone.gain_dbfs / 20);
  const slope = (tone.high_hz - tone.low_hz) / (2 * (tone.sweep_ms / 1000));
  for (const onset_ms of tone.onsets_ms) {
    const start = Math.floor((onset_ms * rate) / 1000);
    for (let at = 0; at < count && start + at < wave.length; at++) {
      const t = at / rate;
      const edge = Math.min(at, count - 1 - at);
      const shape = edge < fade ? 0.5 - 0.5 * Math.cos((Math.PI * edge) / fade) : 1;
      wave[start + at] += gain * shape * Math.cos(2 * Math.PI * (tone.low_hz * t + slope * t * t));
    }
  }
  return wave;
}

/** One channel as a WAV file of 16 bits. */
export function wavBlob(wave, rate) {
  const view = new DataView(new ArrayBuffer(44 + 2 * wave.length));
  const text = (at, word) => [...word].forEach((char, n) => view.setUint8(at + n, char.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * wave.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * wave.length, true);
  wave.forEach((value, at) => view.setInt16(44 + 2 * at, Math.round(32767 * Math.max(-1, Math.min(1, value))), true));
  return new Blob([view.buffer], { type: "audio/wav" });
}
