/**
 * A random name, also where `crypto.randomUUID` is missing (pages without HTTPS).
 * @returns {string} 32 hexadecimal digits.
 */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
